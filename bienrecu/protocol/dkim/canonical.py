"""The relaxed canonical forms (RFC 6376 §3.4.2, §3.4.4): what is left of a message once white space is disregarded."""

import re

_BLANKS = re.compile(rb"[ \t]+")
_BLANKS_AT_END = re.compile(rb"[ \t]+(?=\r\n)")


def relaxed_field(field: bytes) -> bytes:
    """A header field, folded or not and without its last CRLF, as it is hashed."""
    name, _, value = field.partition(b":")
    value = _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")
    return name.strip(b" \t").lower() + b":" + value


def relaxed_lines(lines: bytes) -> bytes:
    """Whole lines of a body as they are hashed, empty ones at the end included."""
    # Encoded attachments are megabytes without any blank that counts: looking first is much cheaper than rewriting.
    if b"\t" not in lines and b"  " not in lines and b" \r\n" not in lines:
        return lines
    return _BLANKS.sub(b" ", _BLANKS_AT_END.sub(b"", lines))


def without_empty_lines_at_end(body: bytes) -> bytes:
    end = len(body)
    while body.endswith(b"\r\n\r\n", 0, end):
        end -= 2
    return b"" if body[:end] == b"\r\n" else body[:end]
