"""What recipients reach without an account: confirming receipt, and the image."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from bienrecu.domain.event import Kind
from bienrecu.domain.status import Status
from bienrecu.store import record
from bienrecu.store.models import Event, Recipient
from bienrecu.submission.links import confirmation_url, image_url
from bienrecu.tracking.pixel import GIF
from tests.builders import a_contact, a_message, a_recipient, a_session, an_organisation
from tests.site.pages import text

pytestmark = pytest.mark.django_db
PERSON = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
MACHINE = "Mozilla/5.0"


def path(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def status(row: Recipient) -> Status:
    row.refresh_from_db()
    return Status(row.status)


def kinds(row: Recipient) -> list[str]:
    return list(row.events.order_by("id").values_list("kind", flat=True))


@pytest.mark.parametrize("before", Status)
def test_pressing_the_button_confirms_whatever_was_known_before(client: Client, before: Status) -> None:
    row = a_recipient(status=before)
    response = client.post(path(confirmation_url(row.token)), follow=True)
    assert status(row) is Status.OPENED
    assert "votre confirmation est enregistrée" in text(response)


def test_following_the_link_changes_nothing(client: Client) -> None:
    row = a_recipient()
    before = kinds(row)
    for method in (client.get, client.head):
        assert method(path(confirmation_url(row.token))).status_code == 200
    assert kinds(row) == before and status(row) is Status.RECEIVED


def test_the_page_says_who_wrote_what(client: Client) -> None:
    row = a_recipient(a_session(an_organisation(name="Formation Exemple")), subject="Votre convocation")
    page = client.get(path(confirmation_url(row.token)))
    assert "Formation Exemple" in text(page) and "Votre convocation" in text(page)
    assert page.headers["X-Robots-Tag"] == "noindex" and "no-store" in page.headers["Cache-Control"]


def test_the_page_speaks_the_language_of_the_organisation(client: Client) -> None:
    row = a_recipient(a_session(an_organisation(language="en")))
    page = client.get(path(confirmation_url(row.token)), headers={"Accept-Language": "fr"})
    assert "Confirm receipt" in text(page) and '<html lang="en"' in page.content.decode()


def test_confirming_twice_confirms_once(client: Client) -> None:
    row = a_recipient()
    for _ in range(2):
        client.post(path(confirmation_url(row.token)))
    assert kinds(row).count(Kind.CONFIRMED) == 1


def test_no_cookie_is_needed_to_confirm() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(path(confirmation_url(a_recipient().token))).status_code == 302


@pytest.mark.parametrize("wrong", ["/c/abc", "/c/" + "a" * 26, "/c/é"])
def test_a_wrong_link_leads_to_a_calm_page(client: Client, wrong: str) -> None:
    response = client.get(wrong)
    assert response.status_code == 404 and "Il n'y a rien à cette adresse" in text(response)
    assert client.post(wrong).status_code == 404


def test_the_link_of_the_image_cannot_confirm(client: Client) -> None:
    row = a_recipient()
    assert client.post(path(image_url(row.token)).replace("/i/", "/c/").removesuffix(".gif")).status_code == 404


@pytest.fixture
def followed() -> Recipient:
    """An e-mail received an hour ago, by somebody who agreed to be followed."""
    organisation = an_organisation(open_tracking=True)
    contact = a_contact(organisation, tracking_consent_at=timezone.now())
    an_hour_ago = timezone.now() - timedelta(hours=1)
    message = a_message(a_session(organisation), requested_at=an_hour_ago)
    return a_recipient(message=message, contact=contact, tracked=True, sent_at=an_hour_ago)


def load(client: Client, row: Recipient, agent: str = PERSON, **headers: Any) -> Any:
    response = client.get(path(image_url(row.token)), headers={"User-Agent": agent, **headers})
    assert response.content == GIF and response.headers["Content-Type"] == "image/gif"
    assert "no-store" in response.headers["Cache-Control"]
    return response


def test_a_credible_load_opens_once(client: Client, followed: Recipient) -> None:
    load(client, followed)
    load(client, followed)
    assert status(followed) is Status.OPENED and kinds(followed).count(Kind.OPENED) == 1


def test_of_who_loaded_it_nothing_is_kept(client: Client, followed: Recipient) -> None:
    load(client, followed, **{"X-Forwarded-For": "203.0.113.7"})
    event = Event.objects.get(kind=Kind.OPENED)
    kept = " ".join(str(value) for value in vars(event).values())
    assert "Mozilla" not in kept and "203.0.113.7" not in kept and "127.0.0.1" not in kept


def test_a_machine_s_load_is_kept_as_such_and_changes_nothing(client: Client, followed: Recipient) -> None:
    load(client, followed, MACHINE)
    load(client, followed, MACHINE)
    assert status(followed) is Status.RECEIVED and kinds(followed).count(Kind.MACHINE_LOAD) == 1


def test_an_image_load_by_a_mail_proxy_3_s_after_delivery_is_a_machine_s(client: Client, followed: Recipient) -> None:
    Recipient.objects.update(sent_at=timezone.now() - timedelta(seconds=3))
    load(client, followed, "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)")
    assert status(followed) is Status.RECEIVED


def test_head_and_prefetch_open_nothing(client: Client, followed: Recipient) -> None:
    client.head(path(image_url(followed.token)), headers={"User-Agent": PERSON})
    load(client, followed, **{"Sec-Purpose": "prefetch"})
    assert status(followed) is Status.RECEIVED


@pytest.mark.parametrize("missing", ["organisation", "consent", "contact", "image"])
def test_without_the_consent_of_today_nothing_is_kept(client: Client, followed: Recipient, missing: str) -> None:
    if missing == "organisation":
        type(followed.organisation).objects.update(open_tracking=False)
    elif missing == "consent":
        type(followed.contact).objects.update(tracking_consent_at=None)
    else:
        Recipient.objects.update(**{"contact": {"contact": None}, "image": {"tracked": False}}[missing])
    before = kinds(followed)
    load(client, followed)
    load(client, followed, MACHINE)
    assert kinds(followed) == before


def test_machines_cannot_fill_the_history_of_one_e_mail(
    client: Client, followed: Recipient, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = timezone.now()
    for day in range(40):
        monkeypatch.setattr(timezone, "now", lambda day=day: start + timedelta(days=day))
        load(client, followed, MACHINE)
    assert kinds(followed).count(Kind.MACHINE_LOAD) == 20
    load(client, followed)
    assert status(followed) is Status.OPENED


@pytest.mark.parametrize("signed", ["abc", "a" * 26, "x" * 300])
def test_an_unknown_image_is_an_image_all_the_same(client: Client, signed: str) -> None:
    assert client.get(f"/i/{signed}.gif").content == GIF


def test_the_image_comes_even_when_the_database_does_not(
    client: Client, followed: Recipient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(record, "add", broken)
    load(client, followed)
    assert status(followed) is Status.RECEIVED
