"""Composing messages (RFC 5322, RFC 2045 to 2047)."""

from bienrecu.protocol.message.compose import Composed, Draft, compose, compose_head, compose_tail
from bienrecu.protocol.message.fields import Mailbox, MessageError
from bienrecu.protocol.message.parts import Attachment
from bienrecu.protocol.message.plain_text import text_from_html

__all__ = (
    "Attachment",
    "Composed",
    "Draft",
    "Mailbox",
    "MessageError",
    "compose",
    "compose_head",
    "compose_tail",
    "text_from_html",
)
