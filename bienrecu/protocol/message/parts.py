"""MIME parts: texts and attachments, encoded to 7 bits in lines of at most 76 columns (RFC 2045, 2046, 2183)."""

import re
import unicodedata
from base64 import b64encode
from binascii import b2a_qp
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from bienrecu.protocol.message.fields import one_line

_BASE64_LINE = 76
_LONGEST_FILENAME = 255

# b2a_qp writes 77 columns when a blank that ends a line has to be encoded in the last ones.
_TOO_LONG = re.compile(rb"=(20|09)\r(?<=[^\n]{78})")

_TOKEN = r"[!#$%&'*+.^_`{|}~0-9A-Za-z-]+"  # noqa: S105 - RFC 2045's name for it
_CONTENT_TYPE = re.compile(rf'{_TOKEN}/{_TOKEN}(; ?{_TOKEN}=({_TOKEN}|"[ !#-\[\]-~]*"))*')
_UNFIT_FOR_FILENAME = re.compile(r"[^0-9A-Za-z .()+_-]")


@dataclass(frozen=True, slots=True)
class Attachment:
    """`content_type` may have parameters; what is no leaf type (RFC 2046 §3) is sent as application/octet-stream."""

    filename: str
    content_type: str
    content: bytes


def text_part(text: str, subtype: str) -> bytes:
    """A text/`subtype` entity in UTF-8, header included; quoted-printable, or base64 for other alphabets.

    Filters hold base64 against text that could be read without it, so it has to be worth it."""
    lines = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n") + "\n"
    octets = lines.replace("\n", "\r\n").encode(errors="replace")
    encoding, body = "quoted-printable", _quoted_printable(octets)
    if len(body) > 2 * len(octets):
        encoding, body = "base64", _base64(octets)
    return _entity(f"Content-Type: text/{subtype}; charset=utf-8", encoding, body)


def attachment_part(attachment: Attachment) -> bytes:
    """An entity in base64, header included."""
    content_type = attachment.content_type.strip()
    # base64 is forbidden for composite types (RFC 2046 §5.1, §5.2.1), and they would be taken for parts of ours.
    composite = content_type.lower().startswith(("multipart/", "message/"))
    if composite or len(content_type) > 200 or not _CONTENT_TYPE.fullmatch(content_type):
        content_type = "application/octet-stream"
    filename = _within(one_line(attachment.filename), _LONGEST_FILENAME) or "attachment"
    fields = (
        f"Content-Type: {content_type}{_parameter('name', filename)}\r\n"
        f"Content-Disposition: attachment{_parameter('filename', filename)}"
    )
    return _entity(fields, "base64", _base64(attachment.content))


def _entity(fields: str, encoding: str, body: bytes) -> bytes:
    return f"{fields}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + body


def _quoted_printable(octets: bytes) -> bytes:
    lines = octets.splitlines(keepends=True)
    return b"".join([_known_line(line) if len(line) <= _LONGEST_KNOWN else _quoted_line(line) for line in lines])


_LONGEST_KNOWN = 4000


# Most lines of a message are the same for all its recipients.
@lru_cache(maxsize=1000)
def _known_line(line: bytes) -> bytes:
    return _quoted_line(line)


def _quoted_line(line: bytes) -> bytes:
    encoded = b2a_qp(line)
    if b"=20\r" not in encoded and b"=09\r" not in encoded:
        return encoded
    return _TOO_LONG.sub(rb"=\r\n=\1\r", encoded)


def _base64(octets: bytes) -> bytes:
    encoded = b64encode(octets)
    lines = [encoded[at : at + _BASE64_LINE] for at in range(0, len(encoded), _BASE64_LINE)]
    return b"\r\n".join([*lines, b""]) or b"\r\n"


def _parameter(name: str, value: str) -> str:
    """`value` as it is (RFC 2231 §4), then in ASCII for readers who know no better.

    The true name comes first: of two, the standard library's reader and others keep the first."""
    plain = _UNFIT_FOR_FILENAME.sub("_", _without_accents(value))
    exact = "" if plain == value else f";\r\n {name}*=utf-8''{quote(value, safe='')}"
    return f'{exact};\r\n {name}="{plain}"'


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _within(filename: str, octets: int) -> str:
    """`filename` shortened before its extension to so many octets of UTF-8, what file systems can hold."""
    stem, dot, extension = filename.rpartition(".")
    if not stem or len(extension) > 10:
        stem, dot, extension = filename, "", ""
    room = octets - len((dot + extension).encode())
    return stem.encode()[:room].decode(errors="ignore") + dot + extension
