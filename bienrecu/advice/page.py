"""What an HTML body holds that filters weigh: text seen and unseen, links, images, what mail programs refuse."""

import re
from collections import Counter
from dataclasses import dataclass, field

from lxml import etree  # type: ignore[import-untyped]

from bienrecu.advice.style import ROOT, Look, look_of

_LONGEST = 1 << 20
_MOST = 2000  # links, and images
_UNREAD = frozenset(("head", "script", "style", "title", "template", "svg", "math"))
_ACTIVE = frozenset(("script", "form", "iframe", "object", "embed", "applet", "base"))
_LINES = frozenset(
    "p h1 h2 h3 h4 h5 h6 li tr td th div br table ul ol blockquote hr address center section article".split()
)
_BLANKS = re.compile(r"\s+")


@dataclass(slots=True)
class Link:
    """`label` is the text that a reader clicks on."""

    target: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """Sizes in pixels, as written; 0 when they are not."""

    width: int
    height: int

    @property
    def is_seen(self) -> bool:
        """Not one of those that only count who opens."""
        return not (0 < self.width <= 3 or 0 < self.height <= 3)


@dataclass(slots=True)
class Page:
    """`text` is what is seen, in lines; `amounts` the characters of each sort of text that is hard or impossible to
    see, by the names of `style.Look.sort`."""

    text: str = ""
    links: list[Link] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    amounts: Counter[str] = field(default_factory=Counter)
    active: list[str] = field(default_factory=list)


def read_page(html: str) -> Page:
    """Reads the first 2**20 characters, in linear time; never raises."""
    reader = _Reader()
    parser = etree.HTMLParser(target=reader, encoding="utf-8")
    parser.feed(html[:_LONGEST].encode(errors="replace"))
    parser.close()
    return reader.page


class _Reader:
    """Told of tags and text as the parser meets them (lxml's target interface)."""

    def __init__(self) -> None:
        self.page = Page()
        self.looks: list[Look] = [ROOT]
        self.tags: list[str] = []
        self.unread = 0
        self.text: list[str] = []
        self.link: Link | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.tags.append(tag)
        self.looks.append(look_of(self.looks[-1], tag, attributes))
        self.unread += tag in _UNREAD
        self._note_active(tag, attributes)
        if tag in _LINES:
            self.text.append("\n")
        if tag == "a" and len(self.page.links) < _MOST:
            self.link = Link(attributes.get("href", "").strip())
        elif tag == "img" and len(self.page.images) < _MOST and self.looks[-1].sort != "hidden":
            self._note_image(attributes)

    def end(self, tag: str) -> None:
        if not self.tags:
            return
        self.unread -= self.tags.pop() in _UNREAD
        self.looks.pop()
        if tag in _LINES:
            self.text.append("\n")
        if tag == "a" and self.link is not None:
            self._end_link(self.link)

    def data(self, text: str) -> None:
        if self.unread:
            return
        sort = self.looks[-1].sort
        if sort:
            self.page.amounts[sort] += len("".join(text.split()))
        if sort not in ("hidden", "invisible"):
            text = _BLANKS.sub(" ", text)
            self.text.append(text)
            if self.link is not None:
                self.link.label += text

    def close(self) -> None:
        if self.link is not None:
            self._end_link(self.link)
        lines = (_BLANKS.sub(" ", line).strip() for line in "".join(self.text).split("\n"))
        self.page.text = "\n".join(line for line in lines if line)

    def _end_link(self, link: Link) -> None:
        link.label = link.label.strip()
        self.page.links.append(link)
        self.link = None

    def _note_image(self, attributes: dict[str, str]) -> None:
        image = Image(_pixels(attributes.get("width", "")), _pixels(attributes.get("height", "")))
        if image.is_seen:
            self.page.images.append(image)

    def _note_active(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _ACTIVE:
            self._active(tag)
        elif tag == "link" and "stylesheet" in attributes.get("rel", "").lower():
            self._active("css")

    def _active(self, name: str) -> None:
        if name not in self.page.active:
            self.page.active.append(name)


def _pixels(written: str) -> int:
    found = re.match(r"\s*(\d{1,5})(?![\d%])", written)
    return int(found[1]) if found else 0
