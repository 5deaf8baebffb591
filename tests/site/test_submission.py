"""One way in: `bienrecu/submission`."""

from datetime import date, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.utils import timezone, translation

from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.protocol.message import Attachment
from bienrecu.store.content import unpack
from bienrecu.store.models import Contact, Message, Recipient, Suppression
from bienrecu.submission.people.from_file import read_people
from bienrecu.submission.people.limits import BadFile
from bienrecu.submission.post import post
from bienrecu.submission.request import Person, Refused
from tests.site.parties import a_request, an_organisation, posted

pytestmark = pytest.mark.django_db
PDF = Attachment("Convocation été.pdf", "application/pdf", b"%PDF-1.4 not much of one")


def problems(**fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        post(a_request(**fields))
    assert not Message.objects.exists()
    return [(problem.code, problem.recipient) for problem in refused.value.problems]


def as_sent(row: Recipient) -> bytes:
    content = row.message.content
    return unpack(bytes(row.content.head), bytes(content.dictionary)) + bytes(content.tail)


def test_a_request_that_times_out_and_is_repeated_sends_one_mail() -> None:
    assert post(a_request()) == post(a_request())
    assert Recipient.objects.count() == 1


def test_a_key_used_for_something_else_is_refused() -> None:
    post(a_request())
    with pytest.raises(Refused) as refused:
        post(a_request(subject="Autre chose"))
    assert [problem.code for problem in refused.value.problems] == ["key_reused"]


def test_two_organisations_may_use_the_same_key() -> None:
    other = an_organisation("other")
    assert post(a_request()) != post(a_request(other))


def test_every_wrong_recipient_is_named_with_their_problem_and_nothing_is_stored() -> None:
    people = [Person("awa@exemple.fr", "Awa"), Person("sans-arobase", "Paul"), Person("noe@exemple.fr")]
    assert problems(recipients=people) == [("address_invalid", "sans-arobase"), ("variable_empty", "noe@exemple.fr")]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"subject": " "}, "subject_missing"),
        ({"html": ""}, "body_missing"),
        ({"type": "spam"}, "type_unknown"),
        ({"recipients": []}, "no_recipient"),
        ({"html": "{{ prenom"}, "template_wrong"),
        (
            {"html": "{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}"},
            "template_wrong",
        ),
        ({"attachments": [Attachment("outil.exe", "application/pdf", b"MZ")]}, "attachment_forbidden"),
        ({"attachments": [Attachment("vide.pdf", "application/pdf", b"")]}, "attachment_missing"),
        ({"attachments": [Attachment("gros.pdf", "application/pdf", b"x" * 18_000_001)]}, "too_large"),
    ],
)
def test_what_is_wrong_is_refused_before_anything_leaves(fields: dict[str, Any], code: str) -> None:
    assert [found for found, _ in problems(**fields)] == [code]


@pytest.mark.parametrize("address", ["formation@gmail.com", "formation@orange.fr"])
def test_a_from_at_gmail_com_or_orange_fr_is_refused_with_words(address: str) -> None:
    owner = an_organisation(sender_address=address)
    for language, words in {"fr": "n'autorise personne d'autre", "en": "does not let others send in its name"}.items():
        with translation.override(language), pytest.raises(Refused, match=words):
            post(a_request(owner))


def test_a_display_name_with_accents_and_a_comma_stays_one_recipient() -> None:
    person = Person("noe@exemple.fr", "Noé", "Lambert, père <chef@exemple.org>\r\nBcc: tous@exemple.org")
    [row] = post(a_request(recipients=[person])).recipients.all()
    found = message_from_bytes(as_sent(row), policy=policy.default)
    assert [address.addr_spec for address in found["To"].addresses] == ["noe@exemple.fr"]
    assert found["Bcc"] is None


def test_the_organisations_address_never_stands_in_the_display_name_and_replies_go_to_it() -> None:
    owner = an_organisation(reply_address="contact@of-exemple.fr")
    [row] = post(a_request(owner)).recipients.all()
    found = message_from_bytes(as_sent(row), policy=policy.default)
    assert found["From"].addresses[0].addr_spec == "envoi+of@bienrecu.invalid"
    assert "@" not in found["From"].addresses[0].display_name
    assert found["Reply-To"].addresses[0].addr_spec == "contact@of-exemple.fr"


def test_a_value_of_the_address_book_cannot_add_elements_to_the_message() -> None:
    [row] = post(a_request(recipients=[Person("a@exemple.fr", "<script>alert(1)</script>")])).recipients.all()
    html = message_from_bytes(as_sent(row), policy=policy.default).get_body(("html",)).get_content()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_the_text_part_says_what_the_html_says_and_every_copy_has_its_own_confirmation_link() -> None:
    first, second = (message_from_bytes(as_sent(row), policy=policy.default) for row in posted("a@b.fr", "b@b.fr"))
    text = first.get_body(("plain",)).get_content()
    assert "Bonjour Awa" in text
    assert "/c/" in text
    assert text != second.get_body(("plain",)).get_content()


def test_attachments_are_kept_once_for_all_recipients() -> None:
    first, second = posted("a@exemple.fr", "b@exemple.fr", attachments=[PDF])
    for row in (first, second):
        [file] = message_from_bytes(as_sent(row), policy=policy.default).iter_attachments()
        assert (file.get_filename(), file.get_content()) == (PDF.filename, PDF.content)
    assert len(second.content.head) < 300


def test_the_image_is_there_only_where_the_organisation_turned_it_on_and_the_person_agreed() -> None:
    owner = an_organisation(open_tracking=True)
    agreed = Contact.objects.create(
        organisation=owner, email="a@b.fr", first_name="Awa", tracking_consent_at=timezone.now()
    )
    silent = Contact.objects.create(organisation=owner, email="c@b.fr", first_name="Noé")
    rows = post(a_request(owner, recipients=[Person.of(agreed), Person.of(silent)])).recipients.order_by("id")
    assert [row.tracked for row in rows] == [True, False]
    assert [b"/i/" in as_sent(row) for row in rows] == [True, False]


def test_a_suppressed_address_is_not_tried_and_says_so_at_once() -> None:
    owner = an_organisation()
    Suppression.objects.create(
        organisation=owner, address="parti@exemple.fr", reason=Reason.ADDRESS_UNKNOWN, created_at=timezone.now()
    )
    held, fine = posted("Parti@exemple.fr", "awa@exemple.fr")
    held.refresh_from_db()
    assert (held.status, held.reason, held.due_at) == (Status.SEND_ERROR, "address_suppressed", None)
    assert fine.due_at is not None


def test_a_scheduled_message_is_dated_when_it_leaves() -> None:
    at = timezone.now() + timedelta(days=3)
    [row] = posted(scheduled_at=at)
    found = message_from_bytes(as_sent(row), policy=policy.default)
    assert abs(found["Date"].datetime - at) < timedelta(seconds=1)


@pytest.mark.parametrize(
    "raw",
    [
        "Prénom;Nom;E-mail;Salle\nNoé;Léger;noe@exemple.fr;B12\n".encode("cp1252"),
        "\ufeffemail,first name,last name,Salle\nnoe@exemple.fr,Noé,Léger,B12\n".encode(),
    ],
)
def test_a_list_is_read_with_either_separator_encoding_and_language(raw: bytes) -> None:
    [person] = read_people(raw, a_request().session)
    assert (person.name, person.address, dict(person.variables)) == ("Noé Léger", "noe@exemple.fr", {"salle": "B12"})
    assert person.contact.sessions.get() == a_request().session


def test_reading_the_same_list_twice_makes_no_second_contact() -> None:
    for _ in range(2):
        read_people(b"email,prenom\nnoe@exemple.fr,No\nNOE@exemple.fr,no\n", a_request().session)
    assert Contact.objects.count() == 1


def test_a_list_without_a_column_of_addresses_is_refused_with_words() -> None:
    with pytest.raises(BadFile, match="email"):
        read_people(b"prenom,nom\nNo,Leger\n", a_request().session)


@pytest.mark.parametrize(("language", "written"), [("fr", "le 1er décembre 2026"), ("en", "le Dec. 1, 2026")])
def test_dates_come_out_in_the_organisations_language(language: str, written: str) -> None:
    request = a_request(an_organisation(language=language), html="<p>{{ prenom }}, le {{ session.debut }}</p>")
    request.session.starts_on = date(2026, 12, 1)
    [row] = post(request).recipients.all()
    assert written in message_from_bytes(as_sent(row), policy=policy.default).get_body(("plain",)).get_content()
