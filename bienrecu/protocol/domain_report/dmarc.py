"""DMARC aggregate reports (RFC 9990; RFC 7489 appendix C; drafts): how often, from where, with what result."""

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

_MOST_ROWS = 20_000
_MOST_CHECKS = 10
_LONGEST = 500
_NUMBER = re.compile(r"\d{1,15}")


@dataclass(frozen=True, slots=True)
class Check:
    """What DKIM or SPF found for a domain, whether or not that is the one of the From field."""

    domain: str
    result: str
    selector: str = ""

    @property
    def passed(self) -> bool:
        return self.result == "pass"


@dataclass(frozen=True, slots=True)
class Source:
    """E-mails of one sort from one address. `dkim` and `spf`: whether each passed, aligned with the From field;
    `signatures` and `envelopes` are what they rest on."""

    ip: str
    count: int
    disposition: str
    dkim: bool
    spf: bool
    header_from: str
    signatures: tuple[Check, ...] = ()
    envelopes: tuple[Check, ...] = ()

    @property
    def passed(self) -> bool:
        return self.dkim or self.spf


@dataclass(frozen=True, slots=True)
class DmarcReport:
    """`begin` and `end` in seconds since 1970."""

    reporter: str
    report_id: str
    domain: str
    policy: str
    begin: int
    end: int
    sources: tuple[Source, ...]

    @property
    def total(self) -> int:
        return sum(source.count for source in self.sources)

    @property
    def failed(self) -> int:
        return sum(source.count for source in self.sources if not source.passed)


def read_dmarc(xml: bytes) -> DmarcReport | None:
    """None when it is no such report. Entities are not expanded, nothing is fetched, what is damaged is not guessed."""
    root = _parsed(xml)
    if root is None or _name(root) != "feedback":
        return None
    metadata, published = _child(root, "report_metadata"), _child(root, "policy_published")
    records = [one for one in root if _name(one) == "record"][:_MOST_ROWS]
    sources = tuple(source for one in records if (source := _source(one)) is not None)
    reporter, domain = _text(metadata, "org_name"), _text(published, "domain").lower()
    if not reporter or not domain or not sources:
        return None
    dates = _child(metadata, "date_range")
    return DmarcReport(
        reporter=reporter,
        report_id=_text(metadata, "report_id"),
        domain=domain,
        policy=_text(published, "p").lower(),
        begin=_number(dates, "begin"),
        end=_number(dates, "end"),
        sources=sources,
    )


def _parsed(xml: bytes) -> Any:
    """The root, or None. Some reporters forget that their text is not UTF-8: what cannot be read is replaced."""
    for text in (xml, _without_declaration(xml)):
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(text, parser)
        except (etree.XMLSyntaxError, ValueError):
            continue
        # An entity of its own is an attack, never a report.
        return None if root.getroottree().docinfo.internalDTD is not None else root
    return None


def _without_declaration(xml: bytes) -> bytes:
    text = xml.decode("utf-8", "replace")
    return re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text).encode()


def _source(record: Any) -> Source | None:
    row = _child(record, "row")
    evaluated = _child(row, "policy_evaluated")
    ip = _text(row, "source_ip")
    if row is None or not ip:
        return None
    return Source(
        ip=ip,
        count=_number(row, "count"),
        disposition=_text(evaluated, "disposition").lower(),
        dkim=_text(evaluated, "dkim").lower() == "pass",
        spf=_text(evaluated, "spf").lower() == "pass",
        header_from=_text(_child(record, "identifiers"), "header_from").lower(),
        signatures=_checks(record, "dkim"),
        envelopes=_checks(record, "spf"),
    )


def _checks(record: Any, name: str) -> tuple[Check, ...]:
    results = _child(record, "auth_results")
    found = [one for one in results if _name(one) == name] if results is not None else []
    checks = (
        Check(_text(one, "domain").lower(), _text(one, "result").lower(), _text(one, "selector").lower())
        for one in found[:_MOST_CHECKS]
    )
    return tuple(check for check in checks if check.domain)


def _name(element: Any) -> str:
    """Without its namespace: some have one, others not."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _child(parent: Any, name: str) -> Any:
    return next((one for one in parent if _name(one) == name), None) if parent is not None else None


def _text(parent: Any, name: str) -> str:
    child = _child(parent, name)
    return str(child.text or "").strip()[:_LONGEST] if child is not None else ""


def _number(parent: Any, name: str) -> int:
    found = _NUMBER.match(_text(parent, name))
    return int(found[0]) if found else 0
