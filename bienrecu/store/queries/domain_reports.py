"""What was reported about a sending domain in a period."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, CharField, Count, F, Max, Min, Q, QuerySet, Sum, Value, When

from bienrecu.domain.reported_source import Sender
from bienrecu.store.models import DomainReport, Report, ReportedFailure, ReportedSource, ReportKind, SendingDomain

MOST_SENDERS = 100
_MOST_REPORTS = 30


@dataclass(frozen=True, slots=True)
class Overview:
    """`total` and `failed` are e-mails (DMARC) or connections (TLS). `policy` is the one reported last."""

    reports: int
    reporters: int
    total: int
    failed: int
    begin: datetime | None
    end: datetime | None
    policy: str


def overview(domain: SendingDomain, kind: ReportKind, since: datetime) -> Overview:
    reports = _reports(domain, kind, since)
    found = reports.aggregate(
        n=Count("id"),
        reporters=Count("reporter", distinct=True),
        total=Sum("total"),
        failed=Sum("failed"),
        begin=Min("begin"),
        end=Max("end"),
    )
    last = reports.order_by("-end", "-id").values_list("policy", flat=True).first()
    numbers = (found["n"], found["reporters"], int(found["total"] or 0), int(found["failed"] or 0))
    return Overview(*numbers, found["begin"], found["end"], last or "")


def senders(domain: SendingDomain, since: datetime) -> list[Sender]:
    """The largest first."""
    failed = Q(dkim=False, spf=False)
    other = Case(
        When(failed & ~Q(signed_by=""), then=F("signed_by")),
        When(failed, then=F("envelope")),
        default=Value(""),
        output_field=CharField(),
    )
    rows = (
        ReportedSource.objects.filter(report__in=_reports(domain, ReportKind.DMARC, since))
        .values("ip")
        .annotate(
            n=Sum("count"),
            failed=Sum("count", filter=failed, default=0),
            mine=Sum("count", filter=Q(ours=True), default=0),
            signed=Sum("count", filter=Q(dkim=True), default=0),
            sent=Sum("count", filter=Q(spf=True), default=0),
            proves_as=Max(other),
        )
        .order_by("-n", "ip")
    )
    names = ("ip", "n", "failed", "mine", "signed", "sent")
    return [Sender(*(row[name] for name in names), row["proves_as"] or "") for row in rows[:MOST_SENDERS]]


def failures(domain: SendingDomain, since: datetime) -> list[tuple[str, int]]:
    """Why connections could not be encrypted, and how many."""
    rows = ReportedFailure.objects.filter(report__in=_reports(domain, ReportKind.TLS, since))
    return list(rows.values("kind").annotate(n=Sum("count")).order_by("-n", "kind").values_list("kind", "n")[:30])


def latest(domain: SendingDomain) -> list[DomainReport]:
    return list(domain.reports.order_by("-end", "-id")[:_MOST_REPORTS])


def complaints(domain: SendingDomain, since: datetime) -> int:
    """People who declared an e-mail from the domain as unwanted, as far as their mail services tell."""
    reports = Report.objects.filter(organisation_id=domain.organisation_id, kind="complaint", received_at__gte=since)
    return reports.filter(recipient__message__author_address__iendswith=f"@{domain.name}").count()


def _reports(domain: SendingDomain, kind: ReportKind, since: datetime) -> QuerySet[DomainReport]:
    return domain.reports.filter(kind=kind, end__gte=since)
