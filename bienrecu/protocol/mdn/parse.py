"""Reading a read receipt: a message disposition notification (RFC 8098)."""

from dataclasses import dataclass

from bienrecu.protocol.message.parse import Part, read_fields
from bienrecu.protocol.returned import first_field

_TYPES = frozenset({"message/disposition-notification", "message/global-disposition-notification"})


@dataclass(frozen=True, slots=True)
class Receipt:
    """`displayed`: a person displayed the message and let the receipt go ("manual-action/MDN-sent-manually;
    displayed", RFC 8098 §3.2.6)."""

    original_message_id: str
    recipient: str
    displayed: bool


def read_receipt(message: Part) -> Receipt | None:
    """The receipt in a parsed message, or None when there is none. Never raises."""
    part = next((part for part in message.walk() if part.content_type in _TYPES), None)
    if part is None:
        return None
    fields = read_fields(part.content().strip())
    return Receipt(
        original_message_id=first_field(fields, "Original-Message-ID"),
        recipient=_without_type(first_field(fields, "Original-Recipient", "Final-Recipient")),
        displayed=_was_displayed(first_field(fields, "Disposition")),
    )


def _without_type(value: str) -> str:
    return value.partition(";")[2].strip() or value


def _was_displayed(disposition: str) -> bool:
    mode, _, kind = disposition.lower().replace(" ", "").partition(";")
    return mode.startswith("manual-action") and kind.partition("/")[0] == "displayed"
