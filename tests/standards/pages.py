"""HTML of strangers: shown to staff, and written into e-mails. Nothing that acts or loads may be left."""

import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import nh3

from bienrecu.submission.mail_html import clean
from bienrecu.web.preview import preview
from tests.standards.suite import Score, is_installed

_ACTS = {"script", "form", "input", "button", "frame", "iframe", "object", "embed", "applet", "meta", "link", "base"}
_ACTS |= {"svg", "math", "template", "noscript", "textarea", "select", "audio", "video", "source", "frameset"}
_LOADS = {"src", "srcset", "background", "poster", "action", "formaction", "data", "xlink:href", "longdesc", "ping"}
_SCHEME = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.-]*)\s*:", re.IGNORECASE)


def suites(folder: Path) -> Iterator[Score]:
    payloads = [*_payloads(folder / "html")]
    for name, cleaned in (("shown to staff", _shown), ("written by staff", clean)):
        score = Score(f"HTML and XSS, {name}", "nothing left that acts or loads", beside="bleach")
        for number, payload in enumerate(payloads):
            theirs = _is_harmless(_bleached(payload)) if is_installed("bleach") else None
            score.count(f"{number}: {payload[:60]}", _is_harmless(cleaned(payload)), theirs)
        yield score
    yield _kept(folder / "html")


def _payloads(folder: Path) -> Iterator[str]:
    for case in json.loads((folder / "dompurify-payloads.json").read_text("utf-8")):
        yield case["payload"]
    for case in json.loads((folder / "justhtml-sanitize-cases.json").read_text("utf-8")):
        yield case["input_html"]


def _shown(payload: str) -> str:
    """What staff see of an e-mail, less the head that we write ourselves."""
    raw = b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    html = preview(raw + payload.encode("utf-8", "replace")).html
    return html.partition("</style>")[2]


def _bleached(payload: str) -> str:
    import bleach

    tags = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h2", "h3", "blockquote", "table", "tr", "td"}
    return str(bleach.clean(payload, tags=tags, attributes={"a": ["href"]}, strip=True))


def _is_harmless(html: str) -> bool:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return not reader.harm


class _Reader(HTMLParser):
    """Another parser than the one that cleaned."""

    def __init__(self) -> None:
        super().__init__()
        self.harm: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ACTS:
            self.harm.append(tag)
        for name, value in attrs:
            if self._harms(name, value or ""):
                self.harm.append(f"{name}={value}")

    def _harms(self, name: str, value: str) -> bool:
        scheme = _SCHEME.match(value)
        acts = name.startswith("on") or (name in _LOADS and not value.startswith("data:image/"))
        leads = name == "href" and bool(scheme) and scheme[1].lower() not in ("http", "https", "mailto")
        return acts or leads or (name == "style" and re.search(r"url\s*\(|expression|@import", value) is not None)


def _kept(folder: Path) -> Score:
    """Harmless words must not be lost with what is around them."""
    score = Score("HTML: words that stay", "plain paragraphs come out as nh3 alone leaves them", beside="")
    same: Callable[[str], str] = lambda html: re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()  # noqa: E731
    for case in json.loads((folder / "justhtml-sanitize-cases.json").read_text("utf-8")):
        html = case["input_html"]
        if not re.search(r"<(script|style|title|!--|svg|math|template|noscript|iframe|textarea)", html, re.IGNORECASE):
            score.count(case["name"], same(clean(html)) == same(nh3.clean(html)))
    return score
