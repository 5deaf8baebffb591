"""An SPF record, read (RFC 7208 §4.5, §4.6, §12)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Network, IPv6Network, ip_network

from bienrecu.protocol.spf.macro import MacroError, check_macros

_LONGEST = 8192
_MOST_TERMS = 500
_QUALIFIERS = "+-?~"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_LENGTHS = re.compile(r"(?P<rest>.*?)(?:/(?P<four>0|[1-9]\d?))?(?://(?P<six>0|[1-9]\d{0,2}))?", re.DOTALL)
# Not all digits, and no dash at its ends (§7.1).
_TOP_LABEL = re.compile(r"(?:.*\.)(?=[A-Za-z0-9-]*[A-Za-z-])[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?", re.DOTALL)
_ENDS_IN_MACRO = re.compile(r".*%(?:\{[^}]*\}|[%_-])", re.DOTALL)

ASKING = frozenset({"include", "a", "mx", "ptr", "exists"})
"""The mechanisms that cost a look-up (§4.6.4); so does redirect."""


class RecordError(ValueError):
    """The record breaks the rules: the result is *permerror*."""


@dataclass(frozen=True, slots=True)
class Directive:
    """`qualifier` is one of + - ? ~. `target` is what stands after the colon, macros and all; `network` is that of
    ip4 and ip6; `four` and `six` are the prefix lengths of a and mx."""

    qualifier: str
    mechanism: str
    target: str = ""
    four: int = 32
    six: int = 128
    network: IPv4Network | IPv6Network | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """The record as published, its directives in the order in which they are tried, and its modifiers (§6)."""

    text: str
    directives: tuple[Directive, ...]
    redirect: str = ""
    explanation: str = ""


def select(texts: Sequence[str]) -> list[str]:
    """Those of a domain's TXT records that are SPF (§4.5)."""
    return [text for text in texts if re.match(r"v=spf1(?: |\Z)", text, re.IGNORECASE)]


def read_record(text: str) -> Record:
    """Raises RecordError."""
    if not select([text]):
        raise RecordError("no version")
    if len(text) > _LONGEST or not text.isascii():
        raise RecordError("too long or not ASCII")
    terms = [term for term in text.split(" ")[1:] if term]
    if len(terms) > _MOST_TERMS:
        raise RecordError("too many terms")
    directives, modifiers = [], {}
    for term in terms:
        name, value = _modifier(term)
        if not name:
            directives.append(_directive(term))
        elif name in modifiers:
            raise RecordError(f"{name} twice")
        elif name in ("redirect", "exp"):
            modifiers[name] = _domain_spec(value)
        else:
            _macros(value)
    return Record(text, tuple(directives), modifiers.get("redirect", ""), modifiers.get("exp", ""))


def _modifier(term: str) -> tuple[str, str]:
    """Name and value; an empty name when the term is no modifier."""
    name, equals, value = term.partition("=")
    return (name.lower(), value) if equals and _NAME.fullmatch(name) else ("", "")


def _directive(term: str) -> Directive:
    qualifier, rest = (term[0], term[1:]) if term[0] in _QUALIFIERS else ("+", term)
    name = rest[: len(rest) - len(rest.lstrip(_LETTERS_AND_DIGITS))].lower()
    argument = rest[len(name) :]
    match name:
        case "all" if not argument:
            return Directive(qualifier, name)
        case "include" | "exists":
            return Directive(qualifier, name, _domain_spec(_after_colon(argument)))
        case "ptr":
            return Directive(qualifier, name, _domain_spec(_after_colon(argument)) if argument else "")
        case "a" | "mx":
            return _with_lengths(qualifier, name, argument)
        case "ip4" | "ip6":
            return Directive(qualifier, name, network=_network(name, _after_colon(argument)))
    raise RecordError(f"unknown: {term[:80]}")


_LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def _after_colon(argument: str) -> str:
    if not argument.startswith(":") or len(argument) == 1:
        raise RecordError("nothing after the mechanism")
    return argument[1:]


def _with_lengths(qualifier: str, name: str, argument: str) -> Directive:
    found = _LENGTHS.fullmatch(argument)
    assert found
    four, six = int(found["four"] or 32), int(found["six"] or 128)
    if found["four"] == "0":
        four = 0
    if found["six"] == "0":
        six = 0
    if four > 32 or six > 128:
        raise RecordError("prefix too long")
    rest = found["rest"]
    return Directive(qualifier, name, _domain_spec(_after_colon(rest)) if rest else "", four, six)


def _network(name: str, text: str) -> IPv4Network | IPv6Network:
    address, slash, length = text.partition("/")
    if slash and not re.fullmatch(r"0|[1-9]\d{0,2}", length):
        raise RecordError("bad prefix")
    try:
        network = ip_network(text, strict=False)
    except (AddressValueError, ValueError):
        raise RecordError(f"no address: {address[:80]}") from None
    if "%" in text or network.version != int(name[2]):
        raise RecordError(f"no {name} address: {address[:80]}")
    return network


def _domain_spec(text: str) -> str:
    _macros(text)
    if not text or not (_ENDS_IN_MACRO.fullmatch(text) or _TOP_LABEL.fullmatch(text)):
        raise RecordError(f"no domain: {text[:80]}")
    return text


def _macros(text: str) -> None:
    try:
        check_macros(text)
    except MacroError as why:
        raise RecordError(str(why)) from None
