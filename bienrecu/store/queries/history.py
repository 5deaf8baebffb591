"""The rows of History: filtered, in one of three orders, a page at a time from a cursor.

No page costs more than another: each starts where the one before ended, on an index in its own order, and nothing
is counted beyond LIMIT (docs/decisions/0011-history-reads-from-where-it-stopped.md)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import Enum
from itertools import islice

from django.db.models import F, QuerySet

from bienrecu.domain.event import Kind
from bienrecu.domain.status import Status
from bienrecu.store import search_index
from bienrecu.store.models import Event, Recipient, SessionCount
from bienrecu.store.models.mail import SORT_NAME
from bienrecu.store.queries.filters import Filters

PAGE = 50
LIMIT = 1000
"""Beyond this many, a filtered count says "more than"."""

# Only who waits, travels or failed has a reason (`domain/status.py`).
_WITH_REASON = frozenset({Status.REQUESTED, Status.SENT, Status.RECEPTION_IMPOSSIBLE, Status.SEND_ERROR})

ACTS = (Kind.CONFIRMED, Kind.REPLIED, Kind.DOWNLOADED, Kind.DISPLAYED, Kind.OPENED)
"""What recipients do who have the e-mail; what says most comes first."""

Counts = Mapping[Status, int]


class Sort(Enum):
    DATE = "date"
    RECIPIENT = "recipient"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Order:
    sort: Sort = Sort.DATE
    descending: bool = True


NEWEST_FIRST = Order()


@dataclass(frozen=True, slots=True)
class Position:
    """Where a row stands in an order; `status` counts in the order by status only."""

    status: Status
    key: datetime | str
    id: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """Read on from `position` (None: from that end), towards the beginning when `backward`."""

    position: Position | None = None
    backward: bool = False


START = Cursor()


@dataclass(frozen=True, slots=True)
class Row:
    """What History shows of one recipient."""

    id: int
    type: str
    role: str
    name: str
    address: str
    subject: str
    attachment_count: int
    status: int
    since: datetime
    reason: str
    flags: int
    requested_at: datetime
    sent_at: datetime | None
    host: str
    due_at: datetime | None
    due_since: datetime
    warm_up_id: int | None
    failed_attempts: int
    lost_answers: int
    tracked: bool
    sort_name: str


@dataclass(frozen=True, slots=True)
class Page:
    """`count` rows match in all, or more when not `exact`. `before` and `after` lead to the pages around."""

    rows: list[Row]
    count: int
    exact: bool
    before: Cursor | None
    after: Cursor | None


@dataclass(frozen=True, slots=True)
class Question:
    """Which rows of which session, in which order; `zone` tells when a day begins."""

    session_id: int
    filters: Filters
    order: Order
    zone: tzinfo

    @property
    def statuses(self) -> list[Status]:
        """Those that a row may have, weakest first."""
        wanted = set(self.filters.statuses or Status)
        return sorted(wanted & _WITH_REASON if self.filters.reasons else wanted)


def counts(session_id: int) -> dict[Status, int]:
    """How many recipients stand at each status, as kept by `store/record.py`."""
    kept = dict(SessionCount.objects.filter(session_id=session_id).values_list("status", "count"))
    return {status: kept.get(status.value, 0) for status in Status}


def page(question: Question, kept: Counts, cursor: Cursor = START) -> Page:
    """Up to PAGE rows from `cursor`. Backward to less than a full page means: the first page, whole."""
    found = _matches(question, kept)
    rows, more = _take(found, question, kept, cursor)
    if cursor.backward and cursor.position and not more:
        cursor = START
        rows, more = _take(found, question, kept, cursor)
    return Page(rows, found.count, found.exact, *_around(question.order, rows, cursor, more))


@dataclass(frozen=True, slots=True)
class _Matches:
    rows: QuerySet[Recipient]
    count: int
    exact: bool = True


def _matches(question: Question, kept: Counts) -> _Matches:
    """The rows to walk, and how many they are. Few are collected first, in whatever order they come quickest, and
    sorted afterwards: looking for them in the order of the page would visit all others on the way."""
    total = sum(kept[status] for status in question.statuses)
    if question.filters.only_statuses and (total > LIMIT or not question.filters.statuses):
        return _Matches(_walked(question), total)
    wanted = _filtered(question)
    if len(question.statuses) < len(Status):  # else their index would be read, from one end of the table to the other
        wanted = wanted.filter(status__in=question.statuses)
    named, are_all = search_index.candidates(question.filters.search_patterns, LIMIT + 1)
    ids = _some(wanted.filter(id__in=named)) if named else []
    if len(ids) <= LIMIT and not are_all:
        ids = _some(wanted)
    if len(ids) > LIMIT:
        return _Matches(_walked(question), LIMIT, exact=False)
    return _Matches(Recipient.objects.filter(id__in=ids), len(ids))


def _some(wanted: QuerySet[Recipient]) -> list[int]:
    return list(wanted.values_list("id", flat=True)[: LIMIT + 1])


def _walked(question: Question) -> QuerySet[Recipient]:
    rows, statuses = _filtered(question), question.statuses
    if len(statuses) == len(Status) or question.order.sort is Sort.STATUS:
        return rows
    if len(statuses) == 1 and question.order.sort is Sort.DATE:
        return rows.filter(status=statuses[0])
    # Adding nothing to the status keeps planners from collecting all these rows to sort them.
    return rows.annotate(any_status=F("status") + 0).filter(any_status__in=statuses)


def _filtered(question: Question) -> QuerySet[Recipient]:
    return Recipient.objects.filter(question.filters.condition(question.zone), session_id=question.session_id)


def _take(found: _Matches, question: Question, kept: Counts, cursor: Cursor) -> tuple[list[Row], bool]:
    """The rows from `cursor` in the order of the page, and whether there are more beyond."""
    by_status = question.order.sort is Sort.STATUS
    walk = (
        _status_by_status(found.rows, question, kept, cursor)
        if by_status
        else _rows(found.rows, question.order, cursor)
    )
    rows = list(islice(walk, PAGE + 1))
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return (rows[::-1] if cursor.backward else rows), more


def _around(order: Order, rows: list[Row], cursor: Cursor, more: bool) -> tuple[Cursor | None, Cursor | None]:
    if not rows:
        return None, None
    before, after = (more, cursor.position is not None) if cursor.backward else (cursor.position is not None, more)
    return (
        Cursor(position(order, rows[0]), backward=True) if before else None,
        Cursor(position(order, rows[-1])) if after else None,
    )


def acts(rows: Iterable[Row]) -> dict[int, tuple[Kind, datetime]]:
    """How and when those who dealt with their e-mail showed it; of several acts, the one that says most."""
    opened = [row.id for row in rows if row.status == Status.OPENED]
    seen = Event.objects.filter(recipient__in=opened, kind__in=ACTS).values_list("recipient", "kind", "at")
    told: dict[int, tuple[Kind, datetime]] = {}
    for id, kind, at in sorted(seen, key=lambda event: (ACTS.index(Kind(event[1])), event[2])):
        told.setdefault(id, (Kind(kind), at))
    return told


def position(order: Order, row: Row) -> Position:
    return Position(Status(row.status), row.sort_name if order.sort is Sort.RECIPIENT else row.requested_at, row.id)


def _status_by_status(rows: QuerySet[Recipient], question: Question, kept: Counts, cursor: Cursor) -> Iterator[Row]:
    """Each status in turn, its newest rows first: short walks on one index, of which a page needs one or two."""
    start, descending = cursor.position, question.order.descending != cursor.backward
    wanted = [status for status in question.statuses if kept[status] > 0]
    if start:
        wanted = [status for status in wanted if (status <= start.status if descending else status >= start.status)]
    for status in reversed(wanted) if descending else wanted:
        begin = start if start and start.status is status else None
        yield from _rows(rows.filter(status=status), NEWEST_FIRST, Cursor(begin, cursor.backward))


def _rows(rows: QuerySet[Recipient], order: Order, cursor: Cursor) -> Iterator[Row]:
    key = "sort_name" if order.sort is Sort.RECIPIENT else "requested_at"
    descending = order.descending != cursor.backward
    sign = "-" if descending else ""
    rows = rows.annotate(sort_name=SORT_NAME).order_by(f"{sign}{key}", f"{sign}id")
    for part in _beyond(rows, key, "lt" if descending else "gt", cursor.position):
        for values in part.values_list(*_COLUMNS)[: PAGE + 1]:
            yield Row(*values)


def _beyond(rows: QuerySet[Recipient], key: str, side: str, start: Position | None) -> list[QuerySet[Recipient]]:
    """What is left after `start`: who shares its key, then the others. Each is one range of an index, which
    `(key, id) < (x, y)` is not on SQLite; a message to a million people gives all of them one key."""
    if start is None:
        return [rows]
    return [
        rows.filter(**{key: start.key, f"id__{side}": start.id}),
        rows.filter(**{f"{key}__{side}": start.key}),
    ]


_COLUMNS = tuple(Row.__dataclass_fields__)
