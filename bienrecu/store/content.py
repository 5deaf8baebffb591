"""How the exact bytes of a message are kept: once per message what all its recipients share, and per recipient
what differs, which is little.

A recipient's own part (header, text, HTML) is deflated against the first recipient's as dictionary (RFC 1950
preset dictionary): a hundred octets or so instead of ten thousand. Unlike a template filled in again, this gives
the very bytes back whatever later versions of the program do (docs/decisions/0003-the-exact-bytes.md)."""

import re
import zlib
from datetime import datetime
from email.utils import format_datetime

# Deflate looks back this far: a longer dictionary would only be paid for.
_WINDOW = 32 * 1024
_DATE = re.compile(rb"^Date: [^\r\n]*\r\n", re.MULTILINE)


def dictionary_of(head: bytes) -> bytes:
    """The dictionary for a message whose first recipient's part is `head`."""
    return head[-_WINDOW:]


def pack(head: bytes, dictionary: bytes) -> bytes:
    """`head`, a recipient's own part, deflated against `dictionary`."""
    packer = zlib.compressobj(level=6, zdict=dictionary)
    return packer.compress(head) + packer.flush()


def unpack(packed: bytes, dictionary: bytes) -> bytes:
    """What `pack` was given, octet for octet. Raises zlib.error with another dictionary."""
    return zlib.decompressobj(zdict=dictionary).decompress(packed)


def redated(packed: bytes, dictionary: bytes, at: datetime) -> bytes:
    """The same with a Date field that says `at` (RFC 5322 §3.6.1): mail systems distrust one of another day."""
    date = f"Date: {format_datetime(at)}\r\n".encode()
    return pack(_DATE.sub(date, unpack(packed, dictionary), count=1), dictionary)
