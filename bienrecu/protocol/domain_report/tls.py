"""TLS reports (RFC 8460): how often others could reach our domain's mail servers over TLS, and why not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

_MOST = 1000
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class TlsPolicy:
    """`failures` are the kinds of failure, and how many sessions each spoilt."""

    domain: str
    kind: str
    successes: int
    failed: int
    failures: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class TlsReport:
    """`begin` and `end` as written (RFC 3339)."""

    reporter: str
    report_id: str
    begin: str
    end: str
    policies: tuple[TlsPolicy, ...]


def read_tls(text: bytes) -> TlsReport | None:
    """None when it is no such report."""
    try:
        report = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    policies = tuple(_policies(_of(report, "policies", list)))
    reporter = _word(report, "organization-name")
    if not reporter or not policies:
        return None
    dates = _of(report, "date-range", dict)
    return TlsReport(
        reporter,
        _word(report, "report-id"),
        _word(dates, "start-datetime"),
        _word(dates, "end-datetime"),
        policies,
    )


def _policies(given: list[Any]) -> Iterator[TlsPolicy]:
    for one in given[:_MOST]:
        policy, summary = _of(one, "policy", dict), _of(one, "summary", dict)
        if domain := _word(policy, "policy-domain").lower():
            yield TlsPolicy(
                domain,
                _word(policy, "policy-type"),
                _count(summary, "total-successful-session-count"),
                _count(summary, "total-failure-session-count"),
                tuple(_failures(_of(one, "failure-details", list))),
            )


def _failures(given: list[Any]) -> Iterator[tuple[str, int]]:
    for one in given[:_MOST]:
        if kind := _word(one, "result-type"):
            yield kind, _count(one, "failed-session-count")


def _of(parent: Any, name: str, kind: type[Any]) -> Any:
    found = parent.get(name) if isinstance(parent, dict) else None
    return found if isinstance(found, kind) else kind()


def _word(parent: Any, name: str) -> str:
    found: str = _of(parent, name, str)
    return found[:_LONGEST]


def _count(parent: Any, name: str) -> int:
    found: int = _of(parent, name, int)
    return max(found, 0)
