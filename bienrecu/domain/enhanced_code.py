"""Enhanced mail system status codes: class.subject.detail (RFC 3463)."""

import re
from dataclasses import dataclass
from typing import Self

_PATTERN = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")


@dataclass(frozen=True, slots=True)
class EnhancedCode:
    """`klass` is 2 (success), 4 (for now) or 5 (for good); what the others say is in RFC 3463 §3."""

    klass: int
    subject: int
    detail: int

    @classmethod
    def find(cls, text: str) -> Self | None:
        """The first code in `text`; an address such as 5.6.7.8 is none."""
        match = _PATTERN.search(text)
        return cls(*map(int, match.groups())) if match else None

    @property
    def is_permanent(self) -> bool:
        return self.klass == 5

    def __str__(self) -> str:
        return f"{self.klass}.{self.subject}.{self.detail}"
