"""The durable queue: what is due, who has taken it, what came of it. Plain functions, each one transaction.

A claim belongs to an engine, and engines say that they live (`beat`). What a dead one had claimed is given back;
what it may already have been transmitting is noted as such first, since sending it again may double it (RFC 1047)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from bienrecu.domain.certainty import Certainty
from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.store import record, sql, warm_up
from bienrecu.store.models import Attempt, Engine, Recipient

CHANNEL = "bienrecu_due"  # PostgreSQL's NOTIFY: new work may be due
# An engine that has not been heard of for so long is dead; engines beat five times as often.
DEAD_AFTER = timedelta(seconds=15)

_AGENDA = """
WITH RECURSIVE waiting(name) AS (
    SELECT MIN(destination) FROM store_recipient WHERE due_at IS NOT NULL AND claimed_by IS NULL
    UNION ALL
    SELECT (SELECT MIN(destination) FROM store_recipient
            WHERE due_at IS NOT NULL AND claimed_by IS NULL AND destination > waiting.name)
    FROM waiting WHERE waiting.name IS NOT NULL)
SELECT name, (SELECT MIN(due_at) FROM store_recipient
              WHERE due_at IS NOT NULL AND claimed_by IS NULL AND destination = waiting.name)
FROM waiting WHERE name IS NOT NULL
"""


class Claimed(NamedTuple):
    """A recipient as the engine needs it; `head` is packed (see `store/content.py`)."""

    id: int
    message_id: int
    destination: str
    address: str
    token: str
    failed_attempts: int
    lost_answers: int
    author_address: str
    head: bytes
    due_since: datetime


_DUE = (
    "SELECT id, warm_up_id, destination FROM store_recipient WHERE destination=%s AND due_at<=%s"
    " AND claimed_by IS NULL ORDER BY due_at LIMIT %s"
)
_DUE_OF_EACH = (
    "SELECT due.* FROM unnest(%s::text[]) AS wanted(name), LATERAL (SELECT id, warm_up_id, destination"
    " FROM store_recipient WHERE destination=wanted.name AND due_at<=%s AND claimed_by IS NULL"
    " ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED) AS due"
)
_CLAIMED = (
    "SELECT r.id, message_id, destination, address, token, failed_attempts, lost_answers, author_address, head,"
    " due_since FROM store_recipient r JOIN store_message m ON m.id = message_id"
    " JOIN store_recipientcontent ON recipient_id = r.id WHERE r.id IN %s ORDER BY due_at, r.id"
)


@dataclass(frozen=True, slots=True)
class Result:
    """What one attempt came to. `attempt` is not saved yet; without `next_attempt_at` it was the last one."""

    recipient_id: int
    kind: Kind
    reason: Reason | None
    attempt: Attempt
    next_attempt_at: datetime | None = None
    signatures: bytes = b""
    sha256: str = ""
    certainty: Certainty | None = None  # of the reason, where words were judged


def notify() -> None:
    """Wakes the engines, at the end of the current transaction. (On SQLite they look by themselves.)"""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")


def version() -> int:
    """On SQLite: another number when another connection has written."""
    [(number,)] = sql.fetch("PRAGMA data_version")
    return int(number)


def agenda() -> dict[str, datetime]:
    """Every destination with unclaimed work, and when its earliest message is due.

    It steps from destination to destination through the index: its cost follows their number, not the backlog."""
    return {name: sql.moment(due) for name, due in sql.fetch(_AGENDA)}


def claim(engine: str, destinations: Sequence[str], limit: int, now: datetime) -> list[Claimed]:
    """Up to `limit` due recipients of each of `destinations`, oldest first, from now on claimed by `engine`. A power
    cut may undo it: the engine ends too, and has transmitted nothing, as that is noted durably."""
    with sql.soon_durable():
        ids = warm_up.admit(_due(destinations, limit, now), now)
        sql.fetch("UPDATE store_recipient SET claimed_by=%s WHERE id IN %s RETURNING id", engine, ids)
    return [Claimed(*others, sql.moment(since)) for *others, since in sql.fetch(_CLAIMED, ids)]


def _due(destinations: Sequence[str], limit: int, now: datetime) -> list[warm_up.Picked]:
    if connection.vendor == "postgresql":
        return sql.fetch(_DUE_OF_EACH, list(destinations), now, limit)
    return [row for name in destinations for row in sql.fetch(_DUE, name, now, limit)]


def write(engine: str, results: Sequence[Result], notes: Collection[int]) -> set[int]:
    """Records what attempts came to and gives their claims back; notes that the final dot may go out for `notes`, and
    returns those of them whose claim `engine` still holds. All in one transaction: to make it durable costs as much as
    the rest. A claim lost meanwhile keeps its new owner: what happened is recorded all the same."""
    with transaction.atomic():
        mine = _held(engine, [*notes, *(result.recipient_id for result in results)])
        _finish(results, mine)
        may_leave = mine.intersection(notes)
        sql.fetch("UPDATE store_recipient SET transmitting=%s WHERE id IN %s RETURNING id", True, list(may_leave))
    return may_leave


def _held(engine: str, ids: list[int]) -> set[int]:
    """Those of `ids` that `engine` has claimed, locked."""
    statement = "SELECT id FROM store_recipient WHERE id IN %s AND claimed_by=%s ORDER BY id"
    return {id for (id,) in sql.fetch(statement + sql.for_update(), ids, engine)}


def _finish(results: Sequence[Result], mine: set[int]) -> None:
    attempts = sql.insert("store_attempt", _ATTEMPT, [_of_attempt(result.attempt) for result in results])
    events = [_event(result, attempt) for result, attempt in zip(results, attempts, strict=True)]
    places = {result.recipient_id: _place(result) for result in results if result.recipient_id in mine}
    record.add(events, record.Also(_PLACE, places))
    sql.run_each(
        "UPDATE store_recipientcontent SET signatures=%s, sha256=%s WHERE recipient_id=%s",
        [(result.signatures, result.sha256, result.recipient_id) for result in results if result.sha256],
    )


_ATTEMPT = ("recipient_id", "started_at", "ended_at", "host", "ip", "tls", "stage", "reply", "transcript")
_of_attempt = attrgetter(*_ATTEMPT)


def _event(result: Result, attempt_id: int) -> record.NewEvent:
    attempt = result.attempt
    return record.NewEvent(
        recipient_id=result.recipient_id,
        kind=result.kind,
        at=attempt.ended_at,
        # Not its number: a result that is recorded again, because the answer to COMMIT was lost, happened once.
        key=f"attempt:{attempt.started_at.isoformat()}",
        reason=result.reason,
        words=attempt.reply,
        attempt_id=attempt_id,
        certainty=result.certainty,
    )


_PLACE = (
    "due_at=%s, claimed_by=NULL, transmitting=%s, host=%s, failed_attempts=failed_attempts+%s,"
    " lost_answers=lost_answers+%s, sent_at=COALESCE(sent_at, %s)"
)
_MAY_HAVE_LEFT = frozenset({Kind.DELIVERED, Kind.HANDED_OVER, Kind.LINE_LOST})


def _place(result: Result) -> sql.Row:
    """In the queue, from now on: the values of _PLACE."""
    return (
        result.next_attempt_at,
        False,
        result.attempt.host,
        int(result.next_attempt_at is not None),
        int(result.kind is Kind.LINE_LOST),
        result.attempt.ended_at if result.kind in _MAY_HAVE_LEFT else None,
    )


def release(engine: str, ids: Sequence[int]) -> None:
    """Gives back what was claimed and not attempted."""
    _claimed(engine).filter(id__in=ids, transmitting=False).update(claimed_by=None)


def release_others(engine: str, known: set[int]) -> None:
    """Gives back what `engine` has claimed without knowing: the answer to COMMIT can be lost."""
    _claimed(engine).filter(transmitting=False).exclude(id__in=known).update(claimed_by=None)


def beat(engine: str, host: str, now: datetime) -> list[str]:
    """Says that `engine` lives, takes back what dead engines had claimed; returns the ids of the living, sorted."""
    Engine.objects.update_or_create(
        id=engine,
        defaults={"beat_at": now, "host": host},
        create_defaults={"beat_at": now, "host": host, "started_at": now},
    )
    Engine.objects.filter(beat_at__lt=now - DEAD_AFTER).delete()
    alive = sorted(Engine.objects.values_list("id", flat=True))
    for gone in _claimants() - set(alive):
        _take_back(gone, now)
    return alive


def leave(engine: str) -> None:
    """The engine stops in good order."""
    _claimed(engine).filter(transmitting=False).update(claimed_by=None)
    Engine.objects.filter(id=engine).delete()


def _claimants() -> set[str]:
    claimed = Recipient.objects.filter(claimed_by__isnull=False)
    return {name for name in claimed.values_list("claimed_by", flat=True).distinct() if name}


def _claimed(engine: str) -> QuerySet[Recipient]:
    # The second condition lets the database use the index of claims, which holds claimed rows only.
    return Recipient.objects.filter(Q(claimed_by=engine), Q(claimed_by__isnull=False))


def _take_back(engine: str, now: datetime) -> None:
    with transaction.atomic():
        rows = list(_claimed(engine).select_for_update().order_by("id").only("id", "transmitting"))
        cut = [row.id for row in rows if row.transmitting]
        if cut:
            record.add([record.NewEvent(id, Kind.INTERRUPTED, now, f"interrupted:{engine}") for id in cut])
        _claimed(engine).update(claimed_by=None, transmitting=False)
