"""What somebody was sent, taken back out of the bytes that went out: to be sent again as it was.

The template would not do: what filled it in may have changed since, or was never kept."""

import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as tolerant
from typing import cast

from django.utils.html import linebreaks

from bienrecu.protocol.message import Attachment
from bienrecu.protocol.message.parse import Part, parse, to_text
from bienrecu.store.content import unpack
from bienrecu.store.models import Message, Recipient
from bienrecu.submission.compose import without_our_end


class LetterLost(Exception):
    """The content is not kept any more, or is not what was sent."""


@dataclass(frozen=True, slots=True)
class Letter:
    """`html` is a whole page, without what each copy gets at its end."""

    subject: str
    html: str

    def with_at_its_top(self, html: str) -> "Letter":
        begin = _BODY.search(self.html)
        at = begin.end() if begin else 0
        return Letter(self.subject, self.html[:at] + html + self.html[at:])


_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)


def letter_of(recipient: Recipient) -> Letter:
    """Raises LetterLost."""
    # The part of their own only: attachments, which may be large, come after it.
    message = parse(_own_part(recipient))
    html = _first(message, "text/html")
    if html is not None:
        return Letter(recipient.subject, without_our_end(_text(html)))
    text = _first(message, "text/plain")
    return Letter(recipient.subject, linebreaks(_text(text)) if text else "")


def attachments_of(message: Message) -> list[Attachment]:
    """Raises LetterLost."""
    kept = list(message.attachments.filter(linked=False).order_by("id"))
    if not kept:
        return []
    content = getattr(message, "content", None)
    if content is None:
        raise LetterLost
    tail = bytes(content.tail)
    boundary = tail.partition(b"\r\n")[0].removeprefix(b"--")
    header = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n'
    parts = cast(EmailMessage, message_from_bytes(header + tail, policy=tolerant)).iter_parts()
    contents = [part.get_payload(decode=True) for part in parts]
    if [hashlib.sha256(content).hexdigest() for content in contents] != [one.sha256 for one in kept]:
        raise LetterLost
    return [Attachment(one.name, one.content_type, content) for one, content in zip(kept, contents, strict=True)]


def _own_part(recipient: Recipient) -> bytes:
    own, shared = getattr(recipient, "content", None), getattr(recipient.message, "content", None)
    if own is None or not own.head or shared is None:
        raise LetterLost
    return unpack(bytes(own.head), bytes(shared.dictionary))


def _first(message: Part, content_type: str) -> Part | None:
    return next((part for part in message.walk() if part.content_type == content_type and not part.parts), None)


def _text(part: Part) -> str:
    return to_text(part.content(), part.parameter("charset"))
