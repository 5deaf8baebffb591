"""The warm-up of a new domain (`domain/warm_up.py`), where the queue keeps to it.

A row that is held names its domain, and its `due_at` is the day it was promised: the queue leaves it alone until then.
What a day really lets go is counted when rows are claimed, in one row a day that all engines share, whose lock is the
only one they wait for. What is too much then gets another day. See docs/decisions/0200-*.md."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bienrecu.domain import warm_up
from bienrecu.domain.large_operator import ALL_DOMAINS, DOMAINS
from bienrecu.domain.reputation import Counts
from bienrecu.store import operators, sql
from bienrecu.store.content import redated
from bienrecu.store.models import Message, SendingDay, SendingDomain

# When the mails of a day leave, where the organisation is: people find them when they begin to work.
_HOUR = time(8)
# What waited for longer than this gets a Date field of the day on which it leaves.
_SAME_DAY = timedelta(hours=12)

Picked = tuple[int, int | None, str]
"""A due recipient, the domain that holds it, its destination."""


def admit(picked: Sequence[Picked], now: datetime) -> list[int]:
    """Which of `picked`, locked by the transaction, may leave now. Those let go are held no more; those that are too
    many for today get another day."""
    held_back = [(id, holder, destination) for id, holder, destination in picked if holder is not None]
    known = operators.of_domains(destination for _, _, destination in held_back) if held_back else {}
    waiting: dict[tuple[str, int], list[int]] = defaultdict(list)
    for id, holder, destination in held_back:
        waiting[known[destination], holder].append(id)
    begun: set[int] = set()
    # In one order everywhere: two engines that count on the same days must not lock crosswise.
    for (operator, holder), held in sorted(waiting.items()):
        domain = SendingDomain.objects.select_related("organisation").get(pk=holder)
        granted = _let_go(domain, operator, len(held), now)
        begun.update(held[:granted])
        _set_free(held[:granted], now)
        if granted < len(held):
            _spread(domain, operator, now)
    return [id for id, holder, _ in picked if holder is None or id in begun]


def place(message: Message, now: datetime) -> None:
    """Gives each recipient of `message` that its domain holds their day. What waits already makes room: a day is shared
    out among messages in turn, so that five people need not wait for fifty thousand."""
    held = message.recipients.filter(warm_up__isnull=False)
    for domain in list(held.values_list("warm_up", flat=True).distinct()):
        # Two messages posted at once are placed one after the other.
        locked = SendingDomain.objects.select_for_update().select_related(None).get(pk=domain)
        destinations = held.filter(warm_up=domain).values_list("destination", flat=True).distinct()
        for operator in sorted(set(operators.of_domains(destinations).values())):
            _spread(locked, operator, now, message.pk if held.filter(due_since__gt=now).exists() else None)


def end(domain: SendingDomain) -> None:
    """Nothing of `domain` is held any more."""
    domain.warming_since = None
    domain.save(update_fields=["warming_since"])
    sql.fetch(
        "UPDATE store_recipient SET warm_up_id=NULL, due_at=due_since WHERE warm_up_id=%s AND claimed_by IS NULL"
        " RETURNING id",
        domain.pk,
    )


def forecast(domain: SendingDomain, people: Counter[str], first: datetime, now: datetime) -> dict[datetime, int]:
    """How many e-mails to so many `people` of each destination would leave when, from `first` on, as things stand."""
    days: Counter[date] = Counter()
    wanted: Counter[str] = Counter()
    operator_of = operators.of_domains(people)
    for destination, count in people.items():
        wanted[operator_of[destination]] += count
    for operator, count in wanted.items():
        days.update(dict(_shares(domain, operator, count, _taken(domain, operator, now), first, now)))
    zone = ZoneInfo(domain.organisation.time_zone)
    return {_leaves_at(day, first, zone): count for day, count in sorted(days.items())}


def _leaves_at(day: date, first: datetime, zone: tzinfo) -> datetime:
    """When the mails of `day` (of UTC) leave; those of the first day leave as soon as they may."""
    if day == first.astimezone(UTC).date():
        return first
    at = datetime.combine(day, _HOUR, zone).astimezone(UTC)
    return at + (day - at.date())


def _let_go(domain: SendingDomain, operator: str, wanted: int, now: datetime) -> int:
    """How many of `wanted` may begin now; they are counted as begun."""
    today = now.astimezone(UTC).date()
    [(begun,)] = sql.fetch(_TODAY, domain.organisation_id, domain.name, operator, today, 0, *astuple(Counts()))
    allowed = warm_up.allowance(steps_of(domain, operator, today), operator)
    granted = wanted if allowed is None else min(wanted, max(0, allowed - begun))
    sql.fetch(_BEGIN, granted, domain.organisation_id, domain.name, operator, today)
    return granted


_TODAY = (
    "INSERT INTO store_sendingday (organisation_id, domain, operator, day, let_go, sent, refused, bad_addresses,"
    " unauthenticated, complaints, deferred) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (organisation_id, domain, day, operator) DO UPDATE SET let_go = store_sendingday.let_go"
    " RETURNING let_go"
)
_BEGIN = (
    "UPDATE store_sendingday SET let_go = let_go + %s"
    " WHERE organisation_id=%s AND domain=%s AND operator=%s AND day=%s RETURNING id"
)


def steps_of(domain: SendingDomain, operator: str, today: date) -> int:
    """How far the domain has come with this operator, by its good days (`domain/warm_up.py`)."""
    if domain.warming_since is None or today - domain.warming_since.date() >= warm_up.LONGEST:
        return warm_up.LAST_STEP
    rows = SendingDay.objects.filter(
        organisation_id=domain.organisation_id, domain=domain.name, operator=operator, day__lt=today
    )
    columns = tuple(Counts.__dataclass_fields__)
    return warm_up.steps((Counts(*row) for row in rows.order_by("day").values_list(*columns)), operator)


def _set_free(ids: Sequence[int], now: datetime) -> None:
    """They begin now: that is since when they are due, and what their Date field says."""
    if not ids:
        return
    late = sql.fetch(_OLD, list(ids), now - _SAME_DAY)
    sql.run_each(
        "UPDATE store_recipientcontent SET head=%s WHERE recipient_id=%s",
        [(redated(bytes(head), bytes(dictionary), now), id) for id, head, dictionary in late],
    )
    sql.fetch("UPDATE store_recipient SET warm_up_id=NULL, due_since=%s WHERE id IN %s RETURNING id", now, list(ids))


_OLD = (
    "SELECT r.id, c.head, m.dictionary FROM store_recipient r JOIN store_recipientcontent c ON c.recipient_id = r.id"
    " JOIN store_messagecontent m ON m.message_id = r.message_id WHERE r.id IN %s AND r.due_since < %s"
)


def _spread(domain: SendingDomain, operator: str, now: datetime, message: int | None = None) -> None:
    """Gives what waits for `operator` its days: all that is due by its own time, or `message`, which is to leave later.

    Rows that somebody holds are left alone: they are being claimed, or will be spread by whoever holds them. The ids
    come here and go back day by day: a planner that knows nothing yet of a table just filled joins them badly."""
    which, value = ("message_id=%s", message) if message else ("due_since<=%s", now)
    held, values = _held_for(domain, operator)
    statement = _IN_TURN.format(waiting=f"{held} AND {which}", locked=sql.for_update(skip_locked=True))
    rows = sql.fetch(statement, *values, value)
    if not rows:
        return
    ids, first = [id for id, _ in rows], max(now, sql.moment(rows[0][1]))
    taken = _taken(domain, operator, now, (f" AND NOT ({which})", value))
    for day, count in _shares(domain, operator, len(ids), taken, first, now):
        _promise(ids[:count], _leaves_at(day, first, ZoneInfo(domain.organisation.time_zone)))
        del ids[:count]


def _promise(ids: list[int], at: datetime) -> None:
    for start in range(0, len(ids), _MOST_PER_STATEMENT):
        sql.fetch(_PROMISE, at, at, ids[start : start + _MOST_PER_STATEMENT])


_MOST_PER_STATEMENT = 5000
_PROMISE = "UPDATE store_recipient SET due_at=%s WHERE due_at<>%s AND id IN %s RETURNING id"
_PROMISED = "SELECT due_at, COUNT(*) FROM store_recipient WHERE {waiting} GROUP BY due_at"
_IN_TURN = """
WITH waiting AS (SELECT id, message_id, due_since FROM store_recipient WHERE {waiting}{locked}),
     in_turn AS (SELECT id, due_since, ROW_NUMBER() OVER (PARTITION BY message_id ORDER BY id) AS turn FROM waiting)
SELECT id, due_since FROM in_turn ORDER BY turn, due_since, id
"""


def _shares(
    domain: SendingDomain, operator: str, count: int, taken: Counter[date], first: datetime, now: datetime
) -> Iterable[tuple[date, int]]:
    today = now.astimezone(UTC).date()
    steps = steps_of(domain, operator, today)
    day = first.astimezone(UTC).date()
    return warm_up.shares(count, operator, today=today, first=day, steps=steps, taken=taken)


def _taken(domain: SendingDomain, operator: str, now: datetime, but: tuple[str, object] | None = None) -> Counter[date]:
    """What each day has let go, or promised to others."""
    condition, values = (but[0], [but[1]]) if but else ("", [])
    held, parameters = _held_for(domain, operator)
    statement = _PROMISED.format(waiting=held + condition)
    today = now.astimezone(UTC).date()
    taken: Counter[date] = Counter()
    for at, count in sql.fetch(statement, *parameters, *values):
        taken[max(today, sql.moment(at).astimezone(UTC).date())] += count
    rows = SendingDay.objects.filter(
        organisation_id=domain.organisation_id, domain=domain.name, operator=operator, day=today
    )
    taken[today] += sum(rows.values_list("let_go", flat=True))
    return taken


def _held_for(domain: SendingDomain, operator: str) -> tuple[str, list[object]]:
    """The condition for what `domain` holds for `operator`, and what it asks for."""
    held = "warm_up_id=%s AND claimed_by IS NULL"
    if operator in DOMAINS:
        mine = f"(destination IN %s OR EXISTS ({_HOSTED} AND operator=%s))"
        return f"{held} AND {mine}", [domain.pk, list(DOMAINS[operator]), operator]
    return f"{held} AND destination NOT IN %s AND NOT EXISTS ({_HOSTED})", [domain.pk, list(ALL_DOMAINS)]


_HOSTED = "SELECT 1 FROM store_hosteddomain h WHERE h.domain = store_recipient.destination"


def holder(domains: Collection[SendingDomain], address: str) -> SendingDomain | None:
    """Which of `domains` is new and holds what leaves from `address`."""
    name = address.rpartition("@")[2].lower()
    return next((one for one in domains if one.name == name and one.may_send and one.warming_since is not None), None)
