"""A TLSA record (RFC 6698 §2)."""

import re
from dataclasses import dataclass

_LONGEST = 16 * 1024  # hexadecimal digits
_RECORD = re.compile(r"(\d{1,3}) (\d{1,3}) (\d{1,3}) ([0-9A-Fa-f ]+)")


@dataclass(frozen=True, slots=True)
class Tlsa:
    """`usage`, `selector` and `matching` as in §2.1; `data` is the certificate, the key or its digest, in octets."""

    usage: int
    selector: int
    matching: int
    data: bytes

    @property
    def is_usable(self) -> bool:
        """Between mail servers only the usages 2 and 3 mean anything (RFC 7672 §3.1.3)."""
        return self.usage in (2, 3) and self.selector in (0, 1) and self.matching in (0, 1, 2)

    def __str__(self) -> str:
        return f"{self.usage} {self.selector} {self.matching}"


def read_tlsa(text: str) -> Tlsa | None:
    """From its form in a zone file; None when it is none."""
    found = _RECORD.fullmatch(text[:_LONGEST].strip())
    digits = found[4].replace(" ", "") if found else ""
    if not found or len(digits) % 2:
        return None
    return Tlsa(int(found[1]), int(found[2]), int(found[3]), bytes.fromhex(digits))
