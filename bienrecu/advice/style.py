"""How text looks where it stands: its size, its colour and what is behind it, taken from inline styles."""

import re
from dataclasses import dataclass, replace

from bienrecu.advice.colour import BLACK, WHITE, Colour, contrast, read_colour

_TINY = 7.0  # pixels
_SAME, _FAINT = 1.1, 1.6  # contrasts; from 4.5 text is easy to read
_LENGTH = re.compile(r"\s*(\d{0,4}(?:\.\d{0,3})?)\s*(px|pt|em|rem|%|)")
_PIXELS = {"px": 1.0, "": 1.0, "pt": 4 / 3, "rem": 16.0}
_COLOUR = re.compile(r"#[0-9a-f]{3,6}|rgb\([^)]{1,30}\)|[a-z]{3,20}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Look:
    """`behind` is None where it is not known: an image, a rule of a style sheet."""

    shown: bool = True
    pixels: float = 16.0
    colour: Colour | None = BLACK
    behind: Colour | None = WHITE

    @property
    def sort(self) -> str:
        """ "" when it is plainly seen. "hidden" is what many put before the text for the list of e-mails."""
        if not self.shown:
            return "hidden"
        if self.pixels < 1:
            return "invisible"
        if self.colour is None or self.behind is None:
            return "tiny" if self.pixels < _TINY else ""
        far = contrast(self.colour, self.behind)
        if far < _SAME:
            return "invisible"
        if self.pixels < _TINY:
            return "tiny"
        return "faint" if far < _FAINT else ""


ROOT = Look()


def look_of(parent: Look, tag: str, attributes: dict[str, str]) -> Look:
    """Of an element within `parent`."""
    if "style" not in attributes and not _SAYS_LOOK.intersection(attributes):
        return parent
    style = _declarations(attributes.get("style", ""))
    look = replace(
        parent,
        shown=parent.shown and not _is_hidden(attributes, style),
        pixels=_size(style.get("font-size", ""), parent.pixels),
    )
    return _coloured(look, tag, attributes, style)


_SAYS_LOOK = frozenset(("hidden", "bgcolor", "color", "class", "background"))


def _declarations(style: str) -> dict[str, str]:
    pairs = (one.partition(":") for one in style[:10_000].split(";"))
    return {name.strip().lower(): value.replace("!important", "").strip().lower() for name, _, value in pairs}


def _is_hidden(attributes: dict[str, str], style: dict[str, str]) -> bool:
    return (
        "hidden" in attributes
        or style.get("display") == "none"
        or style.get("visibility") == "hidden"
        or style.get("opacity") in ("0", "0.0")
        or style.get("mso-hide") == "all"
    )


def _size(written: str, parent: float) -> float:
    found = _LENGTH.match(written)
    if found is None or not found[1].strip("."):
        return parent
    number, unit = float(found[1]), found[2]
    if unit in ("em", "%"):
        return number * parent / (100 if unit == "%" else 1)
    return number * _PIXELS[unit]


def _coloured(look: Look, tag: str, attributes: dict[str, str], style: dict[str, str]) -> Look:
    written = style.get("color") or (attributes.get("color", "") if tag == "font" else "")
    colour = read_colour(written) if written else look.colour
    behind = style.get("background-color") or attributes.get("bgcolor", "")
    if "class" in attributes or "background" in attributes or "url(" in style.get("background", ""):
        look = replace(look, behind=None)
    elif not behind and (found := _COLOUR.search(style.get("background", ""))):
        behind = found[0]
    if behind in ("transparent", "none", "inherit", ""):
        return replace(look, colour=colour)
    return replace(look, colour=colour, behind=read_colour(behind))
