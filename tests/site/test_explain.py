"""A pasted refusal in words: the command, and the page."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from bienrecu.domain.status import Status
from bienrecu.explorer.explain import explain
from bienrecu.processes import explain as command
from bienrecu.web.views import explain as page
from tests.builders import a_user
from tests.site.pages import text

REPLY = "552 5.2.2 The recipient's inbox is out of storage space"
RETURNED = """From: MAILER-DAEMON@mx.example.org
To: envoi@formation.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; paul@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown
--b--
"""


def test_a_reply_is_explained_with_the_words_that_decided() -> None:
    [found] = explain(REPLY.encode())
    assert (found.reason, found.status) == ("mailbox_full", Status.RECEPTION_IMPOSSIBLE)
    assert found.evidence in REPLY


@pytest.mark.parametrize(("language", "listed"), [("fr", "la liste Spamhaus"), ("en", "the Spamhaus list")])
def test_the_list_and_the_limit_that_a_reply_names_are_told(language: str, listed: str) -> None:
    with translation.override(language):
        [blocked] = explain(b"554 5.7.1 Client host [192.0.2.7] blocked using zen.spamhaus.org")
        [full] = explain(b"552 5.2.2 quota of 100 MB exceeded")
    assert listed in blocked.cause
    assert blocked.page == "https://check.spamhaus.org/"
    assert "100" in full.cause


def test_a_returned_mail_is_explained_for_the_recipient_that_it_names() -> None:
    [found] = explain(RETURNED.encode())
    assert (found.address, found.reason, found.status) == ("paul@example.org", "address_unknown", Status.SEND_ERROR)


def test_the_command_answers_in_words(capsys: Any, tmp_path: Any) -> None:
    with translation.override("fr"):
        assert command.run(tuple(REPLY.split())) == 0
    assert "pleine" in capsys.readouterr().out
    file = tmp_path / "returned.eml"
    file.write_text(RETURNED)
    command.run((str(file),))
    assert "paul@example.org" in capsys.readouterr().out


def test_a_mail_is_read_in_the_character_set_that_it_declares() -> None:
    mail = """From: Postmaster <postmaster@example.org>
Subject: Message non distribué
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: 8bit

<paul@example.org>: 550 La boîte est désactivée
"""
    [found] = explain(mail.encode("latin-1"))
    assert (found.address, found.reason) == ("paul@example.org", "mailbox_disabled")


@given(st.binary(max_size=2000) | st.text(max_size=2000).map(lambda text: text.encode("utf-8", "replace")))
@settings(max_examples=50, deadline=None)
def test_anything_is_answered(pasted: bytes) -> None:
    assert explain(pasted)


@pytest.mark.parametrize("path", ["returned.eml", "mails/returned", "Retour.MSG"])
def test_the_path_of_no_file_is_not_taken_for_words(path: str, capsys: Any) -> None:
    assert command.run((path,)) == 2
    assert path in capsys.readouterr().err


@pytest.mark.django_db
def test_the_page_asks_for_an_account_unless_the_administrator_opened_it(client: Client, settings: Any) -> None:
    assert "login" in client.get(reverse("explain")).headers["Location"]
    cache.clear()
    opened = type("Opened", (), {"public_explorer": True})()
    settings.BIENRECU = opened
    answer = client.post(reverse("explain"), {"text": REPLY}, headers={"Accept-Language": "fr"})
    assert "pleine" in text(answer) and "Détail technique" in text(answer)


@pytest.mark.django_db
def test_what_is_pasted_is_shown_as_text_and_bounded(client: Client, monkeypatch: Any) -> None:
    cache.clear()
    client.force_login(a_user())
    answer = client.post(reverse("explain"), {"text": "550 <script>alert(1)</script>"})
    assert b"<script>alert" not in answer.content
    assert client.post(reverse("explain"), {"text": " "}).status_code == 422
    monkeypatch.setattr(page, "_TIMES", 1)
    assert client.post(reverse("explain"), {"text": REPLY}).status_code == 429
