"""A number that a stranger sends as text: the id of a row, the place on a page."""

from collections.abc import Iterable

_MOST_DIGITS = 18  # both databases keep as much; Python itself refuses to read thousands


def whole_number(text: str, otherwise: int = 0) -> int:
    """`otherwise` for whatever is none: ids begin at 1, so 0 finds nothing."""
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else otherwise


def whole_numbers(texts: Iterable[object]) -> list[int]:
    """Those of `texts` that are one, and not 0."""
    return [number for text in texts if (number := whole_number(str(text)))]
