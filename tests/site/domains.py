"""A sending domain, and its records as their owner would publish them."""

from datetime import datetime

from django.utils import timezone

from bienrecu.domain.sending_domain import DomainState, Purpose
from bienrecu.protocol.domain_report import read_reports
from bienrecu.store import domain_reports
from bienrecu.store.models import SendingDomain
from bienrecu.submission.domains import setup
from tests.dns_server import TestDnsServer

NOW = datetime.fromisoformat("2027-01-05T09:00:00+00:00")


def keep(domain: SendingDomain, *raw: bytes) -> domain_reports.Kept:
    """What these reports tell of it."""
    return domain_reports.keep(domain, [one for each in raw for one in read_reports(each)], timezone.now())


def publish(names: TestDnsServer, domain: SendingDomain, *without: Purpose) -> None:
    names.zones.clear()
    for record in setup.records_of(domain):
        if record.purpose not in without:
            value = f"{record.value}." if record.kind == "CNAME" else record.value or f"10 mx.{domain.name}."
            names.zones[record.name] = [(record.kind, _strings(value) if record.kind == "TXT" else value)]


def _strings(value: str) -> str:
    """As zone files cut them."""
    return " ".join(f'"{value[at : at + 255]}"' for at in range(0, len(value), 255))


def state(domain: SendingDomain) -> DomainState:
    return DomainState(SendingDomain.objects.get(pk=domain.pk).state)
