"""A whole message, in two pieces: what is one recipient's, and the attachments that all of them share."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from bienrecu.protocol.message.fields import Mailbox, MessageError, mailbox_field, text_field
from bienrecu.protocol.message.parts import Attachment, attachment_part, text_part

# What RFC 2046 §5.1.1 allows, less the blank.
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=?-]{1,64}")
_MESSAGE_ID = re.compile(r"[!-;=?A-~]+@[!-;=?A-~]+")
_WRITTEN_HERE = frozenset(("from", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "mime-version"))


@dataclass(frozen=True, slots=True)
class Draft:
    """What one recipient is to get. `text` says the same as `html` (see `text_from_html`); `message_id` is without
    its angle brackets; `date` is aware; `extra` are fields to add, such as ("Auto-Submitted", "auto-generated")."""

    author: Mailbox
    recipient: Mailbox
    subject: str
    text: str
    message_id: str
    date: datetime
    html: str | None = None
    reply_to: Mailbox | None = None
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Composed:
    """`head` + `tail` is the message, with CRLF line ends, the last line included."""

    head: bytes
    tail: bytes


def compose(draft: Draft, *, boundary: str, attachments: Sequence[Attachment] = ()) -> Composed:
    """The message of one recipient. Raises MessageError."""
    return Composed(
        compose_head(draft, boundary=boundary, attached=bool(attachments)),
        compose_tail(attachments, boundary=boundary),
    )


def compose_head(draft: Draft, *, boundary: str, attached: bool) -> bytes:
    """All but the attachments, to which `attached` says that a tail with the same `boundary` will follow.

    `boundary` is 1 to 64 characters (RFC 2046 §5.1.1), blanks excepted; it need not be random, for no line of an
    encoded part can equal a delimiter made of it. Raises MessageError."""
    body = _readable(draft, boundary)
    if attached:
        body = _opening("mixed", boundary) + _delimiter("mixed", boundary) + b"\r\n" + body
    return _header(draft) + body


def compose_tail(attachments: Sequence[Attachment], *, boundary: str) -> bytes:
    """The attachments and the end of the message; empty without attachments. The same for all recipients."""
    delimiter = _delimiter("mixed", boundary)
    parts = [delimiter + b"\r\n" + attachment_part(attachment) for attachment in attachments]
    return b"".join([*parts, delimiter, b"--\r\n"]) if parts else b""


def _header(draft: Draft) -> bytes:
    if not _MESSAGE_ID.fullmatch(draft.message_id) or len(draft.message_id) > 900:
        raise MessageError(f"{draft.message_id!r} is not a message identifier (RFC 5322 §3.6.4)")
    fields = [mailbox_field("From", draft.author), mailbox_field("To", draft.recipient)]
    if draft.reply_to:
        fields.append(mailbox_field("Reply-To", draft.reply_to))
    fields += [
        text_field("Subject", draft.subject),
        f"Date: {format_datetime(draft.date)}\r\n".encode(),
        f"Message-ID: <{draft.message_id}>\r\n".encode(),
        *(_extra_field(name, value) for name, value in draft.extra),
        b"MIME-Version: 1.0\r\n",
    ]
    return b"".join(fields)


def _extra_field(name: str, value: str) -> bytes:
    if name.lower() in _WRITTEN_HERE or name.lower().startswith("content-"):
        raise MessageError(f"{name} is written by the composer and cannot be added")
    return text_field(name, value)


def _readable(draft: Draft, boundary: str) -> bytes:
    text = text_part(draft.text, "plain")
    if draft.html is None:
        return text
    line = _delimiter("alternative", boundary)
    html = text_part(draft.html, "html")
    return b"".join((_opening("alternative", boundary), line, b"\r\n", text, line, b"\r\n", html, line, b"--\r\n"))


def _opening(subtype: str, boundary: str) -> bytes:
    value = _delimiter(subtype, boundary)[2:].decode()
    return f'Content-Type: multipart/{subtype};\r\n boundary="{value}"\r\n\r\n'.encode()


def _delimiter(subtype: str, boundary: str) -> bytes:
    if not _BOUNDARY.fullmatch(boundary):
        raise MessageError(f"{boundary!r} cannot delimit parts (RFC 2046 §5.1.1)")
    # "=_" occurs in neither quoted-printable nor base64 (RFC 2045 §6.7); the letter keeps one delimiter from
    # being the beginning of the other.
    return f"--=_{subtype[0]}{boundary}".encode()
