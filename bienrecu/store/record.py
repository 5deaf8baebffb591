"""The only writer of events, and of the status that they prove.

`add` is all-or-nothing, and safe to repeat: an event with the same key happens once. Rows are locked in the order
of their ids, so that the engine, the receiver of returns and the pages never wait for each other in a circle."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from bienrecu.domain.certainty import Certainty, sets_aside
from bienrecu.domain.event import Event as Fact
from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason, facts
from bienrecu.domain.status import Standing, Status, standing
from bienrecu.store import sql
from bienrecu.store.models import Event, Message, Recipient, Rereading, Suppression

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
    certainty: Certainty | None = None  # of the reason, where words were judged
    may_suppress: bool = True  # False: its reason may hold for another address than the recipient's


@dataclass(frozen=True, slots=True)
class Also:
    """What else changes in the rows of some recipients: to write a row twice takes twice as long. `values`, by
    recipient, are those of `assignments`."""

    assignments: str
    values: Mapping[int, sql.Row]


def add(events: Sequence[NewEvent], also: Also | None = None) -> None:
    """Records `events` and brings the status of their recipients up to date."""
    with transaction.atomic(savepoint=False):
        rows = _lock({event.recipient_id for event in events})
        sql.run_each(_INSERT_EVENT, [_event(event, rows[event.recipient_id]) for event in events])
        _restate(rows, also)
        _suppress(events, rows)


def requested(message: Message, ids: Sequence[int], *, by_id: int | None) -> None:
    """Records that the recipients `ids` of `message`, just inserted at Requested, were asked for."""
    sql.fetch(_INSERT_REQUESTED, Kind.REQUESTED, timezone.now(), by_id, list(ids))
    count([(message.session_id, Status.REQUESTED, len(ids))])


_INSERT_REQUESTED = (
    "INSERT INTO store_event (organisation_id, recipient_id, key, kind, at, recorded_at, reason, words, by_id)"
    " SELECT organisation_id, id, 'requested', %s, requested_at, %s, '', '', %s FROM store_recipient"
    " WHERE id IN %s ORDER BY id"
)


def forget(recipients: Sequence[Recipient]) -> None:
    """Takes cancelled recipients, to whom nothing has happened, out of History."""
    Recipient.objects.filter(id__in=[recipient.id for recipient in recipients]).delete()
    count((recipient.session_id, Status(recipient.status), -1) for recipient in recipients)


def expire(events: Iterable[tuple[int, int]]) -> None:
    """Deletes what may not be kept any longer, given as (id of the event, id of its recipient): the recipients'
    statuses become what is still proved. Nobody may expire the request itself."""
    expired = list(events)
    with transaction.atomic():
        rows = _lock({recipient_id for _, recipient_id in expired})
        Event.objects.filter(id__in=[id for id, _ in expired]).exclude(kind=Kind.REQUESTED).delete()
        _restate(rows)


@dataclass(frozen=True, slots=True)
class Correction:
    """The same words of an event, read again: another reason, or another certainty."""

    event: Event
    reason: Reason | None
    certainty: Certainty | None = None

    @property
    def sets_aside(self) -> bool:
        return sets_aside(self.reason, self.certainty)


def reread(corrections: Sequence[Correction]) -> None:
    """Gives events the reason that their words are now found to say, keeps what was said before, and brings statuses
    and suppressions up to date. Words, kinds and times stay as they came."""
    now = timezone.now()
    with transaction.atomic():
        rows = _lock({one.event.recipient_id for one in corrections})
        Rereading.objects.bulk_create(
            Rereading(event=one.event, at=now, reason_before=one.event.reason, reason_after=one.reason or "")
            for one in corrections
            if one.event.reason != (one.reason or "")
        )
        for one in corrections:
            one.event.reason, one.event.certainty = one.reason or "", one.certainty or ""
        Event.objects.bulk_update([one.event for one in corrections], ["reason", "certainty"])
        _restate(rows)
        _lift_unfounded([one for one in corrections if not one.sets_aside], now)
        _suppress([_as_new(one) for one in corrections], rows)


def _as_new(one: Correction) -> NewEvent:
    event = one.event
    return NewEvent(
        event.recipient_id,
        Kind(event.kind),
        event.at,
        event.key,
        one.reason,
        certainty=one.certainty,
        may_suppress=_was_ours(event),
    )


def _was_ours(event: Event) -> bool:
    """What a report says may be about another address, or less certain: only servers' own answers suppress anew."""
    return event.report_id is None


def _lift_unfounded(corrections: Sequence[Correction], now: datetime) -> None:
    Suppression.objects.filter(event__in=[one.event for one in corrections], lifted_at=None).update(lifted_at=now)


def end_suppressions(now: datetime) -> int:
    """Lifts those whose time is over; returns how many."""
    return Suppression.objects.filter(lifted_at=None, expires_at__lte=now).update(lifted_at=now)


def leave_bare(recipients: Iterable[Recipient]) -> None:
    """Takes away the words of their events, which name people and addresses: kinds, times and reasons stay."""
    Event.objects.filter(recipient__in=[recipient.id for recipient in recipients]).exclude(words="").update(words="")


def count(changes: Iterable[tuple[int | None, Status, int]]) -> None:
    """Adds to the number of recipients that a session has at a status."""
    totals: Counter[tuple[int, Status]] = Counter()
    for session_id, status, step in changes:
        if session_id is not None:
            totals[session_id, status] += step
    # In one order everywhere: two transactions that count the same sessions must not lock crosswise.
    sql.run_each(
        "INSERT INTO store_sessioncount (session_id, status, count) VALUES (%s, %s, %s)"
        " ON CONFLICT (session_id, status) DO UPDATE SET count = store_sessioncount.count + excluded.count",
        [(session_id, int(status), step) for (session_id, status), step in sorted(totals.items()) if step],
    )


class _Row(NamedTuple):
    """What `add` must know of a recipient."""

    id: int
    organisation_id: int
    session_id: int | None
    address: str
    status: int
    reason: str
    flags: int
    since: datetime


_SELECT_ROWS = (
    "SELECT id, organisation_id, session_id, address, status, reason, flags, since"
    " FROM store_recipient WHERE id IN %s ORDER BY id"
)
_INSERT_EVENT = (
    "INSERT INTO store_event (organisation_id, recipient_id, key, kind, at, recorded_at, reason, words,"
    " certainty, attempt_id, report_id, by_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (recipient_id, key) DO NOTHING"
)


def _lock(ids: set[int]) -> dict[int, _Row]:
    found = sql.fetch(_SELECT_ROWS + sql.for_update(), list(ids))
    return {id: _Row(id, *others, sql.moment(since)) for id, *others, since in found}


def _event(event: NewEvent, row: _Row) -> sql.Row:
    return (
        row.organisation_id,
        row.id,
        event.key,
        event.kind,
        event.at,
        timezone.now(),
        event.reason or "",
        event.words,
        event.certainty or "",
        event.attempt_id,
        event.report_id,
        event.by_id,
    )


_RESTATE = "UPDATE store_recipient SET status=%s, since=%s, reason=%s, flags=%s, unsettled_since=%s"


def _restate(rows: dict[int, _Row], also: Also | None = None) -> None:
    standings = {id: standing(seen) for id, seen in _facts(rows).items()}
    changes = [(rows[id], now) for id, now in standings.items() if _differs(rows[id], now)]
    others = also.values if also else {}
    sql.run_each(f"{_RESTATE} WHERE id=%s", [(*_kept(now), row.id) for row, now in changes if row.id not in others])
    if also:
        together = [(*_kept(standings[id]), *values, id) for id, values in sorted(others.items())]
        sql.run_each(f"{_RESTATE}, {also.assignments} WHERE id=%s", together)
    count(_moves(changes))


def _differs(row: _Row, now: Standing) -> bool:
    return (row.status, row.since, row.reason, row.flags) != (now.status, now.since, now.reason or "", now.flags)


def _kept(now: Standing) -> sql.Row:
    return int(now.status), now.since, now.reason or "", int(now.flags), now.unsettled_since


def _facts(rows: dict[int, _Row]) -> dict[int, list[Fact]]:
    seen = defaultdict(list)
    statement = "SELECT recipient_id, kind, at, reason FROM store_event WHERE recipient_id IN %s"
    for id, kind, at, reason in sql.fetch(statement, list(rows)):
        seen[id].append(Fact(Kind(kind), sql.moment(at), Reason(reason) if reason else None))
    return seen


def _moves(changes: list[tuple[_Row, Standing]]) -> Iterable[tuple[int | None, Status, int]]:
    for row, now in changes:
        yield row.session_id, Status(row.status), -1
        yield row.session_id, now.status, 1


def _suppress(events: Sequence[NewEvent], rows: dict[int, _Row]) -> None:
    """Addresses that failed by their own fault are not written to any more, each with its evidence."""
    faults = {
        (rows[event.recipient_id].organisation_id, rows[event.recipient_id].address.lower()): event
        for event in events
        if event.may_suppress and event.kind in _FINAL and sets_aside(event.reason, event.certainty)
    }
    if not faults:
        return
    end_suppressions(timezone.now())  # else an old one, about to end, would stand in the way of the new
    Suppression.objects.bulk_create(
        [_suppression(*whose, event) for whose, event in faults.items()],
        ignore_conflicts=True,
    )


def _suppression(organisation_id: int, address: str, event: NewEvent) -> Suppression:
    now = timezone.now()
    lasts = facts(event.reason).suppressed_for if event.reason else None
    return Suppression(
        organisation_id=organisation_id,
        address=address,
        reason=event.reason or "",
        event=Event.objects.get(recipient=event.recipient_id, key=event.key),
        created_at=now,
        expires_at=now + lasts if lasts else None,
    )
