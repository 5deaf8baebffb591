"""A file sent as a link: what the recipient finds, what a download proves, and what is kept of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.domain.event import Kind
from bienrecu.domain.status import Status
from bienrecu.proof import words as proof_words
from bienrecu.proof.gather import of_some
from bienrecu.store import erasure, record, retention
from bienrecu.store.models import Attachment, Draft, LinkedFile, Recipient, Role
from bienrecu.store.queries import emails
from bienrecu.submission import by_link
from bienrecu.submission.post import cancel, check, post
from bienrecu.submission.request import FileByLink, Person
from bienrecu.submission.resend import resend
from bienrecu.submission.writing import drafts
from tests.builders import a_contact, a_session, a_user
from tests.site.pages import HTMX, text
from tests.site.parties import a_request, an_organisation
from tests.site.writing import BONJOUR, of, sent, upload, written

pytestmark = pytest.mark.django_db

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
PROGRAMME = FileByLink("Programme détaillé.pdf", "application/pdf", 8, b"%PDF-1.7")
PLAN = FileByLink("plan.html", "text/html", 5, b"<p>x<")


def posted(*files: FileByLink, **fields: Any) -> Recipient:
    """Received an hour ago."""
    row = post(a_request(links=files or (PROGRAMME,), **fields)).recipients.get()
    return received(row)


def received(row: Recipient) -> Recipient:
    at = timezone.now() - timedelta(hours=1)
    Recipient.objects.filter(pk=row.pk).update(sent_at=at)
    record.add([record.NewEvent(row.pk, Kind.DELIVERED, at, "delivered")])
    row.refresh_from_db()
    return row


def body(row: Recipient) -> str:
    exact = emails.exact_bytes(row)
    assert exact
    return exact.data.decode().replace("=\r\n", "").replace("=3D", "=")


def link(row: Recipient) -> str:
    found = re.search(r"/d/[a-z2-7]{26}", body(row))
    assert found
    return found[0]


def press(client: Client, row: Recipient, number: int = 0, agent: str = BROWSER) -> Any:
    file = row.message.attachments.order_by("id")[number]
    return client.post(link(row), {"file": file.pk}, headers={"User-Agent": agent})


def test_the_e_mail_holds_a_link_in_place_of_the_file() -> None:
    row = posted(subject="Votre programme")
    assert "%PDF" not in body(row) and "multipart/mixed" not in body(row)
    assert "Programme d" in body(row) and row.attachment_count == 1
    assert row.message.attachments.get().sha256 and bytes(LinkedFile.objects.get().content) == b"%PDF-1.7"


def test_looking_names_sender_file_and_size_and_proves_nothing(client: Client) -> None:
    row = posted()
    page = client.get(link(row), headers={"User-Agent": BROWSER})
    assert "Programme détaillé.pdf" in text(page) and "1 ko" in text(page).replace("\xa0", " ")
    assert row.organisation.name in text(page) and "adresse IP" in text(page)
    assert page.headers["X-Robots-Tag"] == "noindex" and page.headers["Referrer-Policy"] == "no-referrer"
    row.refresh_from_db()
    assert row.status == Status.RECEIVED and not row.events.filter(kind=Kind.DOWNLOADED).exists()


def test_the_button_gives_the_file_as_a_file_and_proves_that_somebody_has_the_e_mail(client: Client) -> None:
    row = posted(PROGRAMME, PLAN)
    given = press(client, row, 1)
    assert given.content == PLAN.content
    assert given.headers["Content-Disposition"] == 'attachment; filename="plan.html"'
    assert given.headers["Content-Type"] == "application/octet-stream"
    assert (
        given.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in given.headers["Content-Security-Policy"]
    )
    row.refresh_from_db()
    event = row.events.get(kind=Kind.DOWNLOADED)
    assert row.status == Status.OPENED and event.words == "plan.html" and event.by is None


@pytest.mark.parametrize("agent", ["", "curl/8.5.0", "python-requests/2.32", "Mozilla/5.0"])
def test_a_machine_gets_the_file_and_is_not_counted(client: Client, agent: str) -> None:
    row = posted()
    assert press(client, row, agent=agent).content == PROGRAMME.content
    row.refresh_from_db()
    assert row.status == Status.RECEIVED and not row.events.filter(kind=Kind.DOWNLOADED).exists()


def test_what_comes_with_the_acceptance_is_a_filter(client: Client) -> None:
    row = posted()
    Recipient.objects.filter(pk=row.pk).update(sent_at=timezone.now())
    press(client, row)
    assert not row.events.filter(kind=Kind.DOWNLOADED).exists()


def test_downloads_are_counted_up_to_a_bound_and_the_page_of_the_e_mail_tells(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bienrecu.web.views.downloads._MOST_NOTED", 3)
    row = posted()
    for _ in range(5):
        press(client, row)
    assert row.events.filter(kind=Kind.DOWNLOADED).count() == 3
    client.force_login(a_user(Role.READER, row.organisation, language="fr"))
    page = text(client.get(reverse("email", args=[row.organisation.slug, row.pk])))
    assert "Téléchargé 3 fois" in page and "Programme détaillé.pdf" in page
    assert "Fichier téléchargé par le destinataire : Programme détaillé.pdf" in page.replace("\xa0", " ")


def test_who_downloads_without_end_is_asked_to_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bienrecu.web.views.downloads._MOST_IN_AN_HOUR", 2)
    row = posted()
    assert [press(client, row).status_code for _ in range(3)] == [200, 200, 429]


def test_an_address_of_ones_own_making_leads_nowhere(client: Client) -> None:
    row = posted()
    good = link(row)
    bad = good[:-1] + ("a" if good[-1] != "a" else "b")
    for address in (bad, good.replace("/d/", "/c/"), "/d/x", "/d/" + "a" * 26):
        assert client.get(address).status_code == 404
    without = post(a_request(key="none")).recipients.get()
    confirmation = re.search(r"/c/[a-z2-7]{26}", body(without))
    assert confirmation and client.get(confirmation[0].replace("/c/", "/d/")).status_code == 404


def test_a_file_of_another_e_mail_is_not_given(client: Client) -> None:
    row, other = posted(), posted(key="two")
    response = client.post(link(row), {"file": other.message.attachments.get().pk}, headers={"User-Agent": BROWSER})
    assert (
        "attachment" not in response.headers.get("Content-Disposition", "")
        and PROGRAMME.content not in response.content
    )


def test_after_its_time_the_page_says_so_and_the_file_is_gone(client: Client) -> None:
    row = posted()
    late = timezone.now() + timedelta(days=settings.BIENRECU.link_days, minutes=1)
    with time_machine.travel(late):
        page = client.get(link(row))
        assert page.status_code == 410 and "Demandez" in text(page)
        assert press(client, row).status_code == 410
    assert by_link.drop_expired(late) == 1 and not LinkedFile.objects.exists()
    assert Attachment.objects.get().name == "Programme détaillé.pdf"


def test_what_was_scheduled_has_its_time_from_when_it_leaves() -> None:
    later = timezone.now() + timedelta(days=30)
    message = post(a_request(links=[PROGRAMME], scheduled_at=later))
    assert LinkedFile.objects.get().expires_at == later + timedelta(days=settings.BIENRECU.link_days)
    assert cancel(message, by=None)


def test_what_is_sent_again_has_a_link_of_its_own_for_as_long_again(client: Client) -> None:
    row = posted()
    [again] = resend([row], by=None, key="k", confirmed=True)
    assert link(again) != link(row) and body(again).count("/d/") == body(row).count("/d/")
    assert press(client, received(again)).content == PROGRAMME.content
    row.refresh_from_db()
    assert row.status == Status.RECEIVED


def test_too_much_is_refused_and_a_repeated_request_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    big = FileByLink("gros.pdf", "application/pdf", 1_000_001, b"x" * 1_000_001)
    assert check(a_request(links=[big])) == ()
    monkeypatch.setattr(settings.BIENRECU, "max_linked_size", 1)
    assert [problem.code for problem in check(a_request(links=[big]))] == ["links_too_large"]
    assert [problem.code for problem in check(a_request(links=[FileByLink("a.exe", "x/x", 1, b"x")]))] == [
        "attachment_forbidden"
    ]
    assert post(a_request(links=[PROGRAMME])) == post(a_request(links=[PROGRAMME]))


def test_with_the_e_mail_its_file_is_forgotten_and_nobody_erased_has_a_link(client: Client) -> None:
    organisation = an_organisation()
    contact = a_contact(organisation)
    row = posted(recipients=[Person.of(contact)])
    press(client, row)
    address = link(row)
    Recipient.objects.update(due_at=None)
    erasure.erase(contact, by=None, now=timezone.now())
    assert client.get(address).status_code == 404 and not LinkedFile.objects.exists()
    assert row.events.get(kind=Kind.DOWNLOADED).words == "" and Attachment.objects.get().name == "….pdf"


def test_the_retention_of_the_organisation_holds() -> None:
    row = posted()
    Recipient.objects.update(due_at=None)
    retention.purge(row.organisation, timezone.now() + timedelta(days=40 * 31))
    assert not LinkedFile.objects.exists()


def test_the_record_for_an_audit_tells_of_the_link_and_of_the_download(client: Client) -> None:
    row = posted()
    press(client, row)
    [(message, email)] = of_some([row.pk])
    assert "lien de téléchargement" in proof_words.attachment(message.attachments[0])
    told = [
        line.text.replace("\xa0", " ") for line in proof_words.timeline(email, proof_words.ZoneInfo("Europe/Paris"))
    ]
    assert "Fichier téléchargé par le destinataire : Programme détaillé.pdf" in told


@pytest.fixture
def draft() -> Draft:
    session = a_session(title="Secourisme", place="Lyon", starts_on="2027-01-12", ends_on="2027-01-13")
    session.refresh_from_db()
    session.participants.add(a_contact(session.organisation))
    return drafts.start(session, BONJOUR, a_user(Role.SENDER, session.organisation, language="fr"))


@pytest.fixture
def writer(client: Client, draft: Draft) -> Client:
    client.force_login(draft.by)
    return client


def test_beside_each_file_one_chooses_how_it_goes(writer: Client, draft: Draft) -> None:
    writer.post(of(draft, "draft_files"), {"files": [upload("a.pdf"), upload("b.pdf")]}, headers=HTMX)
    first, second = draft.attachments.order_by("id")
    part = writer.post(of(draft, "draft_file_way"), {"way": f"link:{first.pk}"}, headers=HTMX)
    assert "lien de téléchargement" in text(part)
    writer.post(of(draft), written(draft, way=f"link:{second.pk}"))  # without script
    assert list(draft.attachments.values_list("linked", flat=True)) == [True, True]
    writer.post(of(draft, "draft_file_way"), {"way": f"attach:{second.pk}"}, headers=HTMX)
    assert "1 fichier à télécharger" in text(writer.get(of(draft, "draft_check"))).replace("\xa0", " ")
    sent(writer, draft)
    row = Recipient.objects.get()
    assert "/d/" in body(row) and "b.pdf" in body(row) and row.attachment_count == 2
    assert list(row.message.attachments.order_by("id").values_list("name", "linked")) == [
        ("b.pdf", False),
        ("a.pdf", True),
    ]


@pytest.mark.parametrize("way", ["link:", "link:x", "attach:99999999999999999999", "burn:1", "link:4"])
def test_what_names_no_file_changes_nothing(writer: Client, draft: Draft, way: str) -> None:
    assert writer.post(of(draft, "draft_file_way"), {"way": way}, headers=HTMX).status_code == 200


def test_what_is_too_heavy_to_attach_becomes_a_link_by_itself(writer: Client, draft: Draft) -> None:
    heavy = SimpleUploadedFile("film.mp4", b"x" * 18_000_001)
    part = writer.post(of(draft, "draft_files"), {"files": heavy}, headers=HTMX)
    assert "lien de téléchargement" in text(part) and draft.attachments.get().linked


def test_the_advice_about_weight_has_a_button_that_makes_links(writer: Client, draft: Draft) -> None:
    files = [upload("a.pdf", b"a" * 6_000_000), upload("b.pdf", b"b" * 3_000_000), upload("c.pdf", b"c" * 1_000)]
    writer.post(of(draft, "draft_files"), {"files": files}, headers=HTMX)
    page = text(writer.get(of(draft, "draft_check")))
    assert "Les pièces jointes pèsent" in page
    writer.post(of(draft, "draft_mend"), {"rule": "attachments_heavy"})
    assert set(draft.attachments.filter(linked=True).values_list("name", flat=True)) == {"a.pdf"}
    assert "Les pièces jointes pèsent" not in text(writer.get(of(draft, "draft_check")))
