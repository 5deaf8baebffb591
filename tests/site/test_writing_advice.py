"""Advice on the pages of a draft: short, worst first, with a button where one can help; it blocks next to nothing."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from bienrecu.domain.status import Status
from bienrecu.store.models import Draft, DraftAttachment, EmailType, Message, Organisation, Recipient
from bienrecu.store.queries.failed_before import failed_before
from bienrecu.submission.texts import product_text
from bienrecu.submission.writing import draft_advice, drafts
from bienrecu.submission.writing.draft_check import problems_of
from tests.builders import an_organisation
from tests.site.pages import HTMX, text
from tests.site.parties import posted
from tests.site.writing import a_draft, of, written

pytestmark = pytest.mark.django_db

SHOUTS = "DERNIER RAPPEL AVANT LA FORMATION"


@pytest.fixture
def draft() -> Draft:
    return a_draft()


@pytest.fixture
def client(client: Client, draft: Draft) -> Client:
    client.force_login(draft.by)
    return client


def has(draft: Draft, **fields: Any) -> Draft:
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save()
    return draft


def rules(draft: Draft) -> list[str]:
    request = drafts.request_of(draft, with_files=False)
    return [advice.rule for advice in draft_advice.advice_on(request, draft_advice.files_of(draft))]


def codes(draft: Draft) -> list[str]:
    return [problem.code for problem in problems_of(drafts.request_of(draft), timezone.now(), without_files=True)]


def test_nothing_is_said_of_the_texts_that_we_offer(draft: Draft) -> None:
    for language in ("fr", "en"):
        for offered in (product_text(type, language) for type in EmailType.values):
            has(draft, subject=offered.subject, html=offered.html, language=language, type=offered.type)
            assert rules(draft) == [], offered


def test_the_page_advises_while_one_writes(client: Client, draft: Draft) -> None:
    fine = client.post(of(draft), written(draft), headers=HTMX).content.decode()
    assert '<section class="box advice" id="advice" aria-labelledby="h-advice" hidden' in fine
    draft.refresh_from_db()
    shown = text(client.post(of(draft), written(draft, subject=SHOUTS), headers=HTMX))
    assert "L'objet est en majuscules" in shown
    assert "Écrivez-le en minuscules" in shown


def test_a_button_of_the_page_does_it_and_keeps_what_was_written(client: Client, draft: Draft) -> None:
    posted = written(draft, subject=SHOUTS, html="<p>Bonjour, venez tôt.</p>", then="mend:subject_capitals")
    assert client.post(of(draft), posted).status_code == 302
    draft.refresh_from_db()
    assert (draft.subject, draft.html) == ("Dernier rappel avant la formation", "<p>Bonjour, venez tôt.</p>")


def test_the_last_page_advises_too_and_its_button_comes_back_there(client: Client, draft: Draft) -> None:
    has(draft, subject="Re: votre venue")
    assert "commence comme une réponse" in text(client.get(of(draft, "draft_check")))
    answer = client.post(of(draft, "draft_mend"), {"rule": "subject_fake_reply"})
    assert answer["Location"] == of(draft, "draft_check")
    draft.refresh_from_db()
    assert draft.subject == "Votre venue"


@pytest.mark.parametrize("rule", ["", "nonsense", "html_heavy", "subject_capitals"])
def test_a_button_that_has_nothing_to_do_does_nothing(client: Client, draft: Draft, rule: str) -> None:
    before = draft.subject
    client.post(of(draft, "draft_mend"), {"rule": rule})
    draft.refresh_from_db()
    assert draft.subject == before


def test_advice_never_keeps_an_e_mail_from_leaving(client: Client, draft: Draft) -> None:
    has(draft, subject=SHOUTS, html='<p>Bonjour,</p><a href="https://bit.ly/abc">www.banque.fr</a>')
    assert {"subject_capitals", "link_text_differs", "link_shortened", "link_only"} == set(rules(draft))
    assert codes(draft) == []


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Bonjour ,</p><p>Venez tôt.</p>", ["greeting_empty"]),
        ("<p>Bonjour %PRENOM%,</p><p>Venez tôt.</p>", ["variable_unresolved"]),
        ("<p>Bonjour [[prenom]],</p><p>Venez tôt.</p>", ["variable_unknown"]),
        ("<p>Bonjour {{ prenom }},</p><p>Venez tôt.</p>", []),
    ],
)
def test_what_nobody_could_want_to_send_is_refused_once(draft: Draft, html: str, expected: list[str]) -> None:
    assert codes(has(draft, html=html)) == expected


def test_a_program_in_an_archive_is_refused(client: Client, draft: Draft) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("setup.exe", b"MZ")
    client.post(of(draft, "draft_files"), {"files": [SimpleUploadedFile("outils.zip", made.getvalue())]}, headers=HTMX)
    assert codes(draft) == ["attachment_forbidden"]


def test_heavy_attachments_are_told_of_without_being_read(draft: Draft) -> None:
    DraftAttachment.objects.create(draft=draft, name="a.pdf", content_type="application/pdf", size=9_000_000)
    assert rules(draft) == ["attachments_heavy"]


@pytest.fixture
def failure(draft: Draft) -> Recipient:
    row = posted("awa@exemple.fr", organisation=draft.organisation, session=None)[0]
    Recipient.objects.filter(pk=row.pk).update(status=Status.RECEPTION_IMPOSSIBLE)
    return row


def test_recipients_that_the_last_e_mail_did_not_reach(draft: Draft, failure: Recipient) -> None:
    assert rules(draft) == ["recipients_failed_before"]


def test_an_e_mail_that_arrived_since_makes_it_good(draft: Draft, failure: Recipient) -> None:
    later = posted("awa@exemple.fr", organisation=draft.organisation, session=None, key="two")[0]
    at = failure.requested_at + timedelta(days=1)
    Recipient.objects.filter(pk=later.pk).update(status=Status.RECEIVED, requested_at=at)
    assert rules(draft) == []


def test_failures_of_other_organisations_are_theirs(draft: Draft, failure: Recipient) -> None:
    other: Organisation = an_organisation(slug="autre", name="Autre")
    assert failed_before(other, ["awa@exemple.fr"]) == set()
    assert failed_before(draft.organisation, ["awa@exemple.fr", "hugo@exemple.fr"]) == {"awa@exemple.fr"}


def test_a_reader_cannot_press_the_button(client: Client, draft: Draft) -> None:
    draft.by.memberships.update(role="reader")
    assert client.post(of(draft, "draft_mend"), {"rule": "subject_fake_reply"}).status_code == 403


def test_looking_changes_nothing(client: Client, draft: Draft) -> None:
    has(draft, subject=SHOUTS)
    assert client.get(of(draft, "draft_mend")).status_code == 405
    client.get(of(draft, "draft_check"))
    draft.refresh_from_db()
    assert draft.subject == SHOUTS
    assert not Message.objects.exists()
