"""Macros of SPF (RFC 7208 §7): what stands for the sender, its server, the domain."""

import re
from collections.abc import Callable
from urllib.parse import quote

_MACRO = re.compile(
    r"%(?:\{(?P<letter>[A-Za-z])(?P<digits>\d*)(?P<reverse>[rR]?)(?P<delimiters>[.\-+,/_=]*)\}|(?P<sign>[%_-]))"
)
_SIGNS = {"%": "%", "_": " ", "-": "%20"}
_LETTERS = "slodiphv"
_EXPLANATION_LETTERS = _LETTERS + "crt"
_LONGEST_NAME = 253


class MacroError(ValueError):
    pass


def check_macros(text: str, *, explanation: bool = False) -> None:
    """Raises MacroError when a % stands for nothing, or a letter is none of those allowed there."""
    expand(text, lambda _letter: "", explanation=explanation)
    if not explanation and re.search(r"[^\x21-\x7e]", text):
        raise MacroError("a character that does not belong there")


def expand(text: str, value: Callable[[str], str], *, explanation: bool = False) -> str:
    """`value` gives what a lower-case letter stands for."""
    allowed = _EXPLANATION_LETTERS if explanation else _LETTERS

    def one(found: re.Match[str]) -> str:
        if found["sign"]:
            return _SIGNS[found["sign"]]
        letter = found["letter"]
        if letter.lower() not in allowed:
            raise MacroError(f"unknown macro letter: {letter}")
        put = _transformed(value(letter.lower()), found["digits"], found["reverse"], found["delimiters"])
        return quote(put, safe="-._~") if letter.isupper() else put

    if "%" in _MACRO.sub("", text):
        raise MacroError("a % that is no macro")
    return _MACRO.sub(one, text)


def _transformed(text: str, digits: str, reverse: str, delimiters: str) -> str:
    if digits and int(digits[:9]) == 0:
        raise MacroError("no parts are to be kept")
    if not (digits or reverse or delimiters):
        return text
    parts = re.split(f"[{re.escape(delimiters or '.')}]", text)
    if reverse:
        parts.reverse()
    return ".".join(parts[-int(digits[:9]) :] if digits else parts)


def as_name(text: str) -> str:
    """What was expanded, as a name to ask for: too long a one loses labels on the left (§7.3)."""
    text = text.rstrip(".") if text.endswith(".") and not text.endswith("..") else text
    while len(text) > _LONGEST_NAME and "." in text:
        text = text.partition(".")[2]
    return text
