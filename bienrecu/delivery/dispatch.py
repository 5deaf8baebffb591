"""Puts workers on lanes, within what the engine, the providers and the servers bear."""

import asyncio
from collections.abc import Mapping

from bienrecu.delivery.attempt import Tools, hang_up
from bienrecu.delivery.custody import Custody
from bienrecu.delivery.lane import Destination, Lane, Provider, Room, Seat, ServerSet, server_set
from bienrecu.delivery.limits import Limit, limit_for
from bienrecu.delivery.ports import Outcome, Route, Share
from bienrecu.delivery.share import share_of
from bienrecu.delivery.worker import Worker


class Dispatch:
    """`limits` are this installation's own; the others as in Engine."""

    def __init__(
        self,
        tools: Tools,
        custody: Custody,
        *,
        limits: Mapping[str, Limit],
        max_connections: int,
        idle_seconds: float,
    ) -> None:
        self._tools, self._custody, self._limits, self._idle_seconds = tools, custody, limits, idle_seconds
        self._room = Room(max_connections)
        self._share = Share()
        self._providers: dict[str, Provider] = {}
        self._lanes: dict[tuple[str, ServerSet], Lane] = {}
        self._short_of_room: dict[str, None] = {}
        self._workers: dict[asyncio.Task[None], Worker] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self.open: dict[str, Destination] = {}

    @property
    def connections(self) -> int:
        return len(self._room.seats)

    @property
    def tasks(self) -> set[asyncio.Task[None]]:
        return self._workers.keys() | self._closing

    def take_share(self, share: Share) -> None:
        self._share = share
        for provider in self._providers.values():
            provider.cap = share_of(provider.limit.connections, provider.name, share)

    def failure_of(self, route: Route) -> Outcome | None:
        """While the route's servers are down, how the latest attempt ended."""
        lane = self._lane(route)
        return lane.failure if lane.pace.is_down(self._now()) else None

    def add(self, name: str, route: Route) -> None:
        """A destination with work due. It is in `open` until it has none left."""
        lane = self._lane(route)
        lane.add(Destination(name, route, self._now()))
        lane.provider.lanes.setdefault(lane)
        self._staff(lane.provider)

    def tend(self) -> None:
        """To be called about every second: what only time brings about."""
        now = self._now()
        for lane in list(self._lanes.values()):
            for seat in [seat for seat in lane.idle if now - seat.since > self._idle_seconds]:
                self._dismiss(seat)
            self._custody.release(lane.take_back_stale(now))
            lane.tidy(now)
            self._forget(lane, now)
        for provider in list(self._providers.values()):
            self._staff(provider)

    def stop(self) -> None:
        """Gives back what has not begun, breaks off what is not at its final dot."""
        for lane in self._lanes.values():
            self._custody.release(lane.close())
            for seat in lane.idle[:]:
                self._dismiss(seat)
        for task, worker in self._workers.items():
            if worker.is_trying and not worker.may_be_out:
                task.cancel()

    def break_off(self) -> None:
        """Cuts every line: what was under way ends with what is known of it."""
        for worker in self._workers.values():
            worker.break_off()

    def _now(self) -> float:
        return self._tools.clock.monotonic()

    def _lane(self, route: Route) -> Lane:
        key = route.provider, server_set(route)
        if key not in self._lanes:
            provider = self._provider(route.provider)
            provider.known_lanes += 1
            self._lanes[key] = Lane(key[1], provider, self.open)
        return self._lanes[key]

    def _provider(self, name: str) -> Provider:
        if name not in self._providers:
            limit = limit_for(name, self._limits)
            self._providers[name] = Provider(name, limit, share_of(limit.connections, name, self._share))
        return self._providers[name]

    def _forget(self, lane: Lane, now: float) -> None:
        provider = lane.provider
        if lane.has_work or lane.busy or any(seat.lane is lane for seat in provider.seats):
            return
        provider.lanes.pop(lane, None)
        if lane.pace.is_forgotten(now):
            del self._lanes[provider.name, lane.servers]
            provider.known_lanes -= 1
        if not provider.known_lanes and not provider.seats:
            del self._providers[provider.name]

    def _staff(self, provider: Provider) -> None:
        """First one connection for each lane, then more where nobody is left without."""
        if self._custody.is_closing:
            return
        provider.is_short = False
        for lane in [lane for lane in provider.lanes if lane.busy == 0]:
            self._put_to_work(lane)
        if not self._is_short(provider):
            for lane in list(provider.lanes):
                while self._put_to_work(lane):
                    pass

    def _is_short(self, provider: Provider) -> bool:
        return provider.is_short or bool(self._short_of_room)

    def _seat(self, lane: Lane, now: float) -> Seat | None:
        provider = lane.provider
        if lane.idle:
            seat = lane.idle.pop()
            seat.is_idle, seat.since = False, now
            return seat
        if not provider.admits(lane):
            return None
        if provider.is_full:
            provider.is_short = provider.is_short or lane.busy == 0
            self._evict(provider.seats)
        elif not self._room.has_place(now):
            if lane.busy == 0:
                self._short_of_room.setdefault(provider.name)
            self._evict(self._room.seats)
        else:
            seat = Seat(lane, now)
            provider.seats.add(seat)
            self._room.seats.add(seat)
            return seat
        return None

    def _evict(self, seats: set[Seat]) -> None:
        """Whoever idles longest makes room; its going calls those who wait."""
        idle = [seat for seat in seats if seat.is_idle]
        if idle:
            self._dismiss(min(idle, key=lambda seat: seat.since))

    def _put_to_work(self, lane: Lane) -> bool:
        """Whether the lane got one more worker."""
        now, provider = self._now(), lane.provider
        allowance = self._custody.allowance(has_none=lane.busy == 0 and lane.waiting == 0)
        if not lane.wants_hands(now, can_claim=allowance > 0):
            return False
        seat = self._seat(lane, now)
        if seat is None:
            return False
        lane.busy += 1
        lane.unfed += 1
        worker = Worker(
            seat,
            self._tools,
            self._custody,
            others_wait=lambda: self._is_short(provider),
            on_claim=lambda: self._staff(provider),
            on_trouble=lambda outcome: self._trouble(lane, outcome),
        )
        task = asyncio.create_task(worker.run())
        self._workers[task] = worker
        task.add_done_callback(lambda task: self._leave(task, seat))
        return True

    def _leave(self, task: asyncio.Task[None], seat: Seat) -> None:
        worker, lane, now = self._workers.pop(task), seat.lane, self._now()
        lane.busy -= 1
        lane.unfed -= not worker.is_fed
        lane.provider.served(lane)
        if lane.pace.is_paused(now):
            self._give_up_waiting(lane)
        if self._can_serve_again(seat, now):
            seat.is_idle, seat.since = True, now
            lane.idle.append(seat)
        else:
            self._dismiss(seat)
        self._staff(lane.provider)
        if not task.cancelled() and (error := task.exception()):
            self._tools.observer.fault(None, error)

    def _can_serve_again(self, seat: Seat, now: float) -> bool:
        channel, lane = seat.channel, seat.lane
        return (
            channel is not None
            and channel.usable
            and channel.messages < lane.provider.limit.messages_per_connection
            and not lane.pace.is_paused(now)
            and len(lane.provider.seats) <= lane.provider.cap
            and not self._is_short(lane.provider)
            and not self._custody.is_closing
        )

    def _trouble(self, lane: Lane, outcome: Outcome) -> None:
        lane.failure = outcome
        self._give_up_waiting(lane)

    def _give_up_waiting(self, lane: Lane) -> None:
        """A lane pauses: what waits on it goes back to the queue, or when its servers are down, is put off."""
        if not lane.pace.is_down(self._now()) or lane.failure is None:
            self._custody.release(lane.take_back())
            return
        for job in lane.close():
            now, jitter = self._tools.clock.now(), self._tools.clock.jitter()
            self._custody.finish(self._tools.judge.same_trouble(job, lane.failure, now, jitter=jitter))

    def _dismiss(self, seat: Seat) -> None:
        if seat.is_idle:
            seat.is_idle = False
            seat.lane.idle.remove(seat)
        channel, seat.channel = seat.channel, None
        if channel is None:
            self._free(seat)
            return
        task = asyncio.create_task(hang_up(channel, self._tools.observer))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        task.add_done_callback(lambda _: self._free(seat))

    def _free(self, seat: Seat) -> None:
        self._room.seats.discard(seat)
        seat.lane.provider.seats.discard(seat)
        for name in [*self._short_of_room, seat.lane.provider.name]:
            self._short_of_room.pop(name, None)
            if name in self._providers:
                self._staff(self._providers[name])
