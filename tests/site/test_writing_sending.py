"""From a draft to e-mails: attachments, previews, the last page, and that nothing ever leaves twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.store import record
from bienrecu.store.models import (
    AuditEntry,
    Contact,
    Draft,
    DraftAttachment,
    Enrolment,
    Message,
    Recipient,
    Suppression,
    TrainingSession,
)
from bienrecu.store.queries import emails
from bienrecu.submission.writing import drafts
from bienrecu.submission.writing.draft_files import clean_name
from tests.builders import a_contact
from tests.site.pages import HTMX, text
from tests.site.writing import BONJOUR, a_bonjour, field, of, sent, upload, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Draft:
    return a_bonjour()


@pytest.fixture
def client(client: Client, draft: Draft) -> Client:
    client.force_login(draft.by)
    return client


def as_sent(row: Recipient) -> Any:
    exact = emails.exact_bytes(row)
    assert exact
    return message_from_bytes(exact.data, policy=policy.default)


def test_the_whole_story_ends_in_history_with_what_was_previewed(client: Client, draft: Draft) -> None:
    client.post(of(draft, "draft_files"), {"files": upload()}, headers=HTMX)
    last = client.get(of(draft, "draft_check"))
    assert "3 personnes recevront « Venez : Secourisme » avec 1 pièce jointe, maintenant." in text(last).replace(
        "\xa0", " "
    )
    response = sent(client, draft)
    assert response.url == reverse("history", args=[draft.organisation.slug, draft.session_id])
    assert "L'envoi de « Venez : Secourisme » à 3 personnes a commencé" in text(client.get(response.url)).replace(
        "\xa0", " "
    )
    first = Recipient.objects.get(address="awa@exemple.fr")
    assert (first.subject, first.session_id) == ("Venez : Secourisme", draft.session_id)
    letter = as_sent(first)
    assert "Bonjour Awa, du 12 janvier 2027 au 13 janvier 2027." in letter.get_body(("plain",)).get_content()
    assert [part.get_filename() for part in letter.iter_attachments()] == ["Convocation.pdf"]
    entry = AuditEntry.objects.get(action="email_sent")
    assert (entry.by, entry.detail["recipients"]) == (draft.by, 3)


def test_double_clicks_reloads_and_the_back_button_send_once(client: Client, draft: Draft) -> None:
    seen = field(client.get(of(draft, "draft_check")), "seen")
    for _ in range(3):
        client.post(of(draft, "draft_check"), {"seen": seen})
    client.get(of(draft, "draft_check"))
    assert "Cet e-mail est parti" in text(client.get(of(draft)))
    assert (Message.objects.count(), Recipient.objects.count()) == (1, 3)
    assert AuditEntry.objects.filter(action="email_sent").count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_double_clicks_at_the_same_moment_send_once() -> None:
    draft = a_bonjour()
    user = draft.by
    seen = drafts.reviewed(draft, drafts.request_of(draft))

    def click(_number: int) -> int:
        try:
            return drafts.send(Draft.objects.get(pk=draft.pk), user, seen=seen).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(click, range(10)))) == 1
    assert (Message.objects.count(), Recipient.objects.count()) == (1, 3)
    assert AuditEntry.objects.filter(action="email_sent").count() == 1


def test_what_changed_since_the_last_page_was_read_is_not_sent(client: Client, draft: Draft) -> None:
    seen = field(client.get(of(draft, "draft_check")), "seen")
    newcomer = a_contact(draft.organisation, first_name="Nina", email="nina@exemple.fr")
    Enrolment.objects.create(session=draft.session, contact=newcomer)
    response = client.post(of(draft, "draft_check"), {"seen": seen}, follow=True)
    assert "rien n'a été envoyé" in text(response)
    assert not Message.objects.exists()
    assert "4 personnes" in text(response)


def test_what_is_sent_is_not_changed_any_more(client: Client, draft: Draft) -> None:
    before = written(draft)
    sent(client, draft)
    client.post(of(draft), before | {"subject": "Autre"}, headers=HTMX)
    client.post(of(draft, "draft_files"), {"files": upload()}, headers=HTMX)
    assert Draft.objects.get().subject == BONJOUR.subject
    assert not DraftAttachment.objects.exists()


def test_another_one_can_be_written_from_what_was_sent(client: Client, draft: Draft) -> None:
    client.post(of(draft, "draft_files"), {"files": upload()}, headers=HTMX)
    sent(client, draft)
    client.post(of(draft, "draft_copy"))
    again = Draft.objects.get(message=None)
    assert (again.html, again.attachments.get().name) == (BONJOUR.html, "Convocation.pdf")
    sent(client, again)
    assert Message.objects.count() == 2


def test_a_time_to_come_is_said_in_the_readers_zone_and_kept(client: Client, draft: Draft) -> None:
    draft.by.time_zone = "America/Martinique"
    draft.by.save()
    at = timezone.now() + timedelta(days=400)
    day = at.date().isoformat()
    client.post(of(draft), written(draft, when="later", date=day, time="08:00"))
    last = text(client.get(of(draft, "draft_check")))
    assert "à 08:00" in last
    sent(client, draft)
    assert Message.objects.get().scheduled_at.isoformat() == f"{day}T12:00:00+00:00"


def test_a_time_past_is_refused_beside_its_field_and_again_on_the_last_page(client: Client, draft: Draft) -> None:
    response = client.post(of(draft), written(draft, when="later", date="2020-01-01", time="08:00", then="check"))
    assert response.status_code == 422
    assert "Cette heure est passée" in text(response)
    last = client.get(of(draft, "draft_check"))
    assert "est passée" in text(last)
    assert b'name="seen"' not in last.content
    client.post(of(draft, "draft_check"), {"seen": drafts.reviewed(draft, drafts.request_of(draft))})
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"subject": ""}, "Ajoutez un objet"),
        ({"html": ""}, "Écrivez le message"),
        ({"html": "<p>{{ prenon }}</p>"}, "{{ prenon }}"),
        ({"html": "<p>[[à compléter]]</p>"}, "[[à compléter]]"),
        ({"html": "<p>{% for i in range(9) %}x{% endfor %}</p>"}, "{% for i in range(9) %}"),
        ({"html": "<p>{{ '&lt;script&gt;'|safe }}</p>"}, "n'est pas une variable connue"),
        ({"subject": "{{ prenom }"}, "n'est pas une variable connue"),
    ],
)
def test_what_is_unfinished_stops_the_sending(client: Client, draft: Draft, fields: Any, words: str) -> None:
    client.post(of(draft), written(draft, **fields))
    last = client.get(of(draft, "draft_check"))
    assert words in text(last)
    draft.refresh_from_db()
    client.post(of(draft, "draft_check"), {"seen": drafts.reviewed(draft, drafts.request_of(draft))})
    assert not Message.objects.exists()


def test_what_the_session_lacks_is_said_once_not_for_each_person(client: Client, draft: Draft) -> None:
    TrainingSession.objects.update(place="")
    client.post(of(draft), written(draft, html="<p>{{ session.lieu }}</p>"))
    assert text(client.get(of(draft, "draft_check"))).count("session.lieu") == 1


def test_those_whose_record_lacks_a_variable_are_named_and_can_be_left_out(client: Client, draft: Draft) -> None:
    Contact.objects.filter(first_name="Hugo").update(first_name="")
    last = client.get(of(draft, "draft_check"))
    assert "Petit" in text(last)
    assert "prenom" in text(last)
    assert "Awa" not in text(last)
    client.post(of(draft, "draft_leave_out"))
    sent(client, draft)
    assert set(Recipient.objects.values_list("address", flat=True)) == {"awa@exemple.fr", "zoe@exemple.fr"}


def test_people_without_a_usable_address_are_named_and_the_others_are_written_to(client: Client, draft: Draft) -> None:
    Contact.objects.filter(first_name="Hugo").update(email="")
    Contact.objects.filter(first_name="Zoé").update(email="zoe@gmial.com")
    for name in ("draft", "draft_check"):
        page = text(client.get(of(draft, name)))
        assert "Sans adresse utilisable, ne recevront rien : Hugo Petit" in page.replace("\xa0", " ")
        assert "plutôt zoe@gmail.com" in page
    sent(client, draft)
    assert Recipient.objects.count() == 2


def test_an_address_that_failed_for_good_is_named_before_and_kept_as_a_row_after(client: Client, draft: Draft) -> None:
    Contact.objects.filter(email="awa@exemple.fr").update(email="Awa@exemple.fr")
    Suppression.objects.create(
        organisation=draft.organisation, address="awa@exemple.fr", reason="address_unknown", created_at=timezone.now()
    )
    assert "Awa Diallo (" in text(client.get(of(draft, "draft_check")))
    sent(client, draft)
    assert Recipient.objects.get(address="Awa@exemple.fr").due_at is None


@pytest.mark.parametrize(("audience", "expected"), [("participant", 2), ("trainer", 1), ("company", 0)])
def test_a_role_can_be_written_to(client: Client, draft: Draft, audience: str, expected: int) -> None:
    Contact.objects.filter(first_name="Zoé").update(role="trainer")
    client.post(of(draft), written(draft, audience=audience))
    draft.refresh_from_db()
    assert len(drafts.request_of(draft).recipients) == expected


def test_people_are_picked_and_only_from_the_session(client: Client, draft: Draft) -> None:
    stranger, elsewhere = a_contact(), a_contact(draft.organisation)
    hugo = Contact.objects.get(first_name="Hugo")
    picked = [hugo.pk, stranger.pk, elsewhere.pk, "x", ""]
    client.post(of(draft), written(draft, audience="picked", contacts=picked))
    draft.refresh_from_db()
    assert list(draft.contacts.all()) == [hugo]
    assert "1 personne recevra" in text(client.get(of(draft)))


def test_a_person_noted_twice_is_written_to_once(client: Client, draft: Draft) -> None:
    twin = a_contact(draft.organisation, first_name="AWA", last_name="Diallo", email="AWA@exemple.fr")
    Enrolment.objects.create(session=draft.session, contact=twin)
    sent(client, draft)
    assert Recipient.objects.count() == 3


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (upload("outil.exe"), "refusent ce type de fichier"),
        (upload("macro.DOCM"), "refusent ce type de fichier"),
        (upload("vide.pdf", b""), "est vide"),
    ],
)
def test_files_that_cannot_be_sent_are_refused_at_once(client: Client, draft: Draft, file: Any, words: str) -> None:
    file.seek(0)
    response = client.post(of(draft, "draft_files"), {"files": [file, upload()]}, headers=HTMX)
    assert words in text(response)
    assert DraftAttachment.objects.get().name == "Convocation.pdf"


def test_files_together_stay_under_the_limit_and_what_was_written_beside_is_kept(
    client: Client, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings.BIENRECU, "max_linked_size", 1)
    files = [upload("a.pdf", b"a" * 10_000_000), upload("b.pdf", b"b" * 9_500_000), upload("c.pdf", b"c" * 7_000_000)]
    response = client.post(of(draft), written(draft, subject="Gardé", then="attach", files=files), follow=True)
    assert "« b.pdf » n'a pas été ajouté" in text(response).replace("\xa0", " ")
    draft.refresh_from_db()
    assert draft.subject == "Gardé"
    assert list(draft.attachments.order_by("id").values_list("name", flat=True)) == ["a.pdf", "c.pdf"]
    more = client.post(of(draft, "draft_files"), {"files": upload("d.pdf", b"d" * 2_000_000)}, headers=HTMX)
    assert "d.pdf" in text(more)
    assert draft.attachments.count() == 2


def test_files_are_removed_with_and_without_script(client: Client, draft: Draft) -> None:
    client.post(of(draft, "draft_files"), {"files": [upload("a.pdf"), upload("b.pdf")]}, headers=HTMX)
    first, second = draft.attachments.order_by("id")
    client.post(of(draft, "draft_file_remove", first.pk), headers=HTMX)
    client.post(of(draft), written(draft, remove=second.pk))
    assert not draft.attachments.exists()


def test_a_forged_request_adds_no_file(draft: Draft) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(draft.by)
    assert strict.post(of(draft, "draft_files"), {"files": upload()}).status_code == 403
    assert strict.post(of(draft), written(draft, subject="Forgé")).status_code == 403
    assert not DraftAttachment.objects.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a\r\nBcc: x.pdf", "aBcc: x.pdf"),
        ("..\\..\\etc\\passwd", "passwd"),
        ("/tmp/été 2027.pdf", "été 2027.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ("", "fichier"),
        ("x" * 400 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_of_files_are_made_harmless(name: str, kept: str) -> None:
    assert clean_name(name) == kept


def test_a_text_that_names_a_missing_attachment_leaves_only_when_that_is_meant(client: Client, draft: Draft) -> None:
    client.post(of(draft), written(draft, html="<p>Voir la pièce jointe, {{ prenom }}.</p>"))
    assert sent(client, draft).status_code == 422
    assert not Message.objects.exists()
    sent(client, draft, without_files="1")
    assert Message.objects.count() == 1


def test_each_recipients_copy_can_be_seen_before(client: Client, draft: Draft) -> None:
    for number, first in enumerate(("Awa", "Hugo", "Zoé"), 1):
        page = client.get(of(draft, "draft_preview") + f"?n={number}")
        assert f"Bonjour {first}" in text(page)
        frame = client.get(of(draft, "draft_message") + f"?n={number}")
        assert f"Bonjour {first}" in frame.content.decode()
        assert "sandbox" in frame["Content-Security-Policy"]
    for odd in ("0", "4", "99999999999", "x", "-1"):
        assert client.get(of(draft, "draft_preview") + f"?n={odd}").status_code == 200


def test_the_preview_is_what_leaves(client: Client, draft: Draft) -> None:
    client.post(of(draft), written(draft, reply_address="equipe@exemple.org", language="en"))
    page = text(client.get(of(draft, "draft_preview")))
    sent(client, draft)
    letter = as_sent(Recipient.objects.get(address="awa@exemple.fr"))
    assert letter["Reply-To"] in page
    assert letter["Subject"] in page
    assert "equipe@exemple.org" in letter["Reply-To"]
    assert "Confirm that you have received" in letter.get_body(("plain",)).get_content()


def test_the_preview_names_what_stands_in_one_persons_way(client: Client, draft: Draft) -> None:
    Contact.objects.filter(first_name="Awa").update(first_name="")
    assert "prenom" in text(client.get(of(draft, "draft_preview")))
    assert client.get(of(draft, "draft_message")).status_code == 404


def test_a_test_goes_to_oneself_and_stays_out_of_history(client: Client, draft: Draft) -> None:
    page = client.get(of(draft, "draft_preview") + "?n=2")
    for _ in range(2):  # a double click
        response = client.post(of(draft, "draft_test"), {"n": "2", "once": field(page, "once")}, follow=True)
    assert "camille@exemple.fr" in text(response)
    [row] = Recipient.objects.all()
    assert (row.address, row.subject, row.session) == ("camille@exemple.fr", "[Test] Venez : Secourisme", None)
    assert "Bonjour Hugo, du 12 janvier 2027" in as_sent(row).get_body(("plain",)).get_content()
    client.post(of(draft), written(draft, subject="Changé"))
    client.post(of(draft, "draft_test"), {"n": "2", "once": field(page, "once")})
    assert Recipient.objects.filter(subject="[Test] Changé").count() == 1


def test_a_test_says_why_it_cannot_leave(client: Client, draft: Draft) -> None:
    client.post(of(draft), written(draft, subject=""))
    response = client.post(of(draft, "draft_test"), {"once": "a"}, follow=True)
    assert "Ajoutez un objet" in text(response)
    assert not Recipient.objects.exists()


def test_the_progress_of_a_sending_is_shown_until_all_are_dealt_with(client: Client, draft: Draft) -> None:
    history = reverse("history", args=[draft.organisation.slug, draft.session_id])
    assert "traités" not in text(client.get(history))
    sent(client, draft)
    assert "0 sur 3 traités" in text(client.get(history))
    message = Message.objects.get()
    place = reverse("sending", args=[draft.organisation.slug, message.pk])
    for number, row in enumerate(_rows(message), 1):
        kind, reason = (Kind.REFUSED, Reason.ADDRESS_UNKNOWN) if number == 1 else (Kind.HANDED_OVER, None)
        record.add([record.NewEvent(row.pk, kind, timezone.now(), "test", reason)])
        answer = client.get(place, headers=HTMX)
        assert f"{number} sur 3 traités" in text(answer)
        assert ("hx-get" in answer.content.decode()) is (number < 3)
    assert "traités" not in text(client.get(history))


def _rows(message: Message) -> Iterator[Recipient]:
    yield from message.recipients.order_by("id")
