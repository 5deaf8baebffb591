"""Where links lead, and whether that is what they say."""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from publicsuffixlist import PublicSuffixList

from bienrecu.advice.letter import Letter
from bienrecu.advice.page import Link
from bienrecu.advice.shorteners import SHORTENERS
from bienrecu.domain.advice import Advice, Rule, Severity

_IN_TEXT = re.compile(r"https?://[^\s<>\"')\]]{3,2000}", re.IGNORECASE)
# Text that reads as an address: a scheme, "www.", or a domain with nothing around it but a path.
_READS_AS_ADDRESS = re.compile(
    r"(?:https?://|www\.)([^\s/?#:]+)|([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,10})(?:/\S*)?\Z", re.IGNORECASE
)
_NOT_DOMAINS = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".html", ".jpg", ".png", ".zip", ".ics", ".js")
_PORTS = (None, 80, 443)
_KNOWN_SUFFIXES = PublicSuffixList(accept_unknown=False)
_SUFFIXES = PublicSuffixList()
_MOST = 1000


def advice(letter: Letter) -> Iterator[Advice]:
    for link in _links(letter):
        where = _split(link.target)
        if where is None:
            continue
        host = (where.hostname or "").rstrip(".")
        yield from _says_something_else(link, host)
        yield from _about_address(where, host)


def _links(letter: Letter) -> list[Link]:
    if letter.html is not None:
        return letter.page.links[:_MOST]
    return [Link(found) for found in _IN_TEXT.findall(letter.text or "")[:_MOST]]


def _split(target: str) -> SplitResult | None:
    """None when it leads to no page."""
    with suppress(ValueError):
        where = urlsplit(target)
        if where.scheme in ("http", "https") and where.hostname:
            return where
    return None


def _about_address(where: SplitResult, host: str) -> Iterator[Advice]:
    shown = {"host": host}
    if _is_number(host):
        yield Advice(Rule.LINK_TO_NUMBER, Severity.STRONG, shown)
    if where.username is not None:
        yield Advice(Rule.LINK_WITH_USER, Severity.STRONG, shown)
    if _port(where) not in _PORTS:
        yield Advice(Rule.LINK_ODD_PORT, Severity.WARNING, shown)
    if host in SHORTENERS or host.removeprefix("www.") in SHORTENERS:
        yield Advice(Rule.LINK_SHORTENED, Severity.WARNING, shown)
    if _looks_alike(host):
        yield Advice(Rule.LINK_LOOKALIKE, Severity.STRONG, shown)


def _says_something_else(link: Link, host: str) -> Iterator[Advice]:
    found = _READS_AS_ADDRESS.match(link.label)
    said = (found[1] or found[2] or "").lower() if found else ""
    if not said or said.endswith(_NOT_DOMAINS) or _registered(said) == _registered(host):
        return
    if found and (found[1] or _KNOWN_SUFFIXES.publicsuffix(said)):
        yield Advice(Rule.LINK_TEXT_DIFFERS, Severity.STRONG, {"shown": link.label[:80], "host": host})


@lru_cache(maxsize=4096)
def _registered(host: str) -> str:
    """The domain that somebody registered: the organisation, as far as anybody can tell."""
    return _SUFFIXES.privatesuffix(host.lower()) or host.lower()


def _is_number(host: str) -> bool:
    with suppress(ValueError):
        return bool(ip_address(host.strip("[]")))
    return host.isdigit() or re.fullmatch(r"0x[0-9a-f]+", host) is not None


def _port(where: SplitResult) -> int | None:
    try:
        return where.port
    except ValueError:
        return -1


def _looks_alike(host: str) -> bool:
    """Letters of two alphabets in one label, as a Cyrillic "а" among Latin ones (Unicode Technical Standard 39)."""
    with suppress(UnicodeError):
        host = host.encode("ascii").decode("idna") if "xn--" in host else host
    return any(
        re.search(r"[a-z]", label) and re.search("[\u0370-\u03ff\u0400-\u052f]", label) for label in host.split(".")
    )
