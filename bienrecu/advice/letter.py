"""What the rules look at: a message taken apart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.utils import getaddresses
from functools import cached_property
from urllib.parse import unquote

from bienrecu.advice.page import Page, read_page
from bienrecu.protocol.message.parse import Part, decode_words, parse

MOST_READ = 40 * 1024 * 1024
"""Octets of a message that are read: more than any mail service takes."""
_MOST_RECIPIENTS = 1000
_FILENAME = re.compile(r"""(?:file)?name(\*?)(?:\*?\d*\*?)?\s*=\s*(?:"([^"]*)"|([^\s;]+))""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class File:
    """An attachment. `size` is what it weighs before encoding; `content` may be left empty where it is not at hand."""

    name: str
    size: int
    content_type: str = ""
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Letter:
    """`text` and `html` are None when the message has no such part; `html_weight` is its size as transferred.

    `header` says which fields it has, in lower case; None when they are made as it is sent."""

    subject: str
    text: str | None
    html: str | None
    html_weight: int = 0
    author: tuple[str, str] = ("", "")
    reply_to: str = ""
    recipients: Sequence[str] = ()
    files: Sequence[File] = ()
    header: frozenset[str] | None = None

    @cached_property
    def page(self) -> Page:
        return read_page(self.html or "")

    @cached_property
    def words(self) -> str:
        """What is read, whichever part it is read in."""
        return self.page.text if self.html is not None else self.text or ""


def read_letter(raw: bytes) -> Letter:
    """Whatever `raw` is, never raises."""
    message = parse(raw, MOST_READ)
    text, html, files = _parts(message)
    reply_to = _addresses(message, "Reply-To")
    return Letter(
        subject=decode_words(message.get("Subject")).strip(),
        text=None if text is None else text.text(),
        html=None if html is None else html.source(),
        html_weight=0 if html is None else len(html.body),
        author=next(iter(_addresses(message, "From")), ("", "")),
        reply_to=reply_to[0][1] if reply_to else "",
        recipients=[address for name in ("To", "Cc") for _, address in _addresses(message, name)][:_MOST_RECIPIENTS],
        files=files,
        header=frozenset(name.lower() for name, _ in message.fields),
    )


def _parts(message: Part) -> tuple[Part | None, Part | None, list[File]]:
    text: Part | None = None
    html: Part | None = None
    files: list[File] = []
    for part in message.walk():
        if part.parts or part.content_type.startswith("multipart/"):
            continue
        attached = part.get("Content-Disposition").lower().startswith("attachment")
        if not attached and part.content_type == "text/html" and html is None:
            html = part
        elif not attached and part.content_type == "text/plain" and text is None:
            text = part
        elif attached or _filename(part):
            files.append(_file(part))
    return text, html, files


def _file(part: Part) -> File:
    content = part.content()
    return File(_filename(part), len(content), part.content_type, content)


def _filename(part: Part) -> str:
    """As most programs read it: RFC 2231 or RFC 2047, wherever it stands."""
    for value in (part.get("Content-Disposition"), part.get("Content-Type")):
        if found := _FILENAME.search(value):
            name = found[2] or found[3] or ""
            return unquote(name.rpartition("'")[2]) if found[1] else decode_words(name)
    return ""


def _addresses(message: Part, name: str) -> list[tuple[str, str]]:
    values = [value[:100_000] for value in message.get_all(name)[:20]]
    return [(decode_words(shown).strip(), address.strip()) for shown, address in getaddresses(values) if address]
