"""The relaxed canonical forms (RFC 6376 §3.4.2, §3.4.4): what is left of a message once white space is disregarded."""

import re

_BLANKS = re.compile(rb"[ \t]+")


def relaxed_field(field: bytes) -> bytes:
    """A header field, folded or not and without its last CRLF, as it is hashed."""
    name, _, value = field.partition(b":")
    value = value.replace(b"\r\n", b"").strip(b" \t")
    if b"  " in value or b"\t" in value:
        value = _BLANKS.sub(b" ", value)
    return name.strip(b" \t").lower() + b":" + value


def relaxed_lines(lines: bytes) -> bytes:
    """Whole lines of a body as they are hashed, empty ones at the end included."""
    # Cutting and joining costs two thirds of replacing and a fifth of a regular expression here, and next to nothing
    # on megabytes of base64.
    lines = lines.replace(b"\t", b" ")
    if b"  " in lines:
        pieces = lines.split(b"  ")
        lines = b" ".join(pieces)
        # More than two in a row leave a piece that is empty or begins with one. The least piece says so for less than
        # looking through all the text again.
        while min(pieces)[:1] <= b" " and b"  " in lines:
            lines = b" ".join(lines.split(b"  "))
    return b"\r\n".join(lines.split(b" \r\n"))


def without_empty_lines_at_end(body: bytes) -> bytes:
    """`body`, its lines ended by CRLF; one of empty lines alone is empty (RFC 6376 §3.4.4)."""
    end = len(body)
    while body.endswith(b"\r\n\r\n", 0, end):
        end -= 2
    return b"" if body[:end] == b"\r\n" else body[:end]
