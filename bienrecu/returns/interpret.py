"""What a mail to a return address is: a report, an automatic reply, a complaint, a person's answer."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from bienrecu.diagnosis import Diagnosis, diagnose
from bienrecu.domain.event import Kind
from bienrecu.protocol.dsn.parse import Action, RecipientReport, read_report
from bienrecu.protocol.message.parse import Part, decode_words, parse, read_fields
from bienrecu.returns.auto_reply import is_automatic
from bienrecu.returns.text_report import looks_returned, read_text_report


class ReturnKind(StrEnum):
    REPORT = "report"
    AUTO_REPLY = "auto_reply"
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

    `envid` and `message_id` are what a report says of the message it is about. `answers` are the message ids
    that it says it answers. `displayed`: a read receipt sent by hand by somebody who displayed the message."""

    kind: ReturnKind
    author: str = ""
    subject: str = ""
    reported: tuple[Reported, ...] = ()
    envid: str = ""
    message_id: str = ""
    reporting_mta: str = ""
    answers: tuple[str, ...] = ()
    displayed: bool = False


_MAX_ANSWERS = 100
_MAX_SHOWN = 998  # characters of a field, as many as a line may have (RFC 5322 §2.1.1)
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,998}>")


def interpret(raw: bytes) -> Interpretation:
    """Never raises. What nothing explains is not understood."""
    message = parse(raw)
    found = _report(message) or _feedback(message) or _notice(message) or _letter(message)
    return replace(found, author=_shown(message, "From"), subject=_shown(message, "Subject"))


def _shown(message: Part, name: str) -> str:
    return decode_words(message.get(name)[:_MAX_SHOWN])


def _report(message: Part) -> Interpretation | None:
    """A standard report. It is asked for first: reports call themselves automatic replies too."""
    report = read_report(message)
    if report is None or not report.recipients:
        return None
    return Interpretation(
        ReturnKind.REPORT,
        reported=tuple(map(_reported, report.recipients)),
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


def _reported(recipient: RecipientReport) -> Reported:
    kind = _KIND_OF_ACTION[recipient.action]
    fails = kind in (Kind.RETURNED, Kind.DELAYED)
    return Reported(
        kind=kind,
        addresses=recipient.addresses,
        diagnosis=diagnose(recipient.diagnostic, None, recipient.status, "", recipient.remote_mta) if fails else None,
        words=recipient.diagnostic or str(recipient.status or ""),
    )


def _feedback(message: Part) -> Interpretation | None:
    """A complaint (RFC 5965) or a read receipt (RFC 8098)."""
    for part in message.walk():
        if part.content_type == "message/feedback-report":
            return Interpretation(ReturnKind.COMPLAINT)
        if part.content_type in ("message/disposition-notification", "message/global-disposition-notification"):
            return Interpretation(
                ReturnKind.READ_RECEIPT,
                message_id=_machine_field(part, "original-message-id"),
                displayed=_was_displayed(_machine_field(part, "disposition")),
            )
    return None


def _machine_field(part: Part, name: str) -> str:
    fields = read_fields(part.content().strip())
    return next((value for known, value in fields if known.lower() == name), "")


def _was_displayed(disposition: str) -> bool:
    """Whether a person did something: "manual-action/MDN-sent-manually; displayed" (RFC 8098 §3.2.6)."""
    mode, _, kind = disposition.lower().replace(" ", "").partition(";")
    return mode.startswith("manual-action") and kind.partition("/")[0] == "displayed"


def _notice(message: Part) -> Interpretation | None:
    """A report in words alone, or what looks like one: never taken for a reply, whatever its header says."""
    if not looks_returned(message):
        return None
    found = read_text_report(message)
    if not found:
        return Interpretation(ReturnKind.NOT_UNDERSTOOD)
    reported = tuple(
        Reported(
            kind=Kind.DELAYED if notice.delayed else Kind.RETURNED,
            addresses=(notice.address,) if notice.address else (),
            diagnosis=diagnose(notice.words, None, None, ""),
            words=notice.words,
        )
        for notice in found
    )
    return Interpretation(ReturnKind.REPORT, reported=reported)


def _letter(message: Part) -> Interpretation:
    if is_automatic(message):
        return Interpretation(ReturnKind.AUTO_REPLY, answers=_answers(message))
    if "@" in message.get("From"):
        return Interpretation(ReturnKind.ORDINARY, answers=_answers(message))
    return Interpretation(ReturnKind.NOT_UNDERSTOOD)


def _answers(message: Part) -> tuple[str, ...]:
    named = " ".join([*message.get_all("In-Reply-To"), *message.get_all("References")])
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(named)))[:_MAX_ANSWERS]
