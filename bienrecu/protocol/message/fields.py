"""Header fields, folded, with encoded words where plain ASCII does not do (RFC 5322 §2.2.3, RFC 2047).

The standard library's writer drops the quotes of a display name that it folds (Python 3.11), and then a comma in
a name adds a recipient. Here a quoted name is never folded: one that does not fit on its line is encoded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bienrecu.domain.address import Address
from bienrecu.protocol.message.words import encoded_words

LINE = 76
"""Columns of a folded line: what RFC 2047 §2 allows a line with encoded words, 2 less than RFC 5322 advises."""
_LONGEST_WORD = 900

_NAME = re.compile(r"[!-9;-~]{1,60}")
_PRINTABLE = re.compile(r"[ -~]*")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
# Quoted local parts are nobody's; without them an address holds no character that could end it early.
_ADDRESS = re.compile(r"[^\s\x00-\x20\x7f-\x9f()<>\[\]:;@\\,\"\u2028\u2029\ud800-\udfff]+@[A-Za-z0-9.-]+")


class MessageError(ValueError):
    """No message can be written from this; the text says why, in English."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with the name shown for it, which may be empty and hold anything."""

    name: str
    address: Address


def mailbox_field(name: str, mailbox: Mailbox) -> bytes:
    """A field with this one mailbox, whatever its display name looks like (RFC 5322 §3.4).

    UTF-8 when the local part is beyond ASCII (RFC 6532), ASCII otherwise. Raises MessageError."""
    address = str(mailbox.address)
    if not _ADDRESS.fullmatch(address):
        raise MessageError(f"{address!r} is not an address that a header field can hold")
    label = one_line(mailbox.name)
    if not label:
        return _folded(name, [f" {address}"])
    return _folded(name, [*_phrase(label, LINE - len(name) - 1), f" <{address}>"])


def text_field(name: str, text: str) -> bytes:
    """A field of free text (RFC 5322 §3.6.5); what is ASCII stays as it is. Raises MessageError on a bad `name`."""
    line = one_line(text)
    # Breaking before a run of spaces rather than within it, so that no line is blank (RFC 5322 §3.2.2).
    words = re.findall(r" +[^ ]+", f" {line}")
    if not _is_literal(line) or any(len(word) > _LONGEST_WORD for word in words):
        words = [f" {word}" for word in encoded_words(line, LINE - len(name) - 2)]
    return _folded(name, words)


def one_line(text: str) -> str:
    """`text` with a space for every run of control characters, so that none ever ends or splits a field."""
    return _UNPRINTABLE.sub(" ", text).strip()


def _phrase(label: str, room: int) -> list[str]:
    quoted = ' "' + label.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if _is_literal(label) and len(quoted) <= room:
        return [quoted]
    return [f" {word}" for word in encoded_words(label, room - 1)]


def _is_literal(line: str) -> bool:
    """Whether readers will take `line` for what it is: some decode "=?…?=" even where it is only text."""
    return _PRINTABLE.fullmatch(line) is not None and "=?" not in line


def _folded(name: str, words: Sequence[str]) -> bytes:
    """`words` begin with the spaces that part them; a line break may come before each but the first."""
    if not _NAME.fullmatch(name):
        raise MessageError(f"{name!r} is not the name of a header field")
    lines, line = [], f"{name}:" + "".join(words[:1])
    for word in words[1:]:
        if len(line) + len(word) > LINE:
            lines.append(line)
            line = ""
        line += word
    return "\r\n".join([*lines, line, ""]).encode()
