"""One connection's worth of work: message after message for the destinations of one lane."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

from bienrecu.delivery.attempt import Attempt, Tools
from bienrecu.delivery.custody import Custody
from bienrecu.delivery.lane import Destination, Seat
from bienrecu.delivery.outcome import Sign
from bienrecu.delivery.ports import Job, Outcome

# Seconds after which a lane's only worker makes room when others have none.
_TURN = 10.0


class Worker:
    """Runs until its lane has nothing to do, wants a pause, or somebody else should have the place. The session, if
    it can serve again, is left in `seat`. `on_trouble` and `on_claim` tell whoever manages the lanes."""

    def __init__(
        self,
        seat: Seat,
        tools: Tools,
        custody: Custody,
        *,
        others_wait: Callable[[], bool],
        on_claim: Callable[[], None],
        on_trouble: Callable[[Outcome], None],
    ) -> None:
        self._seat, self._lane, self._tools, self._custody = seat, seat.lane, tools, custody
        self._others_wait, self._on_claim, self._on_trouble = others_wait, on_claim, on_trouble
        self._began = tools.clock.monotonic()
        self._attempt: Attempt | None = None
        self._is_stopped = False
        self.is_fed = False
        """Whether it has found a message to send yet."""

    @property
    def is_trying(self) -> bool:
        return self._attempt is not None

    @property
    def may_be_out(self) -> bool:
        """Whether a message may be at its final dot: to be cut only when nothing else helps."""
        return self._attempt is not None and self._attempt.may_be_out

    def break_off(self) -> None:
        if self._attempt is not None:
            self._attempt.break_off()

    async def run(self) -> None:
        while self._goes_on() and (found := await self._next()) is not None:
            if not self.is_fed:
                self.is_fed = True
                self._lane.unfed -= 1
            await self._serve(*found)

    def _goes_on(self) -> bool:
        lane, provider, now = self._lane, self._lane.provider, self._tools.clock.monotonic()
        if self._is_stopped or self._custody.is_closing or lane.pace.is_paused(now) or self._has_served_enough():
            return False
        if lane.busy > lane.pace.connections or len(provider.seats) > provider.cap:
            return False
        return (lane.busy == 1 and now - self._began < _TURN) or not self._others_wait()

    def _has_served_enough(self) -> bool:
        channel = self._seat.channel
        return channel is not None and channel.messages >= self._lane.provider.limit.messages_per_connection

    async def _next(self) -> tuple[Destination, Job] | None:
        now = self._tools.clock.monotonic()
        for destination in self._lane.turns(now):
            if self._lane.wants_more(destination, now):
                await self._claim(*self._lane.hungry(destination, now, self._allowance()))
            if destination.jobs:
                return destination, self._lane.take_out(destination)
        return None

    def _allowance(self) -> int:
        return self._custody.allowance(has_none=self._lane.busy == 1 and self._lane.waiting == 0)

    async def _claim(self, destinations: Sequence[Destination], limit: int) -> None:
        if not destinations:
            return
        for one in destinations:
            one.is_claiming = True
        jobs: list[Job] = []
        try:
            jobs = await self._custody.claim([one.name for one in destinations], limit)
        finally:
            counts = Counter(job.destination for job in jobs)
            for one in destinations:
                one.is_claiming = False
                one.more = counts[one.name] == limit
        self._lane.take_in(destinations, jobs, self._tools.clock.monotonic())
        if len(jobs) > 1:
            self._on_claim()

    async def _serve(self, destination: Destination, job: Job) -> None:
        clock = self._tools.clock
        attempt = Attempt(job, destination.route, self._tools, self._seat.channel, self._custody.may_transmit)
        self._attempt, self._seat.since = attempt, clock.monotonic()
        outcome, sign = await self._result(attempt)
        self._attempt, self._seat.channel = None, attempt.channel
        if outcome is not None:
            self._custody.finish(outcome)
            self._learn(sign, outcome)
        elif self._is_stopped:
            self._custody.release([job])
        else:
            self._custody.lose(job)

    async def _result(self, attempt: Attempt) -> tuple[Outcome | None, Sign]:
        clock, interval = self._tools.clock, self._lane.provider.delay(self._seat.since)
        try:
            if interval:
                await clock.sleep(interval)
            return await attempt.run()
        except asyncio.CancelledError:
            self._is_stopped = True
            return attempt.cut_short("we were stopped before the end"), Sign.NONE
        except Exception as error:
            self._tools.observer.fault(attempt.job.id, error)
            outcome = attempt.crashed(error)
            await attempt.hang_up()  # nobody knows what state the session is in
            return outcome, Sign.NONE

    def _learn(self, sign: Sign, outcome: Outcome) -> None:
        lane, clock = self._lane, self._tools.clock
        now, jitter = clock.monotonic(), clock.jitter()
        match sign:
            case Sign.FINE:
                lane.pace.passed(now - self._seat.since)
                return
            case Sign.NONE:
                return
            case Sign.UNREACHABLE if not self._is_alone():
                # The others talk to it at this moment: it will not have one connection more.
                pause = lane.pace.too_fast(now, jitter)
            case Sign.UNREACHABLE:
                pause = lane.pace.unreachable(now, jitter)
            case Sign.TOO_FAST:
                pause = lane.pace.too_fast(now, jitter)
            case Sign.SUSPICIOUS:
                pause = lane.pace.suspicious(now, jitter)
        if pause:
            self._tools.observer.slowed_down(lane.provider.name, outcome.attempt.host, pause, lane.pace.connections)
            self._on_trouble(outcome)

    def _is_alone(self) -> bool:
        seats = self._lane.provider.seats
        return not any(s.channel is not None for s in seats if s.lane is self._lane and s is not self._seat)
