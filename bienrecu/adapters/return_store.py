"""What comes back, kept before anything else, then read.

A report is durable when `keep` returns, whatever it says; what it proves is recorded in the same breath, and once
more at the next start if something went wrong in between: the same report is the same event."""

import asyncio
import hashlib
from dataclasses import dataclass

import structlog
from django.db import connection, transaction
from django.utils import timezone

from bienrecu.returns.interpret import Interpretation, interpret
from bienrecu.returns.match import ReturnEvent, events_for
from bienrecu.returns.reference import is_about, tokens_in
from bienrecu.store import record
from bienrecu.store.models import Recipient, Report
from bienrecu.store.models.follow_up import BY_REFERENCE

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Addressee:
    """Whom we wrote to, as `returns/match.py` asks for it."""

    address: str
    message_id: str


class ReturnStore:
    """Where the receiver of returns and the reader of a mailbox put what they get.

    `rewritten`: a relay may put a return path of its own in place of ours, so that reports which came to none of
    our addresses are looked into for the message that they are about."""

    def __init__(self, *, rewritten: bool = False) -> None:
        self._rewritten = rewritten
        # One at a time: Django's connections belong to a thread.
        self._one = asyncio.Lock()

    async def keep(self, raw: bytes, sender: str, tokens: list[str | None]) -> None:
        """Keeps `raw`, which came to the return addresses of `tokens` (None: to us, about nobody)."""
        async with self._one:
            await asyncio.to_thread(_keep, raw, sender, tokens, self._rewritten)

    async def read_waiting(self) -> None:
        """Reads what a crash left unread."""
        async with self._one:
            await asyncio.to_thread(_read_waiting, self._rewritten)


def _keep(raw: bytes, sender: str, tokens: list[str | None], rewritten: bool) -> None:
    try:
        kept = [report for token in tokens if (report := _store(raw, sender, token))]
        for report in kept:
            _read(report, rewritten)
    finally:
        connection.close()


def _store(raw: bytes, sender: str, token: str | None) -> Report | None:
    """The new report; None when it was there already."""
    row = Recipient.objects.filter(token=token).only("id", "organisation_id").first() if token else None
    digest = hashlib.sha256(raw).hexdigest()
    if Report.objects.filter(recipient=row, digest=digest).exists():
        return None
    with transaction.atomic():
        return Report.objects.create(
            organisation_id=row and row.organisation_id,
            recipient=row,
            received_at=timezone.now(),
            sender=sender[:320],
            digest=digest,
            raw=raw,
        )


def _read_waiting(rewritten: bool) -> None:
    try:
        for report in Report.objects.filter(kind="").order_by("id").iterator(10):
            _read(report, rewritten)
    finally:
        connection.close()


def _read(report: Report, rewritten: bool) -> None:
    found = interpret(bytes(report.raw))
    if rewritten and report.recipient is None and (named := _named_in(found, report.digest)):
        report.recipient, report.organisation_id = named, named.organisation_id
        report.matched_by = BY_REFERENCE
    row = report.recipient
    events = events_for(found, _addressee(row), report.received_at) if row else []
    with transaction.atomic():
        if row:
            record.add([_new_event(row.id, report, number, event) for number, event in enumerate(events)])
        report.kind = found.kind
        report.save(update_fields=["kind", "matched_by", "recipient", "organisation"])
    log.info("return read", report=report.id, recipient=row and row.id, kind=found.kind, events=len(events))


def events_of(report: Report) -> list[record.NewEvent]:
    """The events that a kept report proves for its recipient, as it is understood today. Records nothing."""
    row = report.recipient
    if row is None:
        return []
    events = events_for(interpret(bytes(report.raw)), _addressee(row), report.received_at)
    return [_new_event(row.id, report, number, event) for number, event in enumerate(events)]


def _named_in(found: Interpretation, digest: str) -> Recipient | None:
    """The recipient of the message that a report names, unless the same report was counted for them before."""
    tokens = tokens_in(found)
    rows = Recipient.objects.filter(token__in=tokens).order_by("id") if tokens else ()
    row = next((row for row in rows if is_about(found, _addressee(row), row.token)), None)
    return None if row and row.reports.filter(digest=digest).exists() else row


def _addressee(row: Recipient) -> _Addressee:
    return _Addressee(row.address, f"<{row.msg_id}>")


def _new_event(recipient_id: int, report: Report, number: int, event: ReturnEvent) -> record.NewEvent:
    return record.NewEvent(
        recipient_id=recipient_id,
        kind=event.kind,
        at=event.at,
        key=f"report:{report.digest[:40]}:{number}",
        reason=event.reason,
        words=event.words,
        report_id=report.id,
        certainty=event.certainty,
        may_suppress=not event.forwarded and not report.is_less_certain,
    )
