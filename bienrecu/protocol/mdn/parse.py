"""Reading a read receipt: a message disposition notification (RFC 8098)."""

from dataclasses import dataclass

from bienrecu.protocol.message.parse import Part, read_fields
from bienrecu.protocol.returned import first_field

_TYPES = frozenset({"message/disposition-notification", "message/global-disposition-notification"})


@dataclass(frozen=True, slots=True)
class Receipt:
    """`displayed`: a person displayed the message and let the receipt go ("manual-action/MDN-sent-manually;
    displayed", RFC 8098 §3.2.6). `rejected`: a rule of the recipient's refused the message unseen (RFC 5429 §2.1.1)."""

    original_message_id: str
    recipient: str
    displayed: bool
    rejected: bool


def read_receipt(message: Part) -> Receipt | None:
    """The receipt in a parsed message, or None when there is none. Never raises."""
    part = next((part for part in message.walk() if part.content_type in _TYPES), None)
    if part is None:
        return None
    fields = read_fields(part.content().strip())
    mode, what = _disposition(first_field(fields, "Disposition"))
    return Receipt(
        original_message_id=first_field(fields, "Original-Message-ID"),
        recipient=_without_type(first_field(fields, "Original-Recipient", "Final-Recipient")),
        displayed=mode.startswith("manual-action") and what == "displayed",
        # Who deletes a message unread lets go of the same receipt, but for the word in this field.
        rejected=what == "deleted" and "rejected" in message.get("Auto-Submitted").lower(),
    )


def _without_type(value: str) -> str:
    return value.partition(";")[2].strip() or value


def _disposition(value: str) -> tuple[str, str]:
    """How the receipt came about, and what became of the message."""
    mode, _, what = value.lower().replace(" ", "").partition(";")
    return mode, what.partition("/")[0]
