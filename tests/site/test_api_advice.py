"""Advice for programs: with a key of their organisation, the array that `bienrecu lint --json` prints."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.domain.status import Status
from bienrecu.store import api_keys
from bienrecu.store.models import ApiKey, AuditEntry, Organisation, Role
from bienrecu.web.api import advice as view
from tests.builders import a_recipient, a_session, a_user, an_organisation
from tests.site.linting import FINE, lint
from tests.site.pages import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_this_process")]

URL = "/api/v1/advice"
LOUD = FINE.replace("Subject: Votre convocation", "Subject: VOTRE CONVOCATION A LYON")


@pytest.fixture
def organisation() -> Organisation:
    cache.clear()
    return an_organisation(name="Formation Exemple")


@pytest.fixture
def secret(organisation: Organisation) -> str:
    by = a_user(Role.ADMINISTRATOR, organisation)
    return api_keys.make(organisation, "Extranet", by=by, now=timezone.now())[1]


def ask(body: bytes | str, secret: str, kind: str = "message/rfc822", **headers: str) -> Any:
    known = {"Authorization": f"Bearer {secret}", "Accept-Language": "en"} | headers
    return Client(enforce_csrf_checks=True).post(URL, body, content_type=kind, headers=known)


def test_a_message_gets_what_the_command_says_of_it(secret: str, tmp_path: Path) -> None:
    answer = ask(LOUD, secret)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert answer.json() == json.loads(lint(tmp_path, LOUD, "--json").output) != []
    assert ask(FINE, secret).json() == []


def test_the_sentences_are_in_the_language_asked_for(secret: str) -> None:
    french = ask(LOUD, secret, **{"Accept-Language": "fr"}).json()
    assert "majuscules" in french[0]["message"] and "capitals" in ask(LOUD, secret).json()[0]["message"]


def test_what_is_not_composed_yet_gets_the_same_rules(secret: str) -> None:
    written = {
        "subject": "VOTRE CONVOCATION A LYON",
        "html": "<p>Bonjour Paul, voici le programme de votre formation, et tout ce qu'il faut savoir.</p>",
        "from": "Formation Exemple <contact@gmail.com>",
        "to": ["Paul <paul@client.example>"],
        "attachments": [{"name": "outil.exe", "size": 1000}],
    }
    rules = [one["rule"] for one in ask(json.dumps(written), secret, "application/json").json()]
    assert rules == ["attachment_forbidden", "from_mailbox_provider", "subject_capitals"]
    assert ask("{}", secret, "application/json").json()[0]["rule"] == "subject_missing"


def test_it_knows_whom_this_organisation_did_not_reach_and_no_other_does(
    organisation: Organisation, secret: str
) -> None:
    a_recipient(a_session(organisation), Status.SEND_ERROR, address="paul@client.example")
    assert [one["rule"] for one in ask(FINE, secret).json()] == ["recipients_failed_before"]
    other = an_organisation()
    theirs = api_keys.make(other, "x", by=a_user(Role.ADMINISTRATOR, other), now=timezone.now())[1]
    assert ask(FINE, theirs).json() == []


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer br_wrong", "Basic YTpi", "Bearer " + "x" * 5000, "br_x"])
def test_without_a_good_key_nothing_is_said(organisation: Organisation, sent: str) -> None:
    answer = ask(FINE, "", Authorization=sent)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "key_wrong")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_key_opens_nothing_at_once_and_its_use_is_shown(organisation: Organisation, secret: str) -> None:
    key = ApiKey.objects.get()
    assert key.last_used_at is None and ask(FINE, secret).status_code == 200
    key.refresh_from_db()
    assert key.last_used_at and secret not in repr(vars(key))
    assert key.digest == hashlib.sha256(secret.encode()).hexdigest()
    api_keys.revoke(organisation, key.pk, by=a_user(Role.ADMINISTRATOR, organisation), now=timezone.now())
    assert ask(FINE, secret).status_code == 401


def test_a_key_is_good_for_so_many_requests_a_minute(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bienrecu.web.api.key.MOST_A_MINUTE", 3)
    with time_machine.travel(timezone.now(), tick=False):  # all of it in one minute
        assert [ask(FINE, secret).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
        assert ask(FINE, secret).headers["Retry-After"] == "60"
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert ask(FINE, secret).status_code == 200


def test_who_guesses_keys_is_stopped(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bienrecu.web.api.key.MOST_A_MINUTE", 3)
    with time_machine.travel(timezone.now(), tick=False):
        assert [ask(FINE, f"br_{n}").status_code for n in range(5)] == [401, 401, 401, 429, 429]


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("  ", "message/rfc822", 400, "body_missing"),
        ("x", "text/plain", 415, "content_type_unknown"),
        ("{", "application/json", 422, "json_wrong"),
        ("[]", "application/json", 422, "json_wrong"),
        ('{"subject": 5}', "application/json", 422, "json_wrong"),
        ('{"sujet": "x"}', "application/json", 422, "json_wrong"),
        ('{"attachments": [{"name": "a", "size": -1}]}', "application/json", 422, "json_wrong"),
        ("[" * 100_000, "application/json", 422, "json_wrong"),
        (b'{"subject": "\xff"}', "application/json", 422, "json_wrong"),
        ("x" * 1001, "message/rfc822", 413, "too_large"),
    ],
)
def test_what_cannot_be_read_is_said_to_be(
    secret: str, body: Any, kind: str, status: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if status == 413:
        monkeypatch.setattr(view, "MOST", 1000)
    answer = ask(body, secret, kind)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_looking_is_not_asking(secret: str) -> None:
    answer = Client().get(URL, headers={"Authorization": f"Bearer {secret}"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_key_is_made_shown_once_and_revoked_on_the_page(client: Client, organisation: Organisation) -> None:
    client.force_login(a_user(Role.ADMINISTRATOR, organisation, language="fr"))
    page = reverse("api_keys", args=[organisation.slug])
    made = text(client.post(page, {"name": "Extranet"}))
    key = ApiKey.objects.get()
    secret = next(word for word in made.split() if word.startswith(key.begins) and len(word) == 35)
    assert ask(FINE, secret).status_code == 200
    again = client.post(page, {"name": "Extranet"})
    assert again.status_code == 422 and ApiKey.objects.count() == 1 and secret not in text(again)
    shown = text(client.get(page))
    assert secret not in shown and "dernière utilisation" in shown
    client.post(reverse("api_key_revoke", args=[organisation.slug, key.pk]))
    assert ask(FINE, secret).status_code == 401
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "api_key_made",
        "api_key_revoked",
    ]
    assert client.post(page, {"name": "Extranet"}).status_code == 200


def test_a_key_of_another_organisation_cannot_be_revoked(
    client: Client, organisation: Organisation, secret: str
) -> None:
    other = an_organisation()
    client.force_login(a_user(Role.ADMINISTRATOR, other))
    assert client.post(reverse("api_key_revoke", args=[other.slug, ApiKey.objects.get().pk])).status_code == 404
    assert ask(FINE, secret).status_code == 200
