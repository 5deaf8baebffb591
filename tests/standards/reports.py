"""Reports of others: DMARC (RFC 9990 and 7489), TLS (RFC 8460), complaints (RFC 5965), beside Stalwart's reading."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bienrecu.protocol.arf.parse import read_feedback
from bienrecu.protocol.domain_report import DmarcReport, TlsReport, read_reports
from bienrecu.protocol.message.parse import parse
from bienrecu.returns.interpret import interpret
from tests.standards.suite import Score

_STALWART = "as Stalwart read them, field by field"


def suites(folder: Path) -> Iterator[Score]:
    yield _aggregate(folder / "dmarc-aggregate")
    yield _aggregate_fields(folder / "dmarc-aggregate/stalwart")
    yield _tls(folder / "tlsrpt/parsedmarc")
    yield _complaints(folder / "arf/stalwart")
    yield _failures(folder / "dmarc-failure/parsedmarc")


def _aggregate(folder: Path) -> Score:
    score = Score("DMARC aggregate reports", "valid: read; called invalid: refused")
    for file in sorted(one for one in folder.rglob("*") if one.suffix in (".xml", ".gz", ".zip", ".eml")):
        found = read_reports(file.read_bytes())
        good = all(isinstance(one, DmarcReport) and one.domain and one.total for one in found)
        score.count(file.name, bool(found and good) != ("invalid" in file.name))
    return score


def _aggregate_fields(folder: Path) -> Score:
    score = Score("DMARC aggregate reports, contents", "one field of one report", note=_STALWART)
    for expected in sorted(folder.glob("*.json")):
        theirs = json.loads(expected.read_text("utf-8"))
        (ours,) = read_reports(_beside(expected).read_bytes())
        assert isinstance(ours, DmarcReport)
        for name, pair in _fields(ours, theirs).items():
            score.count(f"{expected.stem}: {name}", pair[0] == pair[1])
    return score


def _beside(expected: Path) -> Path:
    return next(one for suffix in (".xml", ".eml") if (one := expected.with_suffix(suffix)).exists())


def _fields(ours: DmarcReport, theirs: dict[str, Any]) -> dict[str, tuple[object, object]]:
    rows = [one["row"] for one in theirs["record"]]
    checks = [one["auth_results"] for one in theirs["record"]]
    results = [row["policy_evaluated"] for row in rows]
    about, dates = theirs["report_metadata"], theirs["report_metadata"]["date_range"]
    return {
        "reporter": (ours.reporter, about["org_name"]),
        "number": (ours.report_id, about["report_id"]),
        "dates": ((ours.begin, ours.end), (dates["begin"], dates["end"])),
        "domain": (ours.domain, theirs["policy_published"]["domain"]),
        "policy": (ours.policy, theirs["policy_published"]["p"].lower()),
        "addresses": ([one.ip for one in ours.sources], [row["source_ip"] for row in rows]),
        "counts": ([one.count for one in ours.sources], [row["count"] for row in rows]),
        "DKIM aligned": ([one.dkim for one in ours.sources], [one["dkim"] == "Pass" for one in results]),
        "SPF aligned": ([one.spf for one in ours.sources], [one["spf"] == "Pass" for one in results]),
        "From": ([one.header_from for one in ours.sources], [_from(one) for one in theirs["record"]]),
        "signatures": ([_checks(one.signatures) for one in ours.sources], [_theirs(one["dkim"]) for one in checks]),
        "envelopes": ([_checks(one.envelopes) for one in ours.sources], [_theirs(one["spf"]) for one in checks]),
    }


def _from(record: dict[str, Any]) -> str:
    return str(record["identifiers"]["header_from"]).lower()


def _checks(found: Any) -> list[tuple[str, str]]:
    return [(one.domain, one.result) for one in found]


def _theirs(found: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(one["domain"].lower(), one["result"].lower()) for one in found]


def _tls(folder: Path) -> Score:
    score = Score("TLS reports", "read, with domain and connections")
    for file in sorted(folder.iterdir()):
        found = read_reports(file.read_bytes())
        policies = [policy for one in found if isinstance(one, TlsReport) for policy in one.policies]
        score.count(file.name, bool(policies) and all(one.domain and one.successes + one.failed for one in policies))
    return score


def _complaints(folder: Path) -> Score:
    score = Score("Complaints", "kind and recipient", note=_STALWART)
    for expected in sorted(folder.glob("*.json")):
        theirs = json.loads(expected.read_text("utf-8"))
        found = read_feedback(parse(expected.with_suffix(".eml").read_bytes()))
        score.count(f"{expected.stem}: read", found is not None)
        if found:
            kind = theirs["feedback_type"].lower().replace("authfailure", "auth-failure")
            score.count(f"{expected.stem}: kind", found.feedback_type == kind)
            recipient = theirs["original_rcpt_to"]
            score.count(f"{expected.stem}: recipient", not recipient or recipient in found.recipients)
    return score


def _failures(folder: Path) -> Score:
    score = Score("DMARC failure reports", "read, and taken for nobody's complaint, nor for a failure to deliver")
    for file in sorted(folder.glob("*.eml")):
        found = interpret(file.read_bytes())
        score.count(file.name, not found.unwanted and not any(one.diagnosis for one in found.reported))
    return score
