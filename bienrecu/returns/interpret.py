"""What a mail to a return address is: a report, an automatic reply, a complaint, a person's answer."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from bienrecu.diagnosis import Diagnosis
from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.protocol.dsn.parse import Action, RecipientReport, read_report
from bienrecu.protocol.mdn.parse import Receipt, read_receipt
from bienrecu.protocol.message.parse import Part, decode_words, parse
from bienrecu.returns.auto_reply import is_automatic, says_moved
from bienrecu.returns.challenge import asks_for_person, is_challenge
from bienrecu.returns.complaint import read_complaint
from bienrecu.returns.explain import Told, explain, explain_field
from bienrecu.returns.notice import Notice, read_notice
from bienrecu.returns.notice_text import notice_text
from bienrecu.returns.service_notice import read_service_notice


class ReturnKind(StrEnum):
    """What a mail that came back is. The values are stored."""

    REPORT = "report"
    AUTO_REPLY = "auto_reply"
    CHALLENGE = "challenge"
    COMPLAINT = "complaint"
    READ_RECEIPT = "read_receipt"
    ORDINARY = "ordinary"
    NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report says of one recipient: an event of one of the kinds returned, delayed, delivered, relayed.

    `addresses` are those it names, the one we wrote to first if it knows it; empty when it names none.
    `diagnosis` is None unless it failed or waits. Its `permanent` is about the refusal: what is returned is
    final even when the refusal was temporary. `words` is the reply or the notice that says so, word for word."""

    kind: Kind
    addresses: tuple[str, ...]
    diagnosis: Diagnosis | None
    words: str


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What one mail is, by itself: whom it may concern is for `match.py`.

    `envid` and `message_id` are what a report says of the message it is about, `about` the addresses that a
    complaint or a receipt names. `answers` are the message ids that it says it answers. `displayed`: a read receipt
    sent by hand by somebody who displayed the message. `unwanted`: a complaint by somebody, not by a machine.
    `moved`: an automatic reply that says that the address is given up."""

    kind: ReturnKind
    author: str = ""
    subject: str = ""
    reported: tuple[Reported, ...] = ()
    about: tuple[str, ...] = ()
    envid: str = ""
    message_id: str = ""
    reporting_mta: str = ""
    answers: tuple[str, ...] = ()
    displayed: bool = False
    unwanted: bool = False
    moved: bool = False


_MAX_ANSWERS = 100
_MAX_WITH_WORDS = 20
"""Recipients of a standard report for whom its words are read as well as its fields."""
_MAX_SHOWN = 998  # characters of a field, as many as a line may have (RFC 5322 §2.1.1)
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,998}>")


def interpret(raw: bytes) -> Interpretation:
    """Never raises. What nothing explains is not understood."""
    message = parse(raw)
    found = (
        _report(message)
        or _complaint(message)
        or _receipt(message)
        or _service_notice(message)
        or _notice(message)
        or _letter(message)
    )
    return replace(found, author=_shown(message, "From"), subject=_shown(message, "Subject"))


def _shown(message: Part, name: str) -> str:
    return decode_words(message.get(name)[:_MAX_SHOWN])


def _report(message: Part) -> Interpretation | None:
    """A standard report. It is asked for first: reports call themselves automatic replies too."""
    report = read_report(message)
    if report is None or not report.recipients:
        return None
    if all(asks_for_person(recipient.diagnostic) for recipient in report.recipients):
        return Interpretation(ReturnKind.CHALLENGE, answers=_answers(message))
    return Interpretation(
        ReturnKind.REPORT,
        reported=_all_reported(report.recipients, message),
        envid=report.envid,
        message_id=report.returned_message_id,
        reporting_mta=report.reporting_mta,
    )


_KIND_OF_ACTION: dict[Action, Kind] = {
    Action.FAILED: Kind.RETURNED,
    Action.DELAYED: Kind.DELAYED,
    Action.DELIVERED: Kind.DELIVERED,
    Action.RELAYED: Kind.RELAYED,
    # To several addresses behind it: what becomes of them, nobody will tell.
    Action.EXPANDED: Kind.RELAYED,
}


def _all_reported(recipients: Iterable[RecipientReport], message: Part) -> tuple[Reported, ...]:
    told = Told(notice_text(message))
    return tuple(_reported(recipient, told, number < _MAX_WITH_WORDS) for number, recipient in enumerate(recipients))


def _reported(recipient: RecipientReport, told: Told, with_words: bool) -> Reported:
    kind = _KIND_OF_ACTION[recipient.action]
    fails = kind in (Kind.RETURNED, Kind.DELAYED)
    return Reported(
        kind=kind,
        addresses=recipient.addresses,
        diagnosis=explain_field(recipient, told, with_words=with_words) if fails else None,
        words=recipient.diagnostic or str(recipient.status or ""),
    )


def _complaint(message: Part) -> Interpretation | None:
    complaint = read_complaint(message)
    if complaint is None:
        return None
    return Interpretation(
        ReturnKind.COMPLAINT,
        about=complaint.recipients,
        envid=complaint.envid,
        message_id=complaint.message_id,
        unwanted=complaint.unwanted,
    )


def _receipt(message: Part) -> Interpretation | None:
    receipt = read_receipt(message)
    if receipt is None:
        return None
    if receipt.rejected:
        return Interpretation(
            ReturnKind.REPORT, reported=(_rejected(receipt, message),), message_id=receipt.original_message_id
        )
    return Interpretation(
        ReturnKind.READ_RECEIPT,
        about=(receipt.recipient,) if receipt.recipient else (),
        message_id=receipt.original_message_id,
        displayed=receipt.displayed,
    )


def _rejected(receipt: Receipt, message: Part) -> Reported:
    """The recipient's own rule says why in words for people, in whatever words: they are shown, not judged."""
    words = notice_text(message).strip()
    diagnosis = Diagnosis(Reason.RECIPIENT_REFUSES, permanent=True, evidence="deleted", certainty="sure")
    return Reported(Kind.RETURNED, (receipt.recipient,) if receipt.recipient else (), diagnosis, words)


def _service_notice(message: Part) -> Interpretation | None:
    notice = read_service_notice(message)
    if notice is None:
        return None
    if notice.complained:
        return Interpretation(ReturnKind.COMPLAINT, about=notice.complained, unwanted=True)
    return Interpretation(ReturnKind.REPORT, reported=_all_reported(notice.recipients, message))


def _notice(message: Part) -> Interpretation | None:
    """A report in words alone, or what looks like one: never taken for a reply, whatever its header says."""
    report = read_notice(message)
    if report is None:
        return None
    told = Told(report.text, _shown(message, "Subject"))
    reported = _all_reported(report.fields, message) or tuple(_noticed(notice, told) for notice in report.notices)
    if not any(part.addresses for part in reported) and (inside := _report_inside(message)):
        return inside
    return Interpretation(ReturnKind.REPORT if reported else ReturnKind.NOT_UNDERSTOOD, reported=reported)


def _report_inside(message: Part) -> Interpretation | None:
    """The report that a gateway wrapped in one of its own, which says nothing."""
    enclosed = next((part for part in message.walk() if part.content_type == "message/rfc822"), None)
    return _report(parse(enclosed.content())) if enclosed else None


def _noticed(notice: Notice, told: Told) -> Reported:
    return Reported(
        kind=Kind.DELAYED if notice.delayed else Kind.RETURNED,
        addresses=tuple(filter(None, (told.expanded.get(notice.address.lower()), notice.address))),
        diagnosis=explain(notice.words, told, delayed=notice.delayed),
        words=notice.words,
    )


def _letter(message: Part) -> Interpretation:
    answers = _answers(message)
    if is_challenge(message):
        return Interpretation(ReturnKind.CHALLENGE, answers=answers)
    if is_automatic(message):
        return Interpretation(ReturnKind.AUTO_REPLY, answers=answers, moved=says_moved(message))
    # Nobody's mail program writes letters with the null reverse path (RFC 5321 §4.5.5): a machine's that says nothing
    # of itself may be anything, a report in words that we do not know for example.
    if "@" in message.get("From") and message.get("Return-Path").strip() != "<>":
        return Interpretation(ReturnKind.ORDINARY, answers=answers)
    return Interpretation(ReturnKind.NOT_UNDERSTOOD)


def _answers(message: Part) -> tuple[str, ...]:
    named = " ".join([*message.get_all("In-Reply-To"), *message.get_all("References")])
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(named)))[:_MAX_ANSWERS]
