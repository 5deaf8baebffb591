"""The text to go with an HTML body, for readers and filters that want it without markup."""

import re

from lxml import etree  # type: ignore[import-untyped]

_LONGEST = 1 << 20
_LONGEST_URL = 2000
_DEEPEST_INDENT = 6

_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre", "hr"))
_LINES = frozenset(
    (
        *_PARAGRAPHS,
        *("address", "article", "aside", "body", "caption", "center", "dd", "div", "dt", "fieldset"),
        *("figcaption", "figure", "footer", "form", "header", "li", "main", "nav", "section", "table", "tr"),
    )
)
_UNSEEN = frozenset(("head", "iframe", "math", "object", "script", "style", "svg", "template", "title"))
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)

_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_SPACES = re.compile(r" {2,}")
# A vertical tab, which no text can bring in, marks where a table's cell begins.
_CELL = "\v"
_CELLS = re.compile(r" *\v[ \v]*")
# Mails pad their hidden preview with these; a line of nothing else is a blank one.
_INVISIBLE = " \u00a0\u00ad\u034f\u2007\u200b\u200c\u200d\ufeff"

_TARGETS = ("http://", "https://", "mailto:", "tel:")
_DRESS = re.compile(r"^(https?://(www\.)?|mailto:|tel:)|/$", re.IGNORECASE)


def text_from_html(html: str) -> str:
    """What a reader of `html` sees, in lines ended by LF: links followed by their target, images by their
    alternative text; no style, script or comment. Reads the first 2**20 characters, in linear time; never raises."""
    parser = etree.HTMLParser(target=_Page(), encoding="utf-8")
    parser.feed(html[:_LONGEST].encode(errors="replace"))
    text: str = parser.close()
    return text


class _Page:
    """Told of tags and text as the parser meets them (lxml's target interface), so depth costs nothing."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.bullet = ""
        self.counters: list[int | None] = []
        self.unseen_depth = 0
        self.target = ""
        self.label: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.unseen_depth or tag in _UNSEEN or _is_hidden(attributes):
            self.unseen_depth += 1
            return
        if tag in _LINES:
            self._end_line(blank_after=tag in _PARAGRAPHS)
        match tag:
            case "br":
                self._end_line(blank_after=not self.line)
            case "td" | "th":
                self.line.append(_CELL)
            case "img":
                self.data(attributes.get("alt", ""))
            case "a":
                self.target, self.label = _target(attributes.get("href", "")), []
            case "ul" | "ol":
                self.counters.append(0 if tag == "ol" else None)
            case "li":
                self.bullet = self._next_bullet()

    def end(self, tag: str) -> None:
        if self.unseen_depth:
            self.unseen_depth -= 1
            return
        if tag == "a":
            self._end_link()
        elif tag in ("ul", "ol") and self.counters:
            self.counters.pop()
        if tag in _LINES:
            self._end_line(blank_after=tag in _PARAGRAPHS)

    def data(self, text: str) -> None:
        if not self.unseen_depth:
            # Most texts are tidy, and looking is quicker than replacing every blank.
            if "  " in text or not text.isprintable():
                text = _BLANKS.sub(" ", text)
            self.line.append(text)
            if self.target:
                self.label.append(text)

    def close(self) -> str:
        self._end_line(blank_after=False)
        return "\n".join(self.lines).strip("\n")

    def _end_link(self) -> None:
        if self.target and _undressed("".join(self.label)) != _undressed(self.target):
            self.line.append(f" ({self.target})")
        self.target = ""

    def _next_bullet(self) -> str:
        indent = "  " * min(len(self.counters) - 1, _DEEPEST_INDENT)
        if not self.counters or self.counters[-1] is None:
            return f"{indent}- "
        self.counters[-1] += 1
        return f"{indent}{self.counters[-1]}. "

    def _end_line(self, *, blank_after: bool) -> None:
        line = "".join(self.line).strip(f" {_CELL}")
        self.line = []
        if "  " in line:
            line = _SPACES.sub(" ", line)
        if line.strip(_INVISIBLE):
            self.lines.append(self.bullet + (_CELLS.sub("  ", line) if _CELL in line else line))
            self.bullet = ""
        if blank_after and self.lines and self.lines[-1]:
            self.lines.append("")


def _is_hidden(attributes: dict[str, str]) -> bool:
    return "hidden" in attributes or _HIDDEN.search(attributes.get("style", "")) is not None


def _target(href: str) -> str:
    """`href` when a reader can use it elsewhere; anchors, scripts and the like are dropped."""
    href = _BLANKS.sub("%20", href.strip())
    if not href.lower().startswith(_TARGETS) or len(href) > _LONGEST_URL:
        return ""
    return href.removeprefix("mailto:").removeprefix("tel:")


def _undressed(link: str) -> str:
    return _DRESS.sub("", link.strip())
