"""Keeping reports about a sending domain. They come from anybody: each is counted once, of one domain only, and what
is kept of them is bounded."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import transaction

from bienrecu.domain.sending_domain import RETURNS_LABEL
from bienrecu.protocol.domain_report import Check, DmarcReport, Source, TlsPolicy, TlsReport
from bienrecu.store import source_names
from bienrecu.store.models import DomainReport, ReportedFailure, ReportedSource, ReportKind, SendingDomain
from bienrecu.store.retention import months_before

MOST_A_DAY = 300
"""Reports of one domain; large receivers send one a day, or one an hour."""
_MOST_SOURCES = 500  # of one report
_MOST_NAMED = 50  # of these, the largest: their names are looked up
_MOST_COUNTED = 10**9  # of one line
_LONGEST_PERIOD = timedelta(days=32)
_SKEW = timedelta(days=2)


@dataclass(slots=True)
class Kept:
    """What became of the reports of one mail or file."""

    new: int = 0
    known: int = 0
    untimely: int = 0  # older than what is kept, or of days to come
    too_many: int = 0
    others: list[str] = field(default_factory=list)  # the domains that they are about instead


@dataclass(frozen=True, slots=True)
class _Summary:
    """One report about one domain, cleaned."""

    kind: ReportKind
    reporter: str
    report_id: str
    about: str
    begin: datetime | None
    end: datetime | None
    total: int
    failed: int
    policy: str = ""
    sources: Sequence[Source] = ()
    failures: Sequence[tuple[str, int]] = ()


def keep(domain: SendingDomain, reports: Sequence[DmarcReport | TlsReport], now: datetime) -> Kept:
    """Those about other domains are left out, whoever sent them where."""
    kept, addresses = Kept(), set[str]()
    with transaction.atomic():
        SendingDomain.objects.select_for_update().get(pk=domain.pk)
        left = MOST_A_DAY - domain.reports.filter(received_at__gt=now - timedelta(days=1)).count()
        for one in (summary for report in reports for summary in _summaries(report)):
            if not _is_about(domain.name, one.about):
                kept.others.append(one.about)
            elif not _is_timely(domain, one, now):
                kept.untimely += 1
            elif _known(domain, one):
                kept.known += 1
            elif kept.new >= left:
                kept.too_many += 1
            else:
                addresses |= _store(domain, one, now)
                kept.new += 1
    source_names.want(addresses, now)
    return kept


def _is_about(name: str, about: str) -> bool:
    """The reported domain is the one of the policy: at times above the sending one, at times below."""
    return about == name or about.endswith(f".{name}") or name.endswith(f".{about}")


def _is_timely(domain: SendingDomain, one: _Summary, now: datetime) -> bool:
    if one.begin is None or one.end is None:
        return False
    oldest = months_before(now, domain.organisation.keep_emails_months)
    return oldest <= one.begin <= one.end <= now + _SKEW and one.end - one.begin <= _LONGEST_PERIOD


def _known(domain: SendingDomain, one: _Summary) -> bool:
    return domain.reports.filter(kind=one.kind, reporter=one.reporter, report_id=one.report_id).exists()


def _store(domain: SendingDomain, one: _Summary, now: datetime) -> set[str]:
    """Returns the addresses of its largest lines."""
    report = DomainReport.objects.create(
        organisation_id=domain.organisation_id,
        domain=domain,
        kind=one.kind,
        reporter=one.reporter,
        report_id=one.report_id,
        about=one.about,
        policy=one.policy,
        begin=one.begin,
        end=one.end,
        received_at=now,
        total=one.total,
        failed=one.failed,
    )
    selectors = {(domain.name, key.selector) for key in domain.keys.all()}
    rows = ReportedSource.objects.bulk_create(_rows(report, one.sources, selectors))
    ReportedFailure.objects.bulk_create(
        ReportedFailure(report=report, kind=_clean(kind, 60), count=_bounded(count)) for kind, count in one.failures
    )
    return {row.ip for row in rows[:_MOST_NAMED]}


def _summaries(report: DmarcReport | TlsReport) -> Iterator[_Summary]:
    if isinstance(report, DmarcReport):
        yield _of_dmarc(report)
        return
    names = dict.fromkeys(policy.domain for policy in report.policies)
    for name in list(names)[:20]:
        yield _of_tls(report, name, [policy for policy in report.policies if policy.domain == name])


def _of_dmarc(report: DmarcReport) -> _Summary:
    total = sum(_bounded(source.count) for source in report.sources)
    failed = sum(_bounded(source.count) for source in report.sources if not source.passed)
    reporter, about = _clean(report.reporter, 200), _clean(report.domain, 253)
    begin, end = _moment(report.begin), _moment(report.end)
    key = _key(report.report_id, (begin, end, total))
    return _Summary(
        ReportKind.DMARC, reporter, key, about, begin, end, total, failed, _clean(report.policy, 20), report.sources
    )


def _of_tls(report: TlsReport, name: str, policies: Sequence[TlsPolicy]) -> _Summary:
    failed = sum(_bounded(policy.failed) for policy in policies)
    total = failed + sum(_bounded(policy.successes) for policy in policies)
    kinds = Counter[str]()
    for policy in policies:
        for kind, count in policy.failures:
            kinds[kind] += _bounded(count)
    begin, end = _written(report.begin), _written(report.end)
    key = _key(report.report_id, (begin, end, total))
    reporter, about = _clean(report.reporter, 200), _clean(name, 253)
    failures = kinds.most_common(30)
    return _Summary(ReportKind.TLS, reporter, key, about, begin, end, total, failed, failures=failures)


def _key(report_id: str, otherwise: object) -> str:
    """What tells a report from the others of its reporter, some of which number none."""
    if report_id and len(report_id) <= 200 and report_id.isprintable():
        return report_id
    return hashlib.sha256(repr((report_id, otherwise)).encode()).hexdigest()


def _moment(seconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (OverflowError, ValueError, OSError):
        return None


def _written(moment: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(moment)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _bounded(count: int) -> int:
    return min(max(count, 0), _MOST_COUNTED)


def _clean(text: str, most: int) -> str:
    """No control character, nor half of one (databases refuse some)."""
    return "".join(letter for letter in text[:most] if letter.isprintable())


def _rows(report: DomainReport, sources: Sequence[Source], keys: set[tuple[str, str]]) -> list[ReportedSource]:
    """Equal lines are one; the largest are kept one by one, the others together."""
    counts = Counter[tuple[object, ...]]()
    for source in sources:
        counts[_line(source, report.domain, keys)] += _bounded(source.count)
    lines = counts.most_common()
    rows = [_row(report, line, count) for line, count in lines[:_MOST_SOURCES]]
    for passed in (True, False):
        rest = sum(count for line, count in lines[_MOST_SOURCES:] if bool(line[2] or line[3]) is passed)
        if rest:
            rows.append(_row(report, ("", "", passed, passed, False, "", "", ""), rest))
    return rows


def _row(report: DomainReport, line: tuple[object, ...], count: int) -> ReportedSource:
    names = ("ip", "disposition", "dkim", "spf", "ours", "header_from", "signed_by", "envelope")
    return ReportedSource(report=report, count=_bounded(count), **dict(zip(names, line, strict=True)))


def _line(source: Source, domain: SendingDomain, keys: set[tuple[str, str]]) -> tuple[object, ...]:
    own_returns = f"{RETURNS_LABEL}.{domain.name}"
    signed = [check for check in source.signatures if check.passed]
    accepted = [check for check in source.envelopes if check.passed]
    ours = any((check.domain, check.selector) in keys for check in signed) or any(
        check.domain == own_returns for check in accepted
    )
    words = (source.header_from, _name_in(signed, domain.name), _name_in(accepted, domain.name))
    flags = (source.dkim, source.spf, ours)
    return (_clean(source.ip, 45), _clean(source.disposition, 20), *flags, *(_clean(word, 253) for word in words))


def _name_in(passed: Sequence[Check], domain: str) -> str:
    """The domain itself first."""
    names = [check.domain for check in passed]
    return next((name for name in names if name == domain), names[0] if names else "")
