"""The HTML of an e-mail written in the pages: what an editor may leave in it, and nothing else."""

import re

import nh3
from django.utils.html import linebreaks, urlize

MOST_TEXT = 200_000
"""Characters of HTML of one text. Gmail cuts what is longer than half of that."""

_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h2", "h3", "blockquote"}
_TAGS |= {"table", "caption", "thead", "tbody", "tr", "th", "td"}
_ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}}
# Editors of browsers, and what is pasted into them, say the same with other words.
_SAME = {"b": "strong", "i": "em", "div": "p", "h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3"}
_OTHERS = re.compile(r"<(/?)(b|i|div|h1|h4|h5|h6)(?=[\s/>])", re.IGNORECASE)
_NO_BREAK = "\u00a0"
_EMPTY_ENDS = ("<p></p>", "<p><br></p>", f"<p>{_NO_BREAK}</p>", "<br>", _NO_BREAK)
_BRACES = re.compile(r"\{\{([^{}]{1,300})\}\}")
_NAME = re.compile(r"[a-z_]+(\.[a-z_]+)?")


def clean(html: str) -> str:
    """What may stay of `html`: paragraphs, lists, titles, emphasis, simple tables and links. At most MOST_TEXT
    characters are meant to come here."""
    plain = _OTHERS.sub(lambda found: f"<{found[1]}{_SAME[found[2].lower()]}", html.replace("\0", ""))
    kept = nh3.clean(
        plain, tags=_TAGS, attributes=_ATTRIBUTES, attribute_filter=_keep, url_schemes=_SCHEMES, link_rel=None
    )
    return _without_empty_end(_BRACES.sub(_tidy, kept.replace("&nbsp;", _NO_BREAK)).strip())


_SCHEMES = {"http", "https", "mailto"}


def _keep(tag: str, attribute: str, value: str) -> str | None:
    """An address that names no scheme would lead to nowhere from a mail program."""
    if attribute == "href" and value.partition(":")[0].strip().lower() not in _SCHEMES:
        return None
    return value


def _tidy(found: re.Match[str]) -> str:
    """A variable as it is meant: without the tags and no-break spaces that an editor puts into it."""
    name = re.sub(r"<[^>]*>|\s", "", found[1])
    return "{{ " + name + " }}" if _NAME.fullmatch(name) else found[0]


def _without_empty_end(html: str) -> str:
    while end := next((end for end in _EMPTY_ENDS if html.endswith(end)), ""):
        html = html.removesuffix(end).rstrip()
    return html


def from_text(text: str) -> str:
    """HTML of a plain text: blank lines part paragraphs, addresses of pages become links."""
    return clean(linebreaks(urlize(text.strip(), autoescape=True)))
