"""Whom a returned mail concerns: the recipient whose signed return address it came to, and nobody else."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bienrecu.diagnosis import diagnose
from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.returns.interpret import Interpretation, Reported, ReturnKind, interpret
from bienrecu.returns.match import ReturnEvent, events_for

CORPUS = Path(__file__).parents[1] / "corpus"
NOW = datetime(2026, 1, 6, 9, 16, tzinfo=UTC)


@dataclass(frozen=True)
class Recipient:
    address: str = "paul@example.org"
    message_id: str = "<m1.abcdefghij234567@returns.example.net>"


PAUL = Recipient()


def mail(name: str) -> Interpretation:
    return interpret((CORPUS / f"{name}.eml").read_bytes())


def failed(*addresses: str, text: str = "550 5.1.1 User unknown") -> Reported:
    return Reported(Kind.RETURNED, addresses, diagnose(text, None, None, ""), text)


def report(*parts: Reported) -> Interpretation:
    return Interpretation(ReturnKind.REPORT, reported=parts)


def told(interpretation: Interpretation, recipient: Recipient = PAUL) -> list[tuple[Kind, Reason | None]]:
    return [(event.kind, event.reason) for event in events_for(interpretation, recipient, NOW)]


@pytest.mark.parametrize(
    ("address", "event"),
    [
        ("anne@example.org", (Kind.DELIVERED, None)),
        ("paul@example.org", (Kind.RETURNED, Reason.MAILBOX_FULL)),
        ("zoe@example.org", (Kind.DELAYED, Reason.CONNECTION_FAILED)),
    ],
)
def test_a_report_with_three_recipients_delivered_failed_delayed(
    address: str, event: tuple[Kind, Reason | None]
) -> None:
    assert told(mail("three-recipients"), Recipient(address)) == [event]


def test_a_report_naming_an_address_we_never_wrote_to_concludes_nothing_about_others() -> None:
    strangers = report(failed("anne@example.org"), failed("zoe@example.org"))
    assert told(strangers) == []


def test_the_recipient_that_failed_is_the_one_named() -> None:
    delivered = Reported(Kind.DELIVERED, ("paul@example.org",), None, "250 ok")
    both = report(failed("anne@example.org"), delivered)
    assert told(both) == [(Kind.DELIVERED, None)]
    assert told(both, Recipient("anne@example.org")) == [(Kind.RETURNED, Reason.ADDRESS_UNKNOWN)]


def test_a_report_about_one_other_address_tells_where_the_message_was_forwarded() -> None:
    [event] = events_for(report(failed("private@elsewhere.example")), PAUL, NOW)
    assert (event.kind, event.reason) == (Kind.RETURNED, Reason.ADDRESS_UNKNOWN)
    assert (event.forwarded, event.address) == (True, "private@elsewhere.example")


def test_the_address_we_wrote_to_counts_before_the_one_it_became() -> None:
    """An alias: paul@ became team@, and another message to team@ is in the same report."""
    alias = failed("paul@example.org", "team@example.org", text="552 5.2.2 Mailbox full")
    other = failed("anne@example.org", "paul@example.org")
    assert told(report(other, alias)) == [(Kind.RETURNED, Reason.MAILBOX_FULL)]


def test_the_case_of_an_address_does_not_matter() -> None:
    [event] = events_for(report(failed("Paul@Example.ORG"), failed("anne@example.org")), PAUL, NOW)
    assert (event.forwarded, event.address) == (False, "Paul@Example.ORG")


def test_a_notice_that_names_nobody_is_about_the_recipient_it_came_back_for() -> None:
    [event] = events_for(report(failed()), PAUL, NOW)
    assert (event.kind, event.forwarded) == (Kind.RETURNED, False)


def test_late_5_2_2_is_mailbox_full() -> None:
    assert told(mail("translated")) == [(Kind.RETURNED, Reason.MAILBOX_FULL)]


def test_a_late_return_is_final_even_with_a_temporary_code() -> None:
    assert told(mail("expired")) == [(Kind.RETURNED, Reason.MAILBOX_FULL)]


def test_relayed_is_not_delivered() -> None:
    assert told(mail("relayed")) == [(Kind.RELAYED, None)]


@pytest.mark.parametrize("name", ["out-of-office", "out-of-office-by-subject-alone"])
def test_out_of_office_proves_reception_is_no_failure(name: str) -> None:
    assert told(mail(name)) == [(Kind.AUTO_REPLY, None)]


def test_a_person_s_answer_counts_when_it_answers_our_message() -> None:
    assert told(mail("answer")) == [(Kind.REPLIED, None)]
    assert told(mail("answer"), Recipient(message_id="<another@returns.example.net>")) == []


def test_a_forwarded_report_moves_nothing() -> None:
    assert told(mail("forwarded-report")) == []


def test_a_complaint_is_noted() -> None:
    assert told(mail("complaint")) == [(Kind.COMPLAINT, None)]


def test_only_a_read_receipt_that_somebody_sent_proves_an_opening() -> None:
    assert told(mail("read-receipt")) == [(Kind.DISPLAYED, None)]
    assert told(mail("read-receipt-by-a-machine")) == []


def test_what_is_not_understood_moves_nothing() -> None:
    assert told(mail("not-understood/notice-without-a-verdict")) == []


def test_an_event_carries_the_time_we_got_it_and_the_words_that_prove_it() -> None:
    [event] = events_for(mail("unknown-user"), PAUL, NOW)
    assert isinstance(event, ReturnEvent)
    assert event.at == NOW
    assert event.words == "smtp; 550 5.1.1 <paul@example.org>: Recipient address rejected: User unknown"
    assert event.diagnosis is not None
    assert event.diagnosis.evidence == "Recipient address rejected: User unknown"
