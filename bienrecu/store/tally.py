"""Counts events into one row for each domain, operator and day (SendingDay), so that the page of the reputation reads
some hundred rows whatever was sent. Events are read once, in the order of their numbers, a minute after they were
recorded: by then those with lower numbers are there too."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.rehearsal import is_rehearsed
from bienrecu.domain.reputation import Counts, of_event
from bienrecu.store import operators, sql
from bienrecu.store.models import Event, Tally

_WRITTEN = timedelta(minutes=1)
_AT_ONCE = 20_000
# What a large installation has sent before is counted over some minutes.
_MOST_PER_CALL = 15

Key = tuple[int, str, date, str]
"""Organisation, domain, day, operator: in one order everywhere, so that no two count crosswise."""


def count_events(now: datetime) -> int:
    """Those that were not counted yet; how many events were read."""
    read = 0
    for _ in range(_MOST_PER_CALL):
        found = _count_some(now)
        read += found
        if found < _AT_ONCE:
            break
    return read


def _count_some(now: datetime) -> int:
    with transaction.atomic():
        Tally.objects.get_or_create(pk=1)
        tally = Tally.objects.select_for_update().get(pk=1)
        events = Event.objects.filter(id__gt=tally.last_event, recorded_at__lt=now - _WRITTEN).order_by("id")
        rows = list(events.values_list(*_COLUMNS)[:_AT_ONCE])
        if rows:
            operators.learn(_servers(rows))
            sql.run_each(_ADD, ((*key, *astuple(counts)) for key, counts in sorted(_sums(rows).items())))
            tally.last_event = rows[-1][0]
            tally.save()
    return len(rows)


_COLUMNS = (
    *("id", "kind", "reason", "attempt_id", "at", "organisation_id"),
    *("recipient__address", "recipient__message__author_address", "attempt__host"),
)
Read = tuple[int, str, str, int | None, datetime, int, str, str, str | None]


def _servers(rows: Iterable[Read]) -> dict[str, str]:
    """The server of their own to which each of the recipients' domains had mail delivered last."""
    delivered = (
        (_domain(address), host) for _, kind, *_others, address, _author, host in rows if kind == Kind.DELIVERED
    )
    return {domain: host for domain, host in delivered if host and not is_rehearsed(domain)}


def _sums(rows: Sequence[Read]) -> dict[Key, Counts]:
    sums: dict[Key, Counts] = defaultdict(Counts)
    operator = operators.of_domains(_domain(address) for *_others, address, _author, _host in rows)
    for _id, kind, reason, attempt, at, organisation, address, author, _host in rows:
        domain = _domain(address)
        counts = of_event(Kind(kind), Reason(reason) if reason else None, tried=attempt is not None)
        if any(astuple(counts)) and not is_rehearsed(domain):
            sums[organisation, _domain(author), at.astimezone(UTC).date(), operator[domain]] += counts
    return sums


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


_ADD = (
    "INSERT INTO store_sendingday AS kept (organisation_id, domain, day, operator, let_go, sent, refused,"
    " bad_addresses, unauthenticated, complaints, deferred) VALUES (%s, %s, %s, %s, 0, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (organisation_id, domain, day, operator) DO UPDATE SET sent = kept.sent + excluded.sent,"
    " refused = kept.refused + excluded.refused, bad_addresses = kept.bad_addresses + excluded.bad_addresses,"
    " unauthenticated = kept.unauthenticated + excluded.unauthenticated,"
    " complaints = kept.complaints + excluded.complaints, deferred = kept.deferred + excluded.deferred"
)
