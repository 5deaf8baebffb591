"""Paper to write on: A4 pages in one family of type, with what every page bears. Lengths are in millimetres.

Text comes from strangers, in any script: what the type has no drawing for becomes a square (the facts that the file
carries have it whole), right-to-left words stand in their order."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fpdf import FPDF
from fpdf.bidi import BidiParagraph

_FONTS = Path(__file__).parent / "fonts"
_FAMILY = "record"
_LACKING = "□"
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
# Orders of direction act on what follows them; a name must not turn its neighbours around.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

# Of an A4 page, in millimetres.
LEFT, RIGHT = 15.0, 195.0
_TOP, _BOTTOM = 24.0, 275.0

Colour = tuple[int, int, int]
INK: Colour = (27, 34, 48)
SOFT: Colour = (86, 96, 115)
LINE: Colour = (200, 206, 216)


@dataclass(frozen=True, slots=True)
class Look:
    """`size` in points; `leading` is the height of a line."""

    size: float
    bold: bool = False
    colour: Colour = INK

    @property
    def leading(self) -> float:
        return self.size * 0.5


Cell = tuple[str, Look, float, float]
"""A paragraph: its text, how it looks, where it begins, how wide it is."""

Fitted = tuple[tuple[str, ...], Look, float]


def _height(columns: list[Fitted]) -> float:
    leading = max(look.leading for _lines, look, _x in columns)
    return leading * max(len(lines) for lines, _look, _x in columns)


class Paper:
    """`y` is where the next line goes: its top."""

    def __init__(self, head: str, foot: str, language: str) -> None:
        self._head, self._foot = head, foot
        self.pdf = FPDF(unit="mm", format="A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.add_font(_FAMILY, "", _FONTS / "DejaVuSansCondensed.ttf")
        self.pdf.add_font(_FAMILY, "B", _FONTS / "DejaVuSansCondensed-Bold.ttf")
        self.pdf.set_lang(language)
        self._regular, self._bold = (frozenset(self.pdf.fonts[_FAMILY + style].cmap) for style in ("", "B"))
        self.fit = lru_cache(4096)(self._fit)
        self.y = _TOP
        self.pdf.add_page()

    def need(self, height: float) -> bool:
        """Goes to a new page unless `height` is left on this one, or nothing could ever be; whether it went."""
        if self.y + min(height, _BOTTOM - _TOP) <= _BOTTOM:
            return False
        self.pdf.add_page()
        self.y = _TOP
        return True

    def space(self, height: float) -> None:
        self.y += height

    def rule(self, x: float = LEFT, colour: Colour = LINE, thickness: float = 0.2) -> None:
        self.pdf.set_draw_color(*colour)
        self.pdf.set_line_width(thickness)
        self.pdf.line(x, self.y, RIGHT, self.y)

    def write(self, text: str, look: Look, x: float = LEFT, width: float | None = None) -> None:
        """A paragraph, over as many lines and pages as it takes."""
        for line in self.fit(text, look, width or RIGHT - x):
            self.need(look.leading)
            self.put(line, look, x)
            self.y += look.leading

    def row(self, cells: list[Cell]) -> None:
        """Paragraphs side by side; a page is turned before them, or among them when they are longer than one."""
        columns = self._fitted(cells)
        self.need(_height(columns))
        self._put_row(columns)

    def block(self, rows: Iterable[list[Cell]]) -> None:
        """Rows under a rule that stay on one page, unless they are longer than one."""
        fitted = [self._fitted(cells) for cells in rows]
        self.need(sum(map(_height, fitted)) + 3)
        self.rule()
        self.y += 1.2
        for columns in fitted:
            self._put_row(columns)
        self.y += 1.8

    def _fitted(self, cells: list[Cell]) -> list[Fitted]:
        return [(self.fit(text, look, width), look, x) for text, look, x, width in cells]

    def _put_row(self, columns: list[Fitted]) -> None:
        leading = max(look.leading for _lines, look, _x in columns)
        for number in range(max(len(lines) for lines, _look, _x in columns)):
            self.need(leading)
            for lines, look, x in columns:
                if number < len(lines):
                    self.put(lines[number], look, x)
            self.y += leading

    def put(self, line: str, look: Look, x: float, *, ends_at: float | None = None) -> None:
        """One line that `fit` has made, at `y`."""
        self._use(look, line)
        if ends_at is not None:
            x = ends_at - self.pdf.get_string_width(line)
        self.pdf.text(x, self.y + look.size * 0.36, _in_sight(line))

    def finish(self) -> None:
        """Puts on every page what it bears; how many there are is known only now."""
        pages = self.pdf.pages_count
        look = Look(7, colour=SOFT)
        foot = self.fit(self._foot, look, RIGHT - LEFT - 24)
        for number in range(1, pages + 1):
            self.pdf.page = number
            # Taken up again, a page has another font on it than fpdf2 believes.
            self.pdf.current_font_is_set_on_page = False
            self.y = 12
            self.put(self.fit(self._head, look, RIGHT - LEFT)[0], look, LEFT)
            self.y = 16.5
            self.rule()
            self.y = _BOTTOM + 4
            self.rule()
            self.y += 2
            self.put(f"page {number} / {pages}", look, LEFT, ends_at=RIGHT)
            for line in foot:
                self.put(line, look, LEFT)
                self.y += look.leading

    def _fit(self, text: str, look: Look, width: float) -> tuple[str, ...]:
        """`text` as lines that fit; a word longer than a line is cut."""
        lines = [
            line for paragraph in text.splitlines() for line in self._broken(self._drawable(paragraph), look, width)
        ]
        return tuple(lines) or ("",)

    def _broken(self, text: str, look: Look, width: float) -> list[str]:
        self._use(look, text)
        measure = self.pdf.get_string_width
        if measure(text) <= width:
            return [text]
        lines, line = [], ""
        for word in text.split(" "):
            longer = f"{line} {word}" if line else word
            if measure(longer) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            line = word
            while measure(line) > width:
                cut = _after_a_joint(line, self._most(line, width))
                lines.append(line[:cut])
                line = line[cut:]
        return [*lines, line]

    def _most(self, word: str, width: float) -> int:
        """How many characters of `word` fit, one at least."""
        low, high = 1, len(word)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.pdf.get_string_width(word[:middle]) <= width else (low, middle - 1)
        return low

    def _use(self, look: Look, text: str) -> None:
        # The bold type knows fewer scripts.
        is_bold = look.bold and all(ord(character) in self._bold for character in text)
        self.pdf.set_font(_FAMILY, "B" if is_bold else "", look.size)
        self.pdf.set_text_color(*look.colour)

    def _drawable(self, text: str) -> str:
        if text.isascii() and text.isprintable():
            return text
        seen = (
            c for c in unicodedata.normalize("NFC", text.replace("\t", " ")) if unicodedata.category(c) not in _UNSEEN
        )
        return "".join(c if ord(c) in self._regular else _LACKING for c in seen)


def _after_a_joint(word: str, most: int) -> int:
    """Where to cut `word`, after `most` characters at most: in an address rather after a dot."""
    return max(word.rfind(joint, most // 2, most) for joint in "@./-_") + 1 or most


def _in_sight(line: str) -> str:
    if line.isascii() or not any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in line):
        return line
    return BidiParagraph(line).get_reordered_string()
