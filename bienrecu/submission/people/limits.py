"""Files of people come from strangers: what is the most that is read of one, and how its cells are cleaned."""

import time
import unicodedata
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

MOST_OCTETS = 10_000_000
MOST_LINES = 50_000
MOST_COLUMNS = 100
MOST_TEXT = 30_000_000
"""Characters that are kept of one file."""
MOST_OF_A_CELL = 1000
MOST_SECONDS = 10

# Typed by nobody, copied with what was: they make two equal words differ.
_INVISIBLE = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF])
_CONTROLS = dict.fromkeys([*range(32), *range(0x7F, 0xA0)], " ")
_CLEANED = str.maketrans(_CONTROLS | _INVISIBLE)

Row = tuple[int, list[str]]
"""The number that a spreadsheet shows beside it, and its cells."""


class BadFile(ValueError):
    """The file cannot be read as a list of people; the text says why, and what to do."""


@dataclass(slots=True)
class Budget:
    """What is left to spend on one file. `clock` gives seconds."""

    deadline: float = field(default_factory=lambda: time.monotonic() + MOST_SECONDS)
    lines: int = MOST_LINES + 10  # what stands above the list counts too
    text: int = MOST_TEXT

    def in_time(self) -> None:
        if time.monotonic() > self.deadline:
            raise BadFile(_("it takes too long to read: split it, or save it as CSV"))

    def spend(self, cells: list[str]) -> None:
        self.lines -= 1
        if self.lines < 0:
            raise BadFile(_("it has more than %d lines: split it") % MOST_LINES)
        self.keep(sum(map(len, cells)))

    def keep(self, characters: int) -> None:
        self.text -= characters
        if self.text < 0:
            raise BadFile(_("it holds too much text: keep only the columns about people"))


def clean(text: str) -> str:
    """`text` on one line, without what cannot be seen; accents as one character each."""
    kept = text[:MOST_OF_A_CELL]
    if kept.isascii() and kept.isprintable():
        return kept.strip()
    return " ".join(unicodedata.normalize("NFC", kept.translate(_CLEANED)).split())
