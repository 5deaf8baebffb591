"""Who waits for which servers: providers, lanes to sets of servers, destinations that take turns on them.

A provider's limit holds for all its servers together. What a server makes us learn (a pause, a dead line) concerns the
lane that leads to it and no other: else anybody's broken server would hold up all who use the same operator."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from bienrecu.delivery.channel import Channel
from bienrecu.delivery.limits import Limit
from bienrecu.delivery.pace import Pace
from bienrecu.delivery.ports import Job, Outcome, Route
from bienrecu.protocol.dane import Tlsa

ServerSet = frozenset[tuple[str, int, bool, tuple[Tlsa, ...]]]
"""Names, ports, and how TLS must be verified: a session where it was not may not serve who insists. Preferences
and addresses may change with every answer of the DNS; a session serves all the same."""

# Seconds. The DNS may have changed its mind since.
_LONGEST_ON_ONE_ROUTE = 300.0
# What has been claimed for so long and not begun is given back.
_LONGEST_WAIT = 45.0
# Destinations that are looked at to be claimed for together.
_NEAR = 100
# A connection on which a server lets us wait so long is no burden for us.
_LONG_ATTEMPT = 20.0


def server_set(route: Route) -> ServerSet:
    """What a session is kept for: the servers of `route`, as they are to be spoken to."""
    return frozenset((host.name, host.port, host.require_tls, host.tlsa) for host in route.hosts)


@dataclass(eq=False, slots=True)
class Seat:
    """The place of one connection, from before it is opened until it is closed. `since`: it began its message, or
    its idleness."""

    lane: "Lane"
    since: float
    channel: Channel | None = None
    is_idle: bool = False

    def is_stuck(self, now: float) -> bool:
        return not self.is_idle and now - self.since > _LONG_ATTEMPT


class Room:
    """The connections of one engine, `size` at most. Those that servers keep waiting do not count, up to as many
    again: two hundred mute servers must not silence the engine."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.seats: set[Seat] = set()

    def has_place(self, now: float) -> bool:
        if len(self.seats) < self._size:
            return True
        stuck = sum(seat.is_stuck(now) for seat in self.seats)
        return len(self.seats) - min(stuck, self._size) < self._size


@dataclass(eq=False)
class Provider:
    """Who runs servers, and what they allow. `cap` is this engine's part of the limit's connections. `is_short`: some
    lane has none and wants one. `lanes` have destinations open, the one served longest ago first; `known_lanes` are
    those and the ones remembered."""

    name: str
    limit: Limit
    cap: int
    seats: set[Seat] = field(default_factory=set)
    lanes: "dict[Lane, None]" = field(default_factory=dict)
    is_short: bool = False
    known_lanes: int = 0
    _next_start: float = 0.0

    @property
    def is_full(self) -> bool:
        return len(self.seats) >= self.cap

    def admits(self, lane: "Lane") -> bool:
        """Lanes whose servers fail may hold half of the connections, not all."""
        in_doubt = sum(seat.lane.pace.in_doubt for seat in self.seats)
        return not lane.pace.in_doubt or in_doubt < max(1, self.cap // 2)

    def served(self, lane: "Lane") -> None:
        """It goes to the end."""
        if self.lanes.pop(lane, lane) is None:
            self.lanes[lane] = None

    def delay(self, now: float) -> float:
        """Seconds until the next message may start; that start is then taken."""
        start = max(now, self._next_start)
        self._next_start = start + self.limit.interval * self.limit.connections / max(1, self.cap)
        return start - now


@dataclass(eq=False, slots=True)
class Destination:
    """A domain with work. `more`: there may be more due than `jobs`, which are claimed and wait for a connection."""

    name: str
    route: Route
    opened_at: float
    jobs: deque[Job] = field(default_factory=deque)
    claimed_at: float = 0.0
    more: bool = True
    is_claiming: bool = False

    def can_claim(self, now: float) -> bool:
        return self.more and not self.is_claiming and now - self.opened_at < _LONGEST_ON_ONE_ROUTE

    def is_done(self, now: float) -> bool:
        """When more is due all the same, its way is to be looked for again."""
        return not (self.jobs or self.is_claiming or self.can_claim(now))


class Lane:
    """The way to one set of servers. `registry` has the destinations of all lanes, by name. `failure` is the latest
    outcome while the servers are down."""

    def __init__(self, servers: ServerSet, provider: Provider, registry: dict[str, Destination]) -> None:
        self.servers, self.provider = servers, provider
        self.pace = Pace(provider.limit.connections)
        self.idle: list[Seat] = []
        self.busy = 0
        self.unfed = 0  # of the busy ones, those that have not found a message yet
        self.waiting = 0
        self.failure: Outcome | None = None
        self._registry = registry
        self._turns: deque[Destination] = deque()

    @property
    def has_work(self) -> bool:
        return bool(self._turns)

    def add(self, destination: Destination) -> None:
        self._registry[destination.name] = destination
        self._turns.append(destination)

    def turns(self, now: float) -> Iterator[Destination]:
        """Each destination about once, the one served longest ago first. Those that are done leave."""
        for _ in range(len(self._turns)):
            if not self._turns:
                return
            destination = self._turns.popleft()
            if destination.is_done(now):
                del self._registry[destination.name]
            else:
                self._turns.append(destination)
                yield destination

    def wants_hands(self, now: float, *, can_claim: bool) -> bool:
        """Whether one more worker would find something to do."""
        if self.pace.is_paused(now) or self.busy >= self.pace.connections:
            return False
        offers = self.waiting
        for destination in self._turns:
            if offers > self.unfed or not can_claim:
                break
            offers += destination.can_claim(now)
        return offers > self.unfed

    def wants_more(self, destination: Destination, now: float) -> bool:
        """Whether to claim for `destination` now: at once when it is new, else when little waits on the lane."""
        return destination.can_claim(now) and (not destination.claimed_at or 2 * self.waiting <= self._appetite)

    def hungry(self, first: Destination, now: float, most: int) -> tuple[list[Destination], int]:
        """For whom to claim together with `first`, and how many messages for each, `most` in all: those whose turn
        comes next and who have none. A claim takes as long for many destinations as for one."""
        near = (one for one in islice(self._turns, _NEAR) if one is not first)
        room = min(most, max(1, self._appetite - self.waiting))
        found = [first, *(one for one in near if not one.jobs and one.can_claim(now))][:room]
        return found, room // max(1, len(found))

    @property
    def _appetite(self) -> int:
        return self.pace.appetite(min(self.pace.connections, self.provider.cap))

    def take_in(self, destinations: Sequence[Destination], jobs: Sequence[Job], now: float) -> None:
        by_name = {one.name: one for one in destinations}
        for job in jobs:
            by_name[job.destination].jobs.append(job)
        for one in destinations:
            one.claimed_at = now
        self.waiting += len(jobs)

    def take_out(self, destination: Destination) -> Job:
        self.waiting -= 1
        return destination.jobs.popleft()

    def take_back(self) -> list[Job]:
        """All that waits; it stays due in the queue."""
        jobs: list[Job] = []
        for destination in self._turns:
            jobs += destination.jobs
            destination.more = destination.more or bool(destination.jobs)
            destination.jobs.clear()
        self.waiting = 0
        return jobs

    def take_back_stale(self, now: float) -> list[Job]:
        if self.waiting and any(d.jobs and now - d.claimed_at > _LONGEST_WAIT for d in self._turns):
            return self.take_back()
        return []

    def close(self) -> list[Job]:
        """The destinations leave; what they had waiting is returned."""
        jobs = self.take_back()
        for destination in self._turns:
            destination.more = False
        self.tidy()
        return jobs

    def tidy(self, now: float = 0.0) -> None:
        """Destinations that are done leave."""
        for _ in self.turns(now):
            pass
