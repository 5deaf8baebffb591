"""`bienrecu verify`: a record is recognised, each change is noticed, and it is compared with what is on record."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.conf import settings
from django.utils import timezone

from bienrecu.domain.event import Kind
from bienrecu.domain.status import Status
from bienrecu.processes import logs, running
from bienrecu.processes.commands import commands
from bienrecu.proof import seal
from bienrecu.store import record
from bienrecu.store.models import Event, MessageContent, Organisation, Recipient, RecipientContent, TrainingSession
from bienrecu.store.queries import emails
from tests.builders import a_contact, a_message, a_recipient, a_session, a_user
from tests.site.proofs import made

pytestmark = pytest.mark.django_db

FORMATS = ("csv", "xlsx", "pdf")
Verify = Callable[..., Result]


@pytest.fixture
def verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Verify:
    monkeypatch.setattr(logs, "begin", lambda part: None)
    monkeypatch.setattr(running, "end_with_parent", lambda: None)

    def typed(content: bytes, *options: str) -> Result:
        file = tmp_path / "releve"
        file.write_bytes(content)
        return CliRunner().invoke(commands, ["verify", str(file), *options])

    return typed


@pytest.fixture
def session() -> TrainingSession:
    session = a_session(title="Secourisme")
    message = a_message(session, tail=b"the same for all")
    for status in (Status.SENT, Status.RECEIVED, Status.OPENED, Status.SEND_ERROR):
        row = a_recipient(message=message, status=status)
        exact = emails.exact_bytes(Recipient.objects.get(id=row.id))
        assert exact
        RecipientContent.objects.filter(recipient=row).update(sha256=exact.sha256)
    return session


def told(verify: Verify, content: bytes) -> dict[str, Any]:
    return json.loads(verify(content, "--json").output)


@pytest.mark.parametrize("format", FORMATS)
def test_a_record_made_here_is_recognised_and_in_accord(verify: Verify, session: TrainingSession, format: str) -> None:
    file = made(session, format)
    said = verify(file)
    assert said.exit_code == 0
    assert "Made by this installation, and unchanged since" in said.output
    assert "4 of 4 e-mails say the same" in said.output and "4: their exact bytes were hashed again" in said.output
    compared = told(verify, file)["compared"]
    assert (compared["emails"], compared["hashed"], compared["different"], compared["moved"]) == (4, 4, [], [])


@pytest.mark.parametrize("format", FORMATS)
def test_any_changed_byte_is_noticed(session: TrainingSession, format: str) -> None:
    file = made(session, format)
    secret = settings.SECRET_KEY.encode()
    dice = random.Random(1)
    places = {*range(40), *range(len(file) - 200, len(file)), *dice.sample(range(len(file)), 1500)}
    assert seal.check(file, secret) is seal.Found.UNCHANGED
    for place in places:
        changed = bytearray(file)
        changed[place] ^= 1 << dice.randrange(8)
        assert seal.check(bytes(changed), secret) is not seal.Found.UNCHANGED, place


@pytest.mark.parametrize("format", FORMATS)
def test_a_changed_record_is_told_from_one_that_was_never_ours(
    verify: Verify, session: TrainingSession, format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = bytearray(made(session, format))
    file[len(file) // 2] ^= 1
    said = verify(bytes(file))
    assert said.exit_code == 1 and "CHANGED" in said.output
    assert told(verify, bytes(file)) == {"file": "releve", "verdict": "changed"}
    monkeypatch.setattr(settings, "SECRET_KEY", "that of another installation, as long as it must be")
    theirs = made(session, format)
    monkeypatch.undo()
    monkeypatch.setattr(logs, "begin", lambda part: None)
    assert seal.check(theirs, settings.SECRET_KEY.encode()) is seal.Found.NOT_OURS


@pytest.mark.parametrize("content", [b"", b"a letter to grandmother", b"%PDF-1.7 \xff\x00", b"PK\x03\x04"])
def test_a_file_of_others_is_not_ours(verify: Verify, content: bytes) -> None:
    said = verify(content)
    assert said.exit_code == 2 and "NOT MADE HERE" in said.output
    assert told(verify, content)["verdict"] == "not_ours"


def test_what_happened_since_is_told_and_is_no_disaccord(verify: Verify, session: TrainingSession) -> None:
    file = made(session)
    sent = Recipient.objects.get(status=Status.SENT)
    record.add([record.NewEvent(sent.id, Kind.DELIVERED, timezone.now(), key="later")])
    RecipientContent.objects.filter(recipient=sent).update(signatures=b"DKIM: new\r\n")  # it was sent again
    exact = emails.exact_bytes(Recipient.objects.get(id=sent.id))
    assert exact
    RecipientContent.objects.filter(recipient=sent).update(sha256=exact.sha256)
    said = verify(file)
    assert said.exit_code == 0
    assert f"e-mail {sent.id}: sent → received" in said.output


def differences(verify: Verify, file: bytes) -> dict[int, list[str]]:
    said = verify(file, "--json")
    assert said.exit_code == 1
    return {one["id"]: one["what"] for one in json.loads(said.output)["compared"]["different"]}


def test_an_altered_answer_is_noticed(verify: Verify, session: TrainingSession) -> None:
    file = made(session)
    event = Event.objects.get(kind=Kind.DELIVERED)
    Event.objects.filter(id=event.id).update(words="250 something else")
    assert differences(verify, file) == {event.recipient_id: [f"event {event.id}"]}


def test_a_removed_event_is_noticed(verify: Verify, session: TrainingSession) -> None:
    file = made(session)
    event = Event.objects.get(kind=Kind.REFUSED)
    Event.objects.filter(id=event.id).delete()
    assert differences(verify, file) == {event.recipient_id: [f"event {event.id}"]}
    assert "NOT IN ACCORD: 1" in verify(file).output


def test_altered_bytes_are_noticed_even_when_their_hash_was_not(verify: Verify, session: TrainingSession) -> None:
    file = made(session)
    MessageContent.objects.update(tail=b"not the same for all")
    assert set(map(tuple, differences(verify, file).values())) == {("bytes",)}


def test_an_altered_address_is_noticed(verify: Verify, session: TrainingSession) -> None:
    file = made(session)
    row = Recipient.objects.first()
    Recipient.objects.filter(id=row.id).update(address="somebody@else.fr")
    assert differences(verify, file) == {row.id: ["address"]}


def test_what_is_not_kept_any_more_is_said_and_is_no_disaccord(verify: Verify, session: TrainingSession) -> None:
    gone, erased, opened = Recipient.objects.order_by("id")[:3]
    Event.objects.filter(recipient=opened, kind=Kind.CONFIRMED).update(kind=Kind.OPENED)
    file = made(session)
    Event.objects.filter(kind=Kind.OPENED).delete()
    contact = a_contact(session.organisation, erased_at=timezone.now())
    Recipient.objects.filter(id=erased.id).update(contact=contact, name="", address="erased")
    gone.delete()
    MessageContent.objects.all().delete()
    said = verify(file)
    assert said.exit_code == 0, said.output
    assert "1: not kept here any more" in said.output
    assert "1: of people whose data was erased since" in said.output
    assert "2: their exact bytes are not kept any more" in said.output


def test_another_organisations_e_mail_of_the_same_number_is_not_taken_for_it(
    verify: Verify, session: TrainingSession
) -> None:
    file = made(session)
    Organisation.objects.update(slug="renamed")
    assert told(verify, file)["compared"]["gone"] == 4


def test_a_person_who_changes_their_name_changes_no_evidence(verify: Verify, session: TrainingSession) -> None:
    by = a_user(organisation=session.organisation)
    Event.objects.filter(kind=Kind.REQUESTED).update(by=by)
    file = made(session)
    by.delete()
    assert verify(file).exit_code == 0
