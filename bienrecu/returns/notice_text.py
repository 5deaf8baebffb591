"""What a notice itself says: its words without those of the message that it returns.

The reader must not be led by what it returns: any sender could write "550 user unknown" into a letter."""

import re

from bienrecu.protocol.message.parse import Part
from bienrecu.returns.notice_words import ORIGINAL

MAX_READ = 20_000
"""Characters of a notice that are read."""

RETURNED_TYPES = ("message/", "text/rfc822-headers")
# Fields that a message has, and the words of a notice have not.
_HEADER_BEGINS = re.compile(r"[>|\s]{0,8}(?:received|return-path|dkim-signature|mime-version|delivered-to)\s*:", re.I)
# How notices say which message they are about.
_ABOUT = re.compile(
    r"[>|\s*]{0,8}(?:to|cc|bcc|from|subject|sent|date|message-?\s?id|reply-to|posted|sender|received(?: on)?|"
    r"à|de|objet|envoyé|expéditeur|an|von|betreff|gesendet|datum|para|asunto|enviado|assunto|da|oggetto|inviato|data)\s{0,3}:",
    re.IGNORECASE,
)
_TEXT_TYPES = ("text/plain", "text/html")


def notice_text(message: Part) -> str:
    """The words about what happened, without what is returned."""
    text = _all_text(message)
    return text[: _original_at(text)]


def original_begins(message: Part) -> bool:
    """Whether a copy of another message follows the words."""
    return _original_at(_all_text(message)) is not None


def _all_text(message: Part) -> str:
    text = "\n".join(part.text()[:MAX_READ] for part in _text_parts(message))[:MAX_READ]
    return text.replace("\r\n", "\n").replace("\xa0", " ")


def _text_parts(message: Part) -> list[Part]:
    """Those that stand before what is returned: the plain ones, or when there are none those in HTML."""
    found: list[Part] = []
    for part in message.walk():
        if part.content_type.startswith(RETURNED_TYPES):
            break
        if not part.parts and (part.content_type in _TEXT_TYPES or part is message):
            found.append(part)
    plain = [part for part in found if part.content_type != "text/html" and part.body.strip()]
    return plain or found


def _original_at(text: str) -> int | None:
    """Where the first line of what is returned begins, after some words of the notice."""
    position, some_words = 0, False
    for line in text.split("\n"):
        if some_words and (_HEADER_BEGINS.match(line) or ORIGINAL.match(line)):
            return position
        some_words = some_words or bool(line.strip())
        position += len(line) + 1
    return None


def without_fields(text: str) -> str:
    """`text` without the lines that say which message it is about ("Subject: ...", "To: ...")."""
    return "\n".join("" if _ABOUT.match(line) else line for line in text.split("\n"))
