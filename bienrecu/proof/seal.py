"""The seal at the end of each record: it tells this installation whether it made the file, and that not one byte of it
has changed since.

It is the same for every format, because each of them bears something after its end: a CSV one more cell, a PDF a
comment, a ZIP (which an XLSX is) a comment too. The last 64 characters are the HMAC-SHA256 of everything before them,
with a key derived from the installation's secret: who has not the secret can neither make a seal nor check one
(docs/decisions/0020-records-for-an-audit.md)."""

import hashlib
import hmac
import re
from enum import Enum

_MARK = b"bienrecu-seal-1:"
_HEX = 64  # characters of the code
_TAIL = re.compile(rb"bienrecu-seal-1:([0-9a-f]{16}):([0-9a-f]{64})\Z")

LENGTH = len(_MARK) + 16 + 1 + _HEX


class Found(Enum):
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    NOT_OURS = "not_ours"


def blank(secret: bytes) -> bytes:
    """A seal without its code, to be the last LENGTH bytes of a file."""
    return _MARK + _installation(secret) + b":" + b"0" * _HEX


def close(file: bytearray, secret: bytes) -> None:
    """Writes into `file`, which ends in a blank seal, the code that holds it. Raises ValueError when it does not."""
    if not file.endswith(blank(secret)):
        raise ValueError("There is no blank seal at the end.")
    file[-_HEX:] = _code(file, secret)


def check(file: bytes, secret: bytes) -> Found:
    """NOT_OURS also says a file whose seal was cut off: from outside, nobody can tell."""
    tail = _TAIL.search(file[-LENGTH:])
    if tail is None or not hmac.compare_digest(tail[1], _installation(secret)):
        return Found.NOT_OURS
    is_whole = hmac.compare_digest(tail[2], _code(file, secret))
    return Found.UNCHANGED if is_whole else Found.CHANGED


def _installation(secret: bytes) -> bytes:
    """What names this installation, without saying anything of its secret."""
    return _derived(secret, b"installation")[:8].hex().encode()


def _code(file: bytes | bytearray, secret: bytes) -> bytes:
    """Of all but the place of the code itself. Files are large: nothing is copied."""
    with memoryview(file) as whole, whole[:-_HEX] as held:
        return hmac.new(_derived(secret, b"seal"), held, hashlib.sha256).hexdigest().encode()


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return hmac.digest(secret, b"record\0" + purpose, hashlib.sha256)
