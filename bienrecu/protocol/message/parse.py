"""Reading a message that anyone may have written (RFC 5322, 2045, 2046): tolerant, bounded, never raising.

The standard library's parser calls itself for every nested part, so that a message nested deep enough raises
RecursionError out of it; it also copies the whole message at each level. Here parts are positions in the bytes."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from html import unescape

MAX_SIZE = 5 * 1024 * 1024
"""Bytes of a message that are read; the rest is ignored."""
MAX_DEPTH = 20
MAX_PARTS = 500
MAX_HEADER = 256 * 1024
"""Bytes of one header section that are read."""
MAX_FIELDS = 2000
MAX_TEXT = 256 * 1024
"""Bytes of one part that are read as text."""

Fields = tuple[tuple[str, str], ...]
"""Names as written, and values unfolded: each line break and the white space after it is one space."""

_FIELD = re.compile(r"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_EMPTY_LINE = re.compile(rb"\r?\n")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_TAG = re.compile(r"<[^<>]*>")
# Python knows codecs that are no charsets: some are slow on what strangers send, some yield half characters.
_CHARSET = re.compile(
    r"(?:utf-?8|us-ascii|ascii|iso-?8859-\d{1,2}|windows-\d{3,4}|cp\d{3,4}|koi8-[ru]|shift_?jis|big5|"
    r"iso-2022-jp|euc-(?:jp|kr)|gb2312|gbk|gb18030)"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A message, or a part of one. `body` is as transferred; empty when it was taken apart into `parts`."""

    fields: Fields
    body: bytes = field(repr=False)
    parts: "tuple[Part, ...]" = ()

    def get(self, name: str) -> str:
        """The first field of that name, or ""."""
        return next(iter(self.get_all(name)), "")

    def get_all(self, name: str) -> list[str]:
        name = name.lower()
        return [value for known, value in self.fields if known.lower() == name]

    @property
    def content_type(self) -> str:
        """In lower case, without parameters; text/plain when none is given (RFC 2045 §5.2)."""
        found = self.get("Content-Type").partition(";")[0].strip().lower()
        return found if "/" in found else "text/plain"

    def parameter(self, name: str) -> str:
        """A parameter of the content type, for example charset, or ""."""
        pattern = rf';\s*{re.escape(name)}\s*=\s*(?:"([^"]*)"|([^\s;]+))'
        match = re.search(pattern, self.get("Content-Type"), re.IGNORECASE)
        return (match[1] or match[2] or "").strip() if match else ""

    def walk(self) -> Iterator["Part"]:
        """This part and all those in its multiparts, in order; not those of an enclosed message."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def content(self) -> bytes:
        """The body without its transfer encoding (RFC 2045 §6)."""
        encoding = self.get("Content-Transfer-Encoding").strip().lower()
        if encoding == "base64":
            return _from_base64(self.body)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(self.body)
        return self.body

    def source(self) -> str:
        """A text part as it was written, with its markup when it is HTML."""
        return to_text(self.content()[:MAX_TEXT], self.parameter("charset"))

    def text(self) -> str:
        """The words of a text part, without markup when it is HTML."""
        return unescape(_TAG.sub(" ", self.source())) if self.content_type == "text/html" else self.source()


def parse(raw: bytes, most: int = MAX_SIZE) -> Part:
    """The parts of the first `most` bytes of `raw`. What is not there or cannot be read is empty."""
    return _read_part(raw, 0, min(len(raw), most), 0, _Budget())


def read_header(raw: bytes) -> Fields:
    """The fields of the message `raw`, without looking into its body."""
    header_end, _ = _header_and_body(raw, 0, min(len(raw), MAX_HEADER))
    return read_fields(raw[:header_end])


def read_fields(header: bytes) -> Fields:
    """The fields of a header section. A line that is no field belongs to the field before it, indented or not:
    many reports fold their longest field without indenting it."""
    fields: list[tuple[str, list[str]]] = []
    for line in to_text(header[:MAX_HEADER]).split("\n"):
        match = _FIELD.match(line)
        if match and len(fields) < MAX_FIELDS:
            fields.append((match[1], [match[2].strip()]))
        elif fields and not match and line.strip():
            fields[-1][1].append(line.strip())
    return tuple((name, " ".join(lines).strip()) for name, lines in fields)


def decode_words(value: str) -> str:
    """`value`, for example a subject, with its encoded words (RFC 2047) decoded."""
    try:
        chunks = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return "".join(chunk if isinstance(chunk, str) else to_text(chunk, charset or "") for chunk, charset in chunks)


def to_text(data: bytes, charset: str = "") -> str:
    """`data` in its charset, else as UTF-8, else as Latin-1. No NUL: databases refuse it."""
    return _decode(data, charset.strip().lower()).replace("\0", "\ufffd")


def _decode(data: bytes, charset: str) -> str:
    if _CHARSET.fullmatch(charset):
        try:
            return data.decode(charset, "replace")
        except LookupError:
            pass
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


@dataclass(slots=True)
class _Budget:
    parts: int = MAX_PARTS


def _read_part(raw: bytes, start: int, end: int, depth: int, budget: _Budget) -> Part:
    header_end, body_start = _header_and_body(raw, start, end)
    part = Part(read_fields(raw[start : min(header_end, start + MAX_HEADER)]), b"")
    if depth < MAX_DEPTH and part.content_type.startswith("multipart/") and (mark := part.parameter("boundary")):
        inside = tuple(
            _read_part(raw, first, last, depth + 1, budget)
            for first, last in _between(mark, raw, body_start, end, budget)
        )
        if inside:
            return Part(part.fields, b"", inside)
    return Part(part.fields, raw[body_start:end])


def _header_and_body(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the header section ends, and where the body begins."""
    if none := _EMPTY_LINE.match(raw, start, end):
        return start, none.end()
    empty_line = _END_OF_HEADER.search(raw, start, end)
    return empty_line.span() if empty_line else (end, end)


def _between(boundary: str, raw: bytes, start: int, end: int, budget: _Budget) -> list[tuple[int, int]]:
    """Where each part begins and ends (RFC 2046 §5.1.1). The last may lack its end."""
    mark = re.escape(boundary.encode())
    # Each boundary follows a line break: that of the empty line, for the first.
    lines = re.compile(rb"\n--" + mark + rb"(--)?[ \t]*\r?(?=\n|\Z)").finditer(raw, max(start - 1, 0), end)
    found: list[tuple[int, int]] = []
    begin: int | None = None
    for line in lines:
        if begin is not None:
            found.append((begin, max(begin, line.start() - raw.endswith(b"\r", begin, line.start()))))
        begin = None if line[1] else line.end() + 1
        budget.parts -= 1
        if begin is None or budget.parts <= 0:
            return found
    return [*found, (begin, end)] if begin is not None and begin <= end else found


def _from_base64(data: bytes) -> bytes:
    letters = _NOT_BASE64.sub(b"", data)
    # One letter more than a multiple of four holds no byte.
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
