"""Reports about a sending domain that came by mail: read, and what they say is kept before the mail is accepted.

Anybody may write to the address, which stands in the DNS: what is no report, or is about something else, is
dropped."""

import asyncio
from dataclasses import asdict

import structlog
from django.db import connection
from django.utils import timezone

from bienrecu.protocol.domain_report import read_reports
from bienrecu.store import domain_reports
from bienrecu.store.models import SendingDomain

log = structlog.get_logger()

# One at a time: a report may be 10 MB unpacked.
_one = asyncio.Lock()


async def keep(raw: bytes, numbers: list[int]) -> None:
    """`raw` came to the addresses of the sending domains of these `numbers`. The same mail may come twice."""
    async with _one:
        await asyncio.to_thread(_keep, raw, numbers)


def _keep(raw: bytes, numbers: list[int]) -> None:
    try:
        reports = read_reports(raw)
        for domain in SendingDomain.objects.filter(pk__in=numbers).select_related("organisation"):
            kept = domain_reports.keep(domain, reports, timezone.now())
            told = asdict(kept) | {"others": len(kept.others)}
            log.info("domain reports read", domain=domain.pk, size=len(raw), **told)
    finally:
        connection.close()
