"""What a recipient's programs find in a message: whom to answer, images to load, links to follow.

The message is a stranger's: whatever is in it, reading raises nothing and stays bounded."""

import email
import re
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from typing import Self

from bienrecu.simulator.page import LONGEST_PAGE, MOST_LINKS, Link, Page

_MOST_PARTS = 50
_LONGEST_FIELD = 300
_LONGEST_RAW_FIELD = 2000
_LARGEST_RETURNED = 50_000  # octets; beyond, a report returns the header alone
_URL_IN_TEXT = re.compile(r"https?://[^\s<>\"]{1,2000}")


@dataclass(frozen=True, slots=True)
class Letter:
    """`original` is what a report returns of the message, with CRLF line ends: all of it when `is_whole`, else its
    header. Fields are unfolded, decoded and free of control characters; `reply_to`, an address, falls back on From."""

    original: bytes
    is_whole: bool
    subject: str
    message_id: str
    reply_to: str
    receipt_to: str
    images: tuple[str, ...]
    links: tuple[Link, ...]

    @classmethod
    def read(cls, content: bytes) -> Self:
        original, is_whole = _returned(content)
        # Every level of nesting makes parsing slower and deeper: a real message has a handful.
        nested = content.count(b"multipart/") > _MOST_PARTS
        message = email.message_from_bytes(original.partition(b"\r\n\r\n")[0] if nested else content)
        page = Page.read(_text(message, "html"))
        in_text = () if page.links else tuple(Link(u) for u in _URL_IN_TEXT.findall(_text(message, "plain")))
        return cls(
            original=original,
            is_whole=is_whole,
            subject=_field(message, "Subject"),
            message_id=_field(message, "Message-ID"),
            reply_to=_address(message, "Reply-To") or _address(message, "From"),
            receipt_to=_address(message, "Disposition-Notification-To"),
            images=page.images,
            links=page.links or in_text[:MOST_LINKS],
        )


def _returned(content: bytes) -> tuple[bytes, bool]:
    whole = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    if len(whole) <= _LARGEST_RETURNED:
        return whole, True
    return whole.partition(b"\r\n\r\n")[0][:_LARGEST_RETURNED] + b"\r\n", False


def _address(message: Message, name: str) -> str:
    return _printable(parseaddr(_raw(message, name))[1])


def _raw(message: Message, name: str) -> str:
    return str(message.get(name, ""))[:_LONGEST_RAW_FIELD]


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)[:_LONGEST_FIELD].strip()


def _field(message: Message, name: str) -> str:
    try:
        decoded = str(make_header(decode_header(_raw(message, name))))
    except (ValueError, LookupError):  # unknown charset, broken encoded word
        return ""
    return _printable(decoded)


def _text(message: Message, subtype: str) -> str:
    """The first text part of that subtype that is no attachment, cut to a bounded length."""
    for part in message.walk():
        if part.get_content_type() == f"text/{subtype}" and part.get_filename() is None:
            payload = part.get_payload(decode=True)
            return _decoded(payload, part.get_content_charset("utf-8")) if isinstance(payload, bytes) else ""
    return ""


def _decoded(payload: bytes, charset: str) -> str:
    try:
        return payload[: 4 * LONGEST_PAGE].decode(charset, "replace")[:LONGEST_PAGE]
    except (LookupError, ValueError):
        return payload[:LONGEST_PAGE].decode("latin-1")
