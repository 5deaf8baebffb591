"""Complaints, standard (RFC 5965) or not: Microsoft's programme for senders (JMRP) and older feedback loops."""

import re
from dataclasses import dataclass

from bienrecu.protocol.arf.parse import read_feedback
from bienrecu.protocol.message.parse import Part, decode_words
from bienrecu.protocol.returned import first_field, returned_headers
from bienrecu.returns.named import addresses_in

# Where the message that is complained about says whom it came to.
_RECIPIENT_FIELDS = ("X-HmXmrOriginalRecipient", "X-Apparently-To", "Delivered-To", "X-Original-To", "To")
_OLD_AUTHOR = re.compile(
    r"staff@hotmail\.com|scomp@aol\.(?:net|com)|jmrp@|feedback@.{0,40}\b(?:fbl|arf)\b", re.IGNORECASE
)
_OLD_SUBJECT = re.compile(r"complaint about message from|client tos notification|email feedback report", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Complaint:
    """`unwanted`: somebody declared the message as unwanted; else a machine reports something about it."""

    recipients: tuple[str, ...]
    message_id: str
    envid: str
    unwanted: bool


def read_complaint(message: Part) -> Complaint | None:
    """None when it is none."""
    return _standard(message) or _older(message)


def _standard(message: Part) -> Complaint | None:
    report = read_feedback(message)
    if report is None:
        return None
    named = addresses_in(" ".join(report.recipients)) or _addressed(
        first_field(report.returned_headers, *_RECIPIENT_FIELDS)
    )
    return Complaint(tuple(named), report.returned_message_id, report.envid, report.is_complaint)


def _older(message: Part) -> Complaint | None:
    """The message complained about is enclosed, with nothing or little around it."""
    subject = decode_words(message.get("Subject")[:200]).strip()
    if not (_OLD_SUBJECT.match(subject) and _OLD_AUTHOR.search(message.get("From")[:320])):
        return None
    returned = returned_headers(message.walk())
    named = _addressed(first_field(returned, *_RECIPIENT_FIELDS))
    return Complaint(tuple(named), first_field(returned, "Message-ID"), "", unwanted=True)


def _addressed(field: str) -> list[str]:
    return addresses_in(field)[:1]
