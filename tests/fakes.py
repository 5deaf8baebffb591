"""The engine's ports, in memory: a clock turned by hand, a queue, a way, a network of scripted mail servers."""

import asyncio
import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bienrecu.delivery.ports import Content, Host, Job, Outcome, Route, RouteError, Share
from bienrecu.domain.address import Address
from bienrecu.domain.event import Kind

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


class FakeClock:
    """Stands still until turned. `dice` are what `jitter` gives, then 0."""

    def __init__(self, at: datetime = NOON) -> None:
        self._began = at
        self.elapsed = 0.0
        self.dice: list[float] = []
        self._count = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    def jitter(self) -> float:
        return self.dice.pop(0) if self.dice else 0.0

    async def sleep(self, seconds: float) -> None:
        wakes = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.elapsed + max(seconds, 0.0), next(self._count), wakes))
        await wakes

    async def turn(self, seconds: float) -> None:
        """Lets so much time pass, everybody waking and acting at their moment."""
        until = self.elapsed + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            self.elapsed, _, wakes = heapq.heappop(self._sleepers)
            if not wakes.done():
                wakes.set_result(None)
                await settle()
        self.elapsed = until
        await settle()


async def settle() -> None:
    """Until nobody can go on without the clock."""
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    await asyncio.sleep(0)
    while ready:
        await asyncio.sleep(0)


def job(id: int, address: str = "", **fields: Any) -> Job:
    local, _, domain = (address or f"paul{id}@example.org").rpartition("@")
    return Job(
        **{
            "id": id,
            "destination": domain,
            "reverse_path": f"r.{id}@returns.example.net",
            "recipient": Address(local, domain),
            "envid": f"token{id}",
            "from_domain": "of-exemple.fr",
            "content": Content(f"Subject: {id}\r\n\r\n".encode(), b"Bonjour\r\n"),
            "due_since": NOON,
            **fields,
        }
    )


@dataclass
class Row:
    """One recipient as the queue knows it; `outcomes` in the order they were recorded."""

    job: Job
    due_at: datetime | None
    claimed_by: str = ""
    transmitting: bool = False
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def kinds(self) -> list[Kind]:
        return [outcome.kind for outcome in self.outcomes]


class FakeQueue:
    """One engine's view of the queue; `beside` gives another engine's view of the same. While `is_down` every method
    raises. `claims` are how many were asked for and given, by destination; `violations` what an engine must not do."""

    def __init__(self, clock: FakeClock, engine: str = "one") -> None:
        self.clock, self.engine = clock, engine
        self.is_down = False
        self.rows: dict[int, Row] = {}
        self.alive: dict[str, datetime] = {}
        self.claims: list[tuple[str, int, int]] = []
        self.violations: list[str] = []
        self._news = asyncio.Event()

    def beside(self, engine: str) -> "FakeQueue":
        other = FakeQueue(self.clock, engine)
        other.rows, other.alive, other.violations, other._news = self.rows, self.alive, self.violations, self._news
        return other

    def add(self, *jobs: Job, due_at: datetime | None = None) -> None:
        for job in jobs:
            self.rows[job.id] = Row(job, due_at or self.clock.now())
        self._news.set()

    @property
    def claimed(self) -> list[int]:
        return [id for id, row in self.rows.items() if row.claimed_by]

    async def agenda(self) -> dict[str, datetime]:
        self._check()
        found: dict[str, datetime] = {}
        for row in self.rows.values():
            if row.due_at and not row.claimed_by:
                name = row.job.destination
                found[name] = min(found.get(name, row.due_at), row.due_at)
        return found

    async def claim(self, destinations: Sequence[str], limit: int) -> list[Job]:
        self._check()
        return [job for name in destinations for job in self._claim(name, limit)]

    def _claim(self, destination: str, limit: int) -> list[Job]:
        due = [
            row
            for row in self.rows.values()
            if row.job.destination == destination
            and row.due_at
            and row.due_at <= self.clock.now()
            and not row.claimed_by
        ]
        taken = sorted(due, key=lambda row: row.due_at or NOON)[:limit]
        self.claims.append((destination, limit, len(taken)))
        for row in taken:
            row.claimed_by = self.engine
        return [row.job for row in taken]

    async def transmitting(self, job: Job) -> bool:
        self._check()
        row = self.rows[job.id]
        row.transmitting = row.transmitting or row.claimed_by == self.engine
        return row.claimed_by == self.engine

    async def finish(self, outcome: Outcome) -> None:
        self._check()
        row = self.rows[outcome.job.id]
        row.outcomes.append(outcome)
        if row.claimed_by != self.engine:
            self.violations.append(f"{self.engine} finished {outcome.job.id}, which {row.claimed_by or 'nobody'} holds")
            return
        lost = outcome.kind is Kind.LINE_LOST
        row.job = replace(
            row.job,
            failed_attempts=row.job.failed_attempts + (outcome.next_attempt_at is not None),
            lost_answers=row.job.lost_answers + lost,
        )
        row.claimed_by, row.transmitting, row.due_at = "", False, outcome.next_attempt_at

    async def release(self, jobs: Sequence[Job]) -> None:
        self._check()
        for job in jobs:
            row = self.rows[job.id]
            if row.transmitting and row.claimed_by == self.engine:
                self.violations.append(f"{self.engine} released {job.id}, which it may have transmitted")
            elif row.claimed_by == self.engine:
                row.claimed_by = ""
        self._news.set()

    async def beat(self) -> Share:
        self._check()
        self.alive[self.engine] = self.clock.now()
        for engine, at in list(self.alive.items()):
            if at < self.clock.now() - timedelta(seconds=15):
                self._bury(engine)
        names = sorted(self.alive)
        return Share(names.index(self.engine), len(names))

    def _bury(self, engine: str) -> None:
        del self.alive[engine]
        for row in self.rows.values():
            if row.claimed_by == engine:
                row.claimed_by, row.transmitting = "", False

    async def wait(self, timeout: float) -> None:
        self._check()
        self._news.clear()
        news, time = asyncio.ensure_future(self._news.wait()), asyncio.ensure_future(self.clock.sleep(timeout))
        try:
            await asyncio.wait([news, time], return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
            time.cancel()

    def _check(self) -> None:
        if self.is_down:
            raise ConnectionError("the database restarts")


class FakeRouter:
    """`ways` are routes or errors by domain; a domain without one leads to its own mx at an address of its own."""

    def __init__(self, ways: dict[str, Route | Exception] | None = None) -> None:
        self.ways = ways or {}
        self.asked: list[str] = []

    async def route(self, domain: str) -> Route:
        self.asked.append(domain)
        way = self.ways.get(domain) or route_to(f"mx.{domain}", provider=domain)
        if isinstance(way, Exception):
            raise way
        return way


def route_to(*names: str, provider: str = "example.org", is_final: bool = True) -> Route:
    """Servers whose address in the fake network is their name."""
    return Route(tuple(Host(name, (name,)) for name in names), provider, is_final)


def no_route(reason: Any, *, permanent: bool) -> RouteError:
    return RouteError(reason, "the DNS says so", permanent=permanent)


class FakeSigner:
    def sign(self, content: Content, from_domain: str) -> bytes:
        return f"DKIM-Signature: d={from_domain}\r\n".encode()
