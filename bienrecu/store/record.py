"""The only writer of events, and of the status that they prove.

`add` is all-or-nothing, and safe to repeat: an event with the same key happens once. Rows are locked in the order
of their ids, so that the engine, the receiver of returns and the pages never wait for each other in a circle."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bienrecu.domain.event import Event as Fact
from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason, facts
from bienrecu.domain.status import Standing, Status, standing
from bienrecu.store.models import Event, Recipient, Suppression

# The other side has said for good that nobody is there: the kinds whose reason may suppress an address.
_FINAL = frozenset({Kind.REFUSED, Kind.RETURNED})


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to record. `key` is what makes a repeated report the same event; `words` is what decided it."""

    recipient_id: int
    kind: Kind
    at: datetime
    key: str
    reason: Reason | None = None
    words: str = ""
    attempt_id: int | None = None
    report_id: int | None = None
    by_id: int | None = None
    may_suppress: bool = True  # False: its reason holds for another address, to which the message was forwarded


def add(events: Sequence[NewEvent]) -> None:
    """Records `events` and brings the status of their recipients up to date."""
    with transaction.atomic():
        rows = _lock({event.recipient_id for event in events})
        Event.objects.bulk_create([_row(event, rows) for event in events], ignore_conflicts=True)
        _restate(rows)
        _suppress(events, rows)


def requested(recipients: Sequence[Recipient], *, by_id: int | None) -> None:
    """Records that `recipients`, just inserted at Requested, were asked for."""
    now = timezone.now()
    Event.objects.bulk_create(
        Event(
            organisation_id=recipient.organisation_id,
            recipient=recipient,
            key="requested",
            kind=Kind.REQUESTED,
            at=recipient.requested_at,
            recorded_at=now,
            by_id=by_id,
        )
        for recipient in recipients
    )
    count((recipient.session_id, Status.REQUESTED, 1) for recipient in recipients)


def forget(recipients: Sequence[Recipient]) -> None:
    """Takes cancelled recipients, to whom nothing has happened, out of History."""
    Recipient.objects.filter(id__in=[recipient.id for recipient in recipients]).delete()
    count((recipient.session_id, Status(recipient.status), -1) for recipient in recipients)


def count(changes: Iterable[tuple[int | None, Status, int]]) -> None:
    """Adds to the number of recipients that a session has at a status."""
    totals: Counter[tuple[int, Status]] = Counter()
    for session_id, status, step in changes:
        if session_id is not None:
            totals[session_id, status] += step
    # In one order everywhere: two transactions that count the same sessions must not lock crosswise.
    update_each(
        "INSERT INTO store_sessioncount (session_id, status, count) VALUES (%s, %s, %s)"
        " ON CONFLICT (session_id, status) DO UPDATE SET count = store_sessioncount.count + excluded.count",
        [(session_id, int(status), step) for (session_id, status), step in sorted(totals.items()) if step],
    )


def _lock(ids: set[int]) -> dict[int, Recipient]:
    fields = ("id", "organisation_id", "session_id", "address", "status", "since", "reason", "flags")
    rows = Recipient.objects.filter(id__in=ids).only(*fields).select_for_update().order_by("id")
    return {row.id: row for row in rows}


def _row(event: NewEvent, rows: dict[int, Recipient]) -> Event:
    return Event(
        organisation_id=rows[event.recipient_id].organisation_id,
        recipient_id=event.recipient_id,
        key=event.key,
        kind=event.kind,
        at=event.at,
        recorded_at=timezone.now(),
        reason=event.reason or "",
        words=event.words,
        attempt_id=event.attempt_id,
        report_id=event.report_id,
        by_id=event.by_id,
    )


def _restate(rows: dict[int, Recipient]) -> None:
    changes = [
        (row, now)
        for row, now in ((rows[id], standing(seen)) for id, seen in _facts(rows).items())
        if (row.status, row.since, row.reason, row.flags) != (now.status, now.since, now.reason or "", now.flags)
    ]
    update_each(
        "UPDATE store_recipient SET status=%s, since=%s, reason=%s, flags=%s, unsettled_since=%s WHERE id=%s",
        [
            (int(now.status), now.since, now.reason or "", int(now.flags), now.unsettled_since, row.id)
            for row, now in changes
        ],
    )
    count(_moves(changes))


def _facts(rows: dict[int, Recipient]) -> dict[int, list[Fact]]:
    seen = defaultdict(list)
    for id, kind, at, reason in Event.objects.filter(recipient__in=rows).values_list(
        "recipient_id", "kind", "at", "reason"
    ):
        seen[id].append(Fact(Kind(kind), at, Reason(reason) if reason else None))
    return seen


def _moves(changes: list[tuple[Recipient, Standing]]) -> Iterable[tuple[int | None, Status, int]]:
    for row, now in changes:
        yield row.session_id, Status(row.status), -1
        yield row.session_id, now.status, 1


def _suppress(events: Sequence[NewEvent], rows: dict[int, Recipient]) -> None:
    """Addresses that failed by their own fault are not written to any more, each with its evidence."""
    faults = {
        (rows[event.recipient_id].organisation_id, rows[event.recipient_id].address.lower()): event
        for event in events
        if event.may_suppress and event.kind in _FINAL and event.reason and facts(event.reason).suppresses
    }
    Suppression.objects.bulk_create(
        [
            Suppression(
                organisation_id=organisation_id,
                address=address,
                reason=event.reason,
                event=Event.objects.get(recipient=event.recipient_id, key=event.key),
                created_at=timezone.now(),
            )
            for (organisation_id, address), event in faults.items()
        ],
        ignore_conflicts=True,
    )


def update_each(statement: str, rows: list[tuple[Any, ...]]) -> None:
    """One statement per row in one round trip: `bulk_update` costs ten times more."""
    if rows:
        adapt = connection.ops.adapt_datetimefield_value
        adapted = [[adapt(value) if isinstance(value, datetime) else value for value in row] for row in rows]
        with connection.cursor() as cursor:
            cursor.executemany(statement, adapted)
