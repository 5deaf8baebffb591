"""What stands in a record for an audit, in every format and language."""

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.proof import carried, facts, make, words
from bienrecu.proof.facts import EmailFacts, Header, MessageFacts, Missing
from bienrecu.store.models import Attachment, Attempt, Enrolment, Event, Recipient, RecipientContent, TrainingSession
from tests.builders import a_contact, a_message, a_recipient, a_session, a_user, an_organisation
from tests.site.proofs import Printed, an_export, emails_of_csv, made, rows_of_csv, sheets_of_xlsx

pytestmark = pytest.mark.django_db

FORMATS, LANGUAGES = ("csv", "xlsx", "pdf"), ("fr", "en")

LIMITS = {
    "fr": "Ce relevé décrit des échanges techniques entre serveurs. Il n'établit ni l'arrivée en boîte de réception, "
    "ni la lecture, ni l'identité du lecteur. Ce n'est pas un envoi recommandé électronique.",
    "en": "This record describes technical exchanges between servers. It establishes neither arrival in the inbox, nor "
    "reading, nor the identity of the reader. It is not a registered electronic letter.",
}


@pytest.fixture
def session() -> TrainingSession:
    organisation = an_organisation(name="Formation Exemple")
    return a_session(organisation, title="Secourisme", reference="SST-1", starts_on=date(2027, 1, 12))


def all_text(file: bytes, format: str, printed: Printed) -> str:
    if format == "pdf":
        return printed.text
    rows = rows_of_csv(file) if format == "csv" else [row for sheet in sheets_of_xlsx(file) for row in sheet]
    return "\n".join(cell for row in rows for cell in row)


@pytest.mark.parametrize("format", FORMATS)
def test_who_what_when_and_what_the_server_answered_are_told(
    session: TrainingSession, format: str, monkeypatch: Any
) -> None:
    author = a_user(organisation=session.organisation, name="Camille Morel")
    message = a_message(session, requested_by=author, author_name="Formation Exemple")
    Attachment.objects.create(
        message=message, name="plan.pdf", content_type="application/pdf", size=1204, sha256="ab" * 32
    )
    row = a_recipient(message=message, name="Awa Diallo", address="awa@exemple.fr", status=Status.RECEIVED)
    attempt = Attempt.objects.create(
        recipient=row, started_at=row.requested_at, ended_at=row.requested_at, host="mx1.exemple.fr", ip="192.0.2.1"
    )
    Event.objects.filter(kind=Kind.DELIVERED).update(words="250 2.0.0 Ok: queued as 4F1", attempt=attempt)
    RecipientContent.objects.update(sha256="cd" * 32)
    printed = Printed(monkeypatch)
    text = all_text(made(session, format, by=author), format, printed)
    for told in (
        *("Formation Exemple", "Secourisme", "SST-1", "12 janvier 2027", "Awa Diallo", "awa@exemple.fr", "Participant"),
        *("Convocation", "Votre convocation", "plan.pdf, 1204 octets, SHA-256 " + "ab" * 32, "cd" * 32),
        *("mx1.exemple.fr [192.0.2.1]", "250 2.0.0 Ok: queued as 4F1", "Camille Morel", "+01:00"),
        *("La messagerie du destinataire a accepté l'e-mail.", "Rien ne dit s'il a été lu."),
    ):
        assert told in text, told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_and_sheet_says_what_the_record_does_not_establish(
    session: TrainingSession, language: str, monkeypatch: Any
) -> None:
    for _ in range(30):
        a_recipient(session)
    assert [LIMITS[language]] in rows_of_csv(made(session, "csv", language))
    assert all(sheet[0] == [LIMITS[language]] for sheet in sheets_of_xlsx(made(session, "xlsx", language)))
    printed = Printed(monkeypatch)
    made(session, "pdf", language)
    assert len(printed.pages()) > 1
    assert all(LIMITS[language] in page for page in printed.pages())


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_claimed_that_servers_cannot_prove(
    session: TrainingSession, format: str, language: str, monkeypatch: Any
) -> None:
    for status in Status:
        a_recipient(session, status)
    a_recipient(session, events=[(kind, None) for kind in Kind if kind not in (Kind.REQUESTED, Kind.NOTE)])
    printed = Printed(monkeypatch)
    text = all_text(made(session, format, language), format, printed).lower()
    text = text.replace(LIMITS[language].lower(), "")
    with translation.override(language):
        for status in Status:  # they say what is not proved, and so name it
            text = text.replace(words.definition(status).lower(), "")
    for forbidden in (
        *("preuve de réception", "accusé de réception", "recommandé", "certifié", "valeur légale", "opposable"),
        *("a pris connaissance", "horodatage qualifié", "proof of receipt", "registered", "certified", "legally"),
        *("a été lu", "was read", "has read"),
    ):
        assert forbidden not in text, forbidden


def test_a_csv_opens_in_a_french_spreadsheet_and_holds_no_formula(session: TrainingSession) -> None:
    for name in ("=1+1", "+33 6", "-2", "@SUM(A1)", "\tx", 'Awa; Diallo\r\n"x"'):
        a_recipient(session, name=name)
    file = made(session, "csv")
    assert file.startswith("\ufeffN°;Type;".encode())
    assert [row["Destinataire"] for row in emails_of_csv(file)] == [
        *("'=1+1", "'+33 6", "'-2", "'@SUM(A1)", "'\tx", 'Awa; Diallo\r\n"x"')
    ]
    assert made(session, "csv", "en").startswith("\ufeffNo.,Type,".encode())
    assert not [cell for row in rows_of_csv(file) for cell in row if cell[:1] in "=+-@\t\r" and cell]


def test_an_xlsx_holds_no_formula_and_cells_of_a_size_that_spreadsheets_take(session: TrainingSession) -> None:
    a_recipient(session, name="=HYPERLINK(1)", events=[(Kind.REFUSED, Reason.MAILBOX_FULL)])
    Event.objects.filter(kind=Kind.REFUSED).update(words="550 " + "é" * 40_000)
    file = made(session, "xlsx")
    (row,) = sheets_of_xlsx(file)[1][2:]
    assert "=HYPERLINK(1)" in row
    assert max(len(cell) for sheet in sheets_of_xlsx(file) for line in sheet for cell in line) == 32_767
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        assert not [name for name in book.namelist() if b"<f>" in book.read(name)]


def test_rows_stand_in_the_order_of_their_requests_and_times_bear_their_offset(session: TrainingSession) -> None:
    for day in (6, 5, 7):
        a_recipient(message=a_message(session, requested_at=datetime(2027, 1, day, 9, tzinfo=UTC)))
    rows = emails_of_csv(made(session, "csv"))
    assert [row["Demandé le"] for row in rows] == [f"2027-01-0{day} 10:00:00 +01:00" for day in (5, 6, 7)]


def test_times_are_those_of_the_person_who_asked(session: TrainingSession) -> None:
    a_recipient(session)
    by = a_user(organisation=session.organisation, time_zone="America/Guadeloupe")
    (row,) = emails_of_csv(made(session, "csv", by=by))
    assert row["Demandé le"] == "2027-01-05 04:14:02 -04:00"


def test_the_status_is_what_the_events_told_prove(session: TrainingSession) -> None:
    a_recipient(session, Status.RECEIVED)
    Recipient.objects.update(status=Status.SENT)  # read a moment earlier than its events
    (row,) = emails_of_csv(made(session, "csv"))
    assert row["Statut"] == "Reçu"


def test_a_record_is_of_the_filter_and_says_so(session: TrainingSession, monkeypatch: Any) -> None:
    a_recipient(session, Status.RECEIVED, name="Awa")
    a_recipient(session, Status.SEND_ERROR, name="Noé")
    other = a_recipient(a_session(session.organisation), Status.SEND_ERROR, name="Ailleurs")
    file = made(session, "csv", question="status=send_error&from=2027-01-01")
    assert [row["Destinataire"] for row in emails_of_csv(file)] == ["Noé"] != [other.name]
    assert ["Filtre", "À partir du 1er janvier 2027 ; Erreur à l'envoi"] in [
        [cell.replace("\N{NO-BREAK SPACE}", " ") for cell in row] for row in rows_of_csv(file)
    ]


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_missing_is_told(session: TrainingSession, format: str, monkeypatch: Any) -> None:
    people = [a_contact(session.organisation, first_name=name, last_name="X") for name in ("Awa", "Noé", "Zoé", "Éva")]
    trainer = a_contact(session.organisation, first_name="Tom", last_name="X", role="trainer")
    for person in (*people, trainer):
        Enrolment.objects.create(session=session, contact=person)
    convocation, programme = a_message(session), a_message(session, type="programme")
    for message in (convocation, programme):
        message.recipient_count = 1
        message.save()
    a_recipient(message=convocation, contact=people[0], name="Awa X")
    a_recipient(message=convocation, contact=people[1], name="Noé X", status=Status.RECEPTION_IMPOSSIBLE)
    a_recipient(message=convocation, address=people[2].email, name="Zoé X")  # sent without knowing who it is
    a_recipient(message=programme, contact=people[3], name="Éva X")
    printed = Printed(monkeypatch)
    file = made(session, format, question="type=convocation")
    lines = [line for line in carried.unpacked(file) if isinstance(line, Missing)]
    assert lines == [Missing("convocation", "Éva X", people[3].email)]
    text = all_text(file, format, printed)
    assert "Éva X" in text and "Tom X" not in text
    assert text.count("Noé X") == 2  # among what is not received, and as an e-mail


def test_resends_are_linked_both_ways(session: TrainingSession) -> None:
    first = a_recipient(session, Status.SEND_ERROR)
    second = a_recipient(session, resend_of=first)
    rows = emails_of_csv(made(session, "csv"))
    assert [(row["Renvoi de"], row["Renvoyé par"]) for row in rows] == [("", str(second.id)), (str(first.id), "")]


def test_the_same_answer_many_times_is_told_once_with_how_often(session: TrainingSession) -> None:
    a_recipient(session, events=[(Kind.DEFERRED, Reason.MAILBOX_FULL)] * 11)
    (row,) = emails_of_csv(made(session, "csv"))
    (_requested, deferred) = row["Ce qui s'est passé"].splitlines()
    assert "10 autres essais, le dernier le 05/01/2027 09:14:13 +01:00" in deferred


def test_answers_that_differ_are_all_told(session: TrainingSession) -> None:
    a_recipient(session, events=[(Kind.DEFERRED, Reason.MAILBOX_FULL)] * 3)
    for number, event in enumerate(Event.objects.filter(kind=Kind.DEFERRED)):
        Event.objects.filter(id=event.id).update(words=f"452 try {number}")
    (row,) = emails_of_csv(made(session, "csv"))
    assert all(f"452 try {number}" in row["Ce qui s'est passé"] for number in range(3))


def test_events_beyond_measure_are_counted_not_told(session: TrainingSession, monkeypatch: Any) -> None:
    from bienrecu.proof import gather

    monkeypatch.setattr(gather, "MOST_EVENTS", 3)
    a_recipient(session, events=[(Kind.DEFERRED, None)] * 5)
    (row,) = emails_of_csv(made(session, "csv"))
    assert "Et 3 autres événements" in row["Ce qui s'est passé"]


@pytest.mark.parametrize("format", FORMATS)
def test_what_the_file_carries_for_programs_is_all_that_was_gathered(session: TrainingSession, format: str) -> None:
    rows = [a_recipient(session, status) for status in Status]
    header, *lines = carried.unpacked(made(session, format))
    assert isinstance(header, Header)
    assert (header.organisation, header.emails, header.not_received) == ("Formation Exemple", 6, 4)
    assert [line.id for line in lines if isinstance(line, EmailFacts)] == [row.id for row in rows]
    assert len([line for line in lines if isinstance(line, MessageFacts)]) == 6


def test_what_people_write_does_not_pass_for_what_the_file_carries(session: TrainingSession) -> None:
    a_recipient(session, name=f"x\r\n{carried.MARK}\r\nH4sI\r\nbienrecu-seal-1:")
    header, *_lines = carried.unpacked(made(session, "csv"))
    assert isinstance(header, Header)


@pytest.mark.parametrize("format", FORMATS)
def test_names_in_any_script_and_odd_signs_are_no_obstacle(session: TrainingSession, format: str) -> None:
    names = ["محمد", "שלום כהן", "漢字 太郎", "👩\u200d🏫 Léa", "กขค", "x" * 200, "a\u202eb\x07", "", "&<>'\""]
    for name in names:
        a_recipient(session, name=name, subject=name)
    told = [line.name for line in carried.unpacked(made(session, format)) if isinstance(line, EmailFacts)]
    assert told == names


@pytest.mark.parametrize("format", FORMATS)
def test_a_session_without_e_mails_makes_a_record_that_says_so(session: TrainingSession, format: str) -> None:
    header, *lines = carried.unpacked(made(session, format))
    assert isinstance(header, Header) and header.emails == 0 and lines == []


def test_more_e_mails_than_a_format_takes_are_refused(session: TrainingSession, monkeypatch: Any) -> None:
    monkeypatch.setitem(make.MOST_EMAILS, facts.Format.PDF, 2)
    for _ in range(3):
        a_recipient(session)
    made(session, "csv")
    with pytest.raises(make.CannotBeMade, match="too_many"):
        made(session, "pdf")


def test_the_number_of_questions_to_the_database_does_not_grow_with_that_of_e_mails(session: TrainingSession) -> None:
    def asked() -> int:
        export = an_export(session)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            make.make(export, lambda steps: None, lambda count: None)
        return len(queries)

    a_recipient(session)
    few = asked()
    for _ in range(20):
        a_recipient(session, Status.RECEPTION_IMPOSSIBLE)
    assert asked() == few


def test_a_record_is_written_in_the_language_asked_for(session: TrainingSession) -> None:
    a_recipient(session, Status.RECEIVED)
    with translation.override("fr"):
        (row,) = emails_of_csv(made(session, "csv", "en"))
    assert row["Status"] == "Received"
