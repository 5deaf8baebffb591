"""What a piece of HTML, mail or web page, gives to load, to follow and to press. Bounded; reading raises nothing."""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Self

LONGEST_PAGE = 128 * 1024  # characters; Gmail shows no more than the first 102 KB of a mail
MOST_LINKS = 50
_LONGEST_URL = 2000
_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form that posts, with the fields a browser would send when its first button is pressed."""

    action: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    images: tuple[str, ...]
    links: tuple[Link, ...]
    forms: tuple[Form, ...]

    @classmethod
    def read(cls, html: str) -> Self:
        reader = _Reader()
        try:
            reader.feed(html[:LONGEST_PAGE])
            reader.close()
        except (AssertionError, ValueError):  # hopeless declarations; what came before them is kept
            pass
        return cls(
            tuple(reader.images[:MOST_LINKS]), tuple(reader.links[:MOST_LINKS]), tuple(reader.forms[:MOST_LINKS])
        )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.images: list[str] = []
        self.links: list[Link] = []
        self.forms: list[Form] = []
        self._in_link = False
        self._action: str | None = None
        self._fields: list[tuple[str, str]] = []
        self._pressed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "img" and _usable(given.get("src", "")):
            self.images.append(given["src"].strip())
        elif tag == "a" and _usable(given.get("href", "")):
            self.links.append(Link(given["href"].strip()))
            self._in_link = True
        elif tag == "form" and given.get("method", "").lower() == "post":
            self._action, self._fields, self._pressed = given.get("action", ""), [], False
        elif self._action is not None and tag in ("input", "button"):
            self._add_field(given, "submit" if tag == "button" else "text")

    def _add_field(self, given: dict[str, str], usual: str) -> None:
        kind = given.get("type", usual).lower()
        is_button = kind in ("submit", "image")
        if kind in ("button", "reset") or (is_button and self._pressed):
            return
        self._pressed = self._pressed or is_button
        if given.get("name") and not (kind in ("checkbox", "radio") and "checked" not in given):
            self._fields.append((given["name"], given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._in_link:
            link = self.links[-1]
            self.links[-1] = Link(link.url, (link.text + data)[:_LONGEST_TEXT])

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._in_link = False
        elif tag == "form" and self._action is not None:
            self.forms.append(Form(self._action, tuple(self._fields)))
            self._action = None


def _usable(url: str) -> bool:
    return 0 < len(url) <= _LONGEST_URL
