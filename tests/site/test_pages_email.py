"""The page of one e-mail: its case, and looking at it without leaving a trace."""

import hashlib
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.domain.certainty import Certainty
from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.store import record
from bienrecu.store.models import Attachment, Attempt, Event, RecipientContent, Report
from bienrecu.submission.links import confirmation_url, image_url
from bienrecu.web.preview import preview
from tests.builders import ASKED, a_message, a_recipient, a_user
from tests.site.pages import HTMX, shown, text

TOKEN = "a" * 16
LETTER = """From: Formation <envoi@exemple.fr>
Subject: =?utf-8?q?convocation_d=27=C3=A9t=C3=A9?=
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Bonjour Awa
--b
Content-Type: text/html; charset=utf-8

<html><head><style>p{background:url(https://tracker.example/x)}</style><meta http-equiv=refresh content="0;url=//x">
</head><body onload="x()" background="https://tracker.example/b"><p style="color:#333">Bonjour <b>Awa</b></p>
<p style="background:URL (https://tracker.example/c)">x</p><script>alert(1)</script>
<a href="https://us.example/c/secret">Confirmer</a>
<form action="https://tracker.example/"><input name=a><button>B</button></form>
<img src="https://us.example/i/secret.gif" width=1 height=1 alt="">
<img src="https://tracker.example/logo.png" alt="Logo">
<iframe src="https://tracker.example/"></iframe><svg><a href="https://tracker.example/">s</a></svg>
<object data="https://tracker.example/"></object><video poster="https://tracker.example/"></video></body></html>
--b--
""".replace("\n", "\r\n").encode()

database = pytest.mark.django_db


@database
@pytest.mark.parametrize(("language", "said"), [("fr", "la liste Spamhaus"), ("en", "the Spamhaus list")])
def test_the_card_names_the_operator_and_the_blocklist_and_leads_to_its_page(
    client: Client, language: str, said: str
) -> None:
    row = a_recipient(events=[(Kind.REFUSED, Reason.IP_BLOCKLISTED)], host="smtp-in.orange.fr")
    reply = "554 5.7.1 Client host [192.0.2.7] blocked using zen.spamhaus.org"
    Attempt.objects.create(recipient=row, started_at=ASKED, ended_at=ASKED, stage="rcpt", reply=reply)
    client.force_login(a_user(organisation=row.organisation, language=language))
    response = client.get(reverse("email", args=[row.organisation.slug, row.pk]))
    assert "(Orange)" in text(response)
    assert said in text(response)
    assert 'href="https://check.spamhaus.org/" rel="noreferrer"' in response.content.decode()


@database
def test_the_card_tells_the_limit_that_the_server_named(client: Client) -> None:
    row = a_recipient(events=[(Kind.REFUSED, Reason.MAILBOX_FULL)])
    for reply in ("450 4.2.2 quota of 5 MB exceeded", "552 5.2.2 quota of 100 MB exceeded"):
        Attempt.objects.create(recipient=row, started_at=ASKED, ended_at=ASKED, stage="rcpt", reply=reply)
    assert "une limite de 100 Mo" in text(shown(client, row))


@database
def test_the_card_says_what_is_known_what_is_not_and_what_to_do(client: Client) -> None:
    row = a_recipient(name="Hugo Petit", events=[(Kind.REFUSED, Reason.MAILBOX_FULL)])
    page = text(shown(client, row))
    assert "La boîte d'Hugo Petit est pleine" in page
    for heading in ("Ce que nous savons", "Ce que nous ne savons pas", "Ce que vous pouvez faire", "Qui peut agir"):
        assert heading in page


@database
@pytest.mark.parametrize(
    ("certainty", "language", "said"),
    [
        ("sure", "fr", "Notre degré de certitude Sûr :"),
        ("likely", "en", "How sure we are Likely:"),
        ("guess", "fr", "Cela seul ne met aucune adresse de côté"),
    ],
)
def test_the_card_says_how_sure_the_reason_is(client: Client, certainty: Certainty, language: str, said: str) -> None:
    row = a_recipient(status=Status.REQUESTED)
    record.add([record.NewEvent(row.id, Kind.REFUSED, ASKED, "1", Reason.ADDRESS_UNKNOWN, certainty=certainty)])
    client.force_login(a_user(organisation=row.organisation, language=language))
    assert said in text(client.get(reverse("email", args=[row.organisation.slug, row.pk])))


@database
def test_the_card_of_what_nobody_judged_speaks_of_no_certainty(client: Client) -> None:
    assert "degré de certitude" not in text(shown(client, a_recipient(events=[(Kind.REFUSED, Reason.DOMAIN_UNKNOWN)])))


@database
@pytest.mark.parametrize(
    ("reply", "is_told"),
    [
        ("Bien Reçu: the server's certificate is not one that its DNS announces (DANE)", True),
        ("Bien Reçu: certificate not trusted: Hostname mismatch", True),
        ("Bien Reçu: client.fr: the DNS does not say which certificates its servers have (mx.client.fr)", True),
        ("Bien Reçu: wrong version number", False),
        ("454 4.7.0 certificate not trusted", False),
    ],
)
def test_a_server_that_did_not_prove_whose_it_is_is_told(client: Client, reply: str, is_told: bool) -> None:
    row = a_recipient(events=[(Kind.DEFERRED, Reason.TLS_REQUIRED)])
    Attempt.objects.create(recipient=row, started_at=ASKED, ended_at=ASKED, reply=reply)
    assert ("n'a pas pu être reconnu" in text(shown(client, row))) is is_told


@database
def test_the_timeline_tells_everything_in_order_with_its_hour_and_zone(client: Client) -> None:
    row = a_recipient(
        events=[(Kind.DEFERRED, Reason.GREYLISTED), (Kind.DEFERRED, Reason.GREYLISTED), (Kind.DELIVERED, None)]
    )
    page = text(shown(client, row))
    assert page.index("09:14:02 UTC+1") < page.index("1 autre essai") < page.index("09:14:05 UTC+1")


@database
def test_the_evidence_stands_there_word_for_word(client: Client) -> None:
    row = a_recipient()
    Attempt.objects.create(
        recipient=row,
        started_at=ASKED,
        ended_at=ASKED,
        host="mx.exemple.fr",
        ip="192.0.2.25",
        tls="TLSv1.3",
        reply="452 4.2.2 Boite <pleine>",
        transcript="C: EHLO bienrecu.example\nS: 250 mx.exemple.fr",
    )
    Report.objects.create(organisation=row.organisation, recipient=row, received_at=ASKED, raw=b"Reporting-MTA: x\xff")
    page = text(shown(client, row))
    for words in (
        "452 4.2.2 Boite <pleine>",
        "C: EHLO bienrecu.example",
        "mx.exemple.fr (192.0.2.25)",
        "Reporting-MTA",
    ):
        assert words in page


@database
def test_unfolded_in_history_it_is_the_same_as_on_its_own_page(client: Client) -> None:
    row = a_recipient()
    part, page = (_without_tokens(shown(client, row, **headers)) for headers in (HTMX, {}))
    assert "<html" not in part and part.strip() in page


def _without_tokens(response: Any) -> str:
    """What stands against forgery is another for each page."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


@database
@pytest.mark.parametrize("status", Status)
def test_every_status_has_its_page(client: Client, status: Status) -> None:
    assert shown(client, a_recipient(status=status)).status_code == 200


@database
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_event_has_its_line(client: Client, kind: Kind) -> None:
    assert shown(client, a_recipient(events=[(kind, None)])).status_code == 200


@database
def test_the_e_mail_is_shown_in_a_page_where_nothing_runs_or_loads(client: Client) -> None:
    response = shown(client, a_recipient(raw=LETTER), "email_message")
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none';") and "script" not in policy
    assert b"Bonjour <b>Awa</b>" in response.content


@database
def test_the_frame_that_shows_it_is_a_sandbox_without_any_permission(client: Client) -> None:
    assert '<iframe class="letter-frame" sandbox loading' in shown(client, a_recipient(raw=LETTER)).content.decode()


@database
def test_looking_at_an_e_mail_leaves_no_trace(client: Client) -> None:
    row = a_recipient(raw=LETTER, tracked=True)
    before = list(Event.objects.values())
    for name in ("email", "email_message", "email_original"):
        shown(client, row, name)
    assert list(Event.objects.values()) == before
    row.refresh_from_db()
    assert row.status == Status.RECEIVED


def test_nothing_of_the_e_mail_can_be_fetched_pressed_or_run() -> None:
    html = preview(LETTER).html.lower()
    for forbidden in (
        "tracker.example",
        "us.example",
        "<script",
        "<form",
        "<iframe",
        "href",
        "onload",
        "refresh",
        "<svg",
    ):
        assert forbidden not in html, forbidden
    assert "confirmer" in html and 'alt="logo"' in html


def test_images_that_came_with_the_e_mail_are_shown() -> None:
    raw = (
        b"Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
        b'<img src="cid:logo@x"><img src="cid:page@x"><img src="data:image/svg+xml,x">\r\n--b\r\n'
        b"Content-Type: image/png\r\nContent-ID: <logo@x>\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
        b"--b\r\nContent-Type: text/html\r\nContent-ID: <page@x>\r\n\r\n<script>\r\n--b--\r\n"
    )
    html = preview(raw).html
    assert html.count("src=") == 1 and "data:image/png;base64,AAAA" in html


def test_the_header_and_the_text_are_readable() -> None:
    seen = preview(LETTER)
    assert ("Subject", "convocation d'été") in seen.fields and seen.text.strip() == "Bonjour Awa"


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda t: b"Content-Type: text/html\r\n\r\n" + t.encode()))
def test_whatever_an_e_mail_holds_it_can_be_looked_at(raw: bytes) -> None:
    html = preview(raw).html.lower()
    assert "<script" not in html and "http-equiv" not in html and " href=" not in html


@database
def test_the_bytes_downloaded_are_those_that_were_sent_and_their_fingerprint_says_so(client: Client) -> None:
    row = a_recipient(message=a_message(tail=b"tail"), raw=LETTER)
    digest = hashlib.sha256(LETTER + b"tail").hexdigest()
    RecipientContent.objects.filter(recipient=row).update(sha256=digest)
    response = shown(client, row, "email_original")
    assert response.content == LETTER + b"tail"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="votre-convocation-')
    page = text(shown(client, row))
    assert digest in page and "identique à celle de l'envoi" in page


@database
def test_bytes_that_differ_from_what_was_sent_are_announced(client: Client) -> None:
    row = a_recipient()
    RecipientContent.objects.filter(recipient=row).update(sha256="0" * 64)
    assert "ces octets ne sont pas ceux qui ont été envoyés" in text(shown(client, row))


@database
def test_attachments_are_named_with_their_size_and_fingerprint(client: Client) -> None:
    row = a_recipient()
    Attachment.objects.create(
        message=row.message, name="Convocation.pdf", content_type="application/pdf", size=4_000_000, sha256="ab" * 32
    )
    page = text(shown(client, row))
    assert "Convocation.pdf" in page and "4 Mo" in page and "ab" * 32 in page


@database
def test_an_e_mail_whose_content_was_purged_keeps_its_story(client: Client) -> None:
    row = a_recipient()
    RecipientContent.objects.filter(recipient=row).delete()
    assert "Son contenu n'est plus conservé" in text(shown(client, row))
    assert shown(client, row, "email_original").status_code == 404


@database
def test_a_text_only_e_mail_offers_no_frame(client: Client) -> None:
    row = a_recipient(raw=b"Subject: x\r\n\r\nBonjour\r\n")
    assert "<iframe" not in shown(client, row).content.decode()
    assert shown(client, row, "email_message").status_code == 404


def test_the_links_of_an_e_mail_are_those_that_staff_cannot_press() -> None:
    raw = f'Content-Type: text/html\r\n\r\n<a href="{confirmation_url(TOKEN)}">ok</a><img src="{image_url(TOKEN)}">'
    assert TOKEN not in preview(raw.encode()).html
