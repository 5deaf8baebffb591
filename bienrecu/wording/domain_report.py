"""What reports about a domain say, to people: who sends in its name, what fails, what to do."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bienrecu.protocol.domain_report import DmarcReport, TlsPolicy, TlsReport
from bienrecu.wording.mark import N_

_MOST_SOURCES = 10


def sentences(report: DmarcReport | TlsReport) -> list[str]:
    """The summary first, in the active language."""
    return list(_dmarc(report) if isinstance(report, DmarcReport) else _tls(report))


def _dmarc(report: DmarcReport) -> Iterator[str]:
    text = ngettext(
        "{reporter}, {day}: {n} e-mail in the name of {domain}.",
        "{reporter}, {day}: {n} e-mails in the name of {domain}.",
        report.total,
    )
    yield text.format(reporter=report.reporter, day=_day(report.begin), n=report.total, domain=report.domain)
    if not report.failed:
        yield _("All of them were proven to be yours.")
        return
    failed = Counter[str]()
    for source in report.sources:
        failed[source.ip] += 0 if source.passed else source.count
    for ip, count in (+failed).most_common(_MOST_SOURCES):
        text = ngettext(
            "{n} e-mail from {ip} was not proven to be yours.",
            "{n} e-mails from {ip} were not proven to be yours.",
            count,
        )
        yield text.format(n=count, ip=ip)
    yield _(
        "If such an address is a service of yours, have it sign in the name of your domain. If not, somebody else "
        "sends in your name: a stricter policy stops them, once everything of yours is proven."
    )


def _day(seconds: int) -> str:
    try:
        return formats.date_format(datetime.fromtimestamp(seconds, UTC), "DATE_FORMAT")
    except (OverflowError, ValueError, OSError):
        return "?"


def _tls(report: TlsReport) -> Iterator[str]:
    for policy in report.policies:
        yield from _policy(report.reporter, policy)


def _policy(reporter: str, policy: TlsPolicy) -> Iterator[str]:
    text = _("{reporter}: {successes} encrypted connections to {domain}, {failed} that failed.")
    yield text.format(reporter=reporter, successes=policy.successes, domain=policy.domain, failed=policy.failed)
    for kind, count in policy.failures[:_MOST_SOURCES]:
        yield f"{count} × {_(FAILURES[kind]) if kind in FAILURES else kind}"


# RFC 8460 §4.3.
FAILURES = {
    "starttls-not-supported": N_("the server offered no encryption"),
    "certificate-host-mismatch": N_("the certificate is for another name"),
    "certificate-expired": N_("the certificate has expired"),
    "certificate-not-trusted": N_("the certificate is not from a known authority"),
    "validation-failure": N_("the encryption could not be verified"),
    "sts-policy-fetch-error": N_("the policy could not be fetched"),
    "sts-policy-invalid": N_("the policy cannot be read"),
    "sts-webpki-invalid": N_("the certificate of the policy's site is not valid"),
    "tlsa-invalid": N_("the TLSA record is not valid"),
    "dnssec-invalid": N_("the signed DNS could not be verified"),
    "dane-required": N_("the sender insists on DANE, and it is missing"),
}
