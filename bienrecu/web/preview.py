"""An e-mail as it was sent, made safe to look at: nothing in it runs, loads, or can be pressed.

Three locks, each enough alone: what may act is taken out here, the page's own policy forbids it (`POLICY`), and the
frame that shows it is a sandbox. Looking must leave no trace: our image does not load, so staff never "open" an
e-mail, and the link that confirms receipt cannot be pressed in somebody's place."""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass

import nh3

from bienrecu.protocol.message.parse import Part, decode_words, parse, to_text

POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"

_SHOWN_HTML = 1024 * 1024
_MOST_IMAGE = 512 * 1024
_IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

_LOOKS = {"align", "bgcolor", "border", "cellpadding", "cellspacing", "color", "dir", "height", "lang", "role", "style"}
_LOOKS |= {"title", "valign", "width"}
_TAGS = nh3.ALLOWED_TAGS | {"center", "font", "section", "main", "button"}
_TAGS -= {"button", "map", "area"}
# In CSS, too, an address can be fetched.
_FETCHES = re.compile(r"url\s*\(|image-set|@import|expression\s*\(|\\", re.IGNORECASE)
_STYLE = (
    "body{margin:16px;background:#fff;color:#1d2433;font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}"
    "a{color:#2450b5;text-decoration:underline}img{max-width:100%}"
)


@dataclass(frozen=True, slots=True)
class Preview:
    """`html` is a whole page, empty when the e-mail has no HTML part."""

    fields: list[tuple[str, str]]
    text: str
    html: str


def preview(raw: bytes) -> Preview:
    """What can be shown of the message `raw`, whoever wrote it."""
    message = parse(raw)
    return Preview(
        fields=[(name, decode_words(value)) for name, value in message.fields],
        text=_text(message),
        html=_html(message),
    )


def _text(message: Part) -> str:
    part = _first(message, "text/plain")
    return part.text() if part else ""


def _html(message: Part) -> str:
    part = _first(message, "text/html")
    if part is None:
        return ""
    source = to_text(part.content()[:_SHOWN_HTML], part.parameter("charset"))
    body = nh3.clean(
        source,
        tags=set(_TAGS),
        clean_content_tags={"script", "style", "title"},
        attributes={
            "*": set(_LOOKS),
            "img": {"src", "alt"},
            "td": {"colspan", "rowspan"},
            "th": {"colspan", "rowspan"},
        },
        attribute_filter=_keeper(_images(message)),
        url_schemes={"cid", "data"},
        link_rel=None,
    )
    # On a dark page, too, it stands on the white it was made for.
    return f'<!doctype html><meta charset="utf-8"><style>{_STYLE}</style>{body}'


def _keeper(images: dict[str, str]) -> Callable[[str, str, str], str | None]:
    """Which attributes stay: an image only if it came with the e-mail, a style only if it fetches nothing."""

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src":
            return images.get(value.removeprefix("cid:")) if value.startswith("cid:") else None
        if attribute == "style" and _FETCHES.search(value):
            return None
        return value

    return keep


def _images(message: Part) -> dict[str, str]:
    """The images that came with the e-mail, as data: addresses, by Content-ID (RFC 2392)."""
    return {
        part.get("Content-ID").strip("<> "): f"data:{part.content_type};base64,{b64encode(content).decode()}"
        for part in message.walk()
        if part.get("Content-ID")
        and part.content_type in _IMAGE_TYPES
        and len(content := part.content()) <= _MOST_IMAGE
    }


def _first(message: Part, content_type: str) -> Part | None:
    """The first such part that is no attachment."""
    for part in message.walk():
        attached = part.get("Content-Disposition").lower().startswith("attachment")
        if part.content_type == content_type and not part.parts and not attached:
            return part
    return None
