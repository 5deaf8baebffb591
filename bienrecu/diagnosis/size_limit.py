"""How much a server says that it takes: the size of a message, or the room of a mailbox."""

import re

from bienrecu.diagnosis.fold import fold
from bienrecu.diagnosis.reply_text import plain_words

_SMALLEST_BARE, _LARGEST = 50_000, 200 * 10**9
"""Octets: a smaller number without a unit is a code, and nobody's mailbox has more room."""

_LIMIT = r"(?:quota|limite?|max(?:imum|imale?)?|exceed(?:s|ed|ing)?|depass(?:e|ant)|takes|larger than|over)"
_NUMBER = (
    r"(?<!\d)(?P<number>\d{1,12}(?:[.,]\d{1,3})?)(?!\d)\s?(?P<unit>[kmgt]?i?(?:b(?:ytes?)?|o(?:ctets?)?)\b|[kmg]\b)?"
)
_PATTERNS = [
    # "message size 25000000 exceeds size limit 20971520": the number nearest after the word, in the same sentence.
    re.compile(rf"\b{_LIMIT}\b(?:(?!\b{_LIMIT}\b|[.;] )\D){{0,30}}{_NUMBER}"),
    re.compile(rf"{_NUMBER}\s?(?:limite?|quota|maximum)\b"),  # "the 10 MB limit"
]
# As they said it: 36 MB is told as 36 MB, whatever they counted in.
_FACTORS = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


def size_limit_in(text: str) -> int | None:
    """In octets, of the first limit that `text` names; None when it names none."""
    folded = fold(plain_words(text))
    sizes = (_size(match) for pattern in _PATTERNS for match in pattern.finditer(folded))
    return next((size for size in sizes if size is not None), None)


def _size(match: re.Match[str]) -> int | None:
    factor = _FACTORS.get((match["unit"] or " ")[0], 1)
    octets = int(float(match["number"].replace(",", ".")) * factor)
    is_plausible = 0 < octets <= _LARGEST and (factor > 1 or octets >= _SMALLEST_BARE)
    return octets if is_plausible else None
