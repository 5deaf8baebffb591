"""The engine: looks at what is due, sees that it gets to its servers, stops in good order.

    agenda ─► Routing ─ a way ──► Dispatch ─► Lane ─► Worker ─► Attempt ─► Outcome ─► Custody ─► queue
                      └ none, or its servers are down ──────────────────────────────►

Nothing here waits for a server or for the DNS: one destination's trouble never delays another's."""

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import timedelta

from bienrecu.delivery.attempt import Tools
from bienrecu.delivery.custody import Custody, growing_pause
from bienrecu.delivery.dispatch import Dispatch
from bienrecu.delivery.limits import Limit
from bienrecu.delivery.observer import Observer
from bienrecu.delivery.outcome import Diagnose, Judge
from bienrecu.delivery.ports import Clock, Network, Queue, Router, Share, Signer
from bienrecu.delivery.routing import Routing
from bienrecu.domain.retry import RetryRule

# Seconds.
_BEAT_EVERY = 3.0
_TEND_EVERY = 1.0
_GAUGES_EVERY = 15.0
_SHORTEST_TURN = 0.02
# To record what was cut at the end of the grace.
_LAST_SECONDS = 3.0


class Engine:
    """`hello_name` is our name in EHLO. `limits`, by provider, go before the table of `limits.py`. `lost_answer_wait`:
    see Judge. `patience`, in ]0, 1], shortens every wait for a server. Seconds: `idle_seconds` that a session waits
    for another message, `grace` that messages on their way get when the engine stops."""

    def __init__(
        self,
        queue: Queue,
        router: Router,
        network: Network,
        clock: Clock,
        signer: Signer,
        diagnose: Diagnose,
        *,
        hello_name: str,
        observer: Observer | None = None,
        retry: RetryRule | None = None,
        lost_answer_wait: timedelta = timedelta(minutes=15),
        limits: Mapping[str, Limit] | None = None,
        max_connections: int = 200,
        max_claimed: int = 500,
        idle_seconds: float = 4.0,
        patience: float = 1.0,
        grace: float = 20.0,
    ) -> None:
        self._queue, self._clock, self._grace = queue, clock, grace
        self._observer = observer or Observer()
        judge = Judge(diagnose, retry or RetryRule(), lost_answer_wait)
        tools = Tools(network, clock, signer, judge, self._observer, hello_name, patience)
        self._custody = Custody(queue, clock, self._observer, max_claimed)
        self._dispatch = Dispatch(
            tools,
            self._custody,
            limits=limits or {},
            max_connections=max_connections,
            idle_seconds=idle_seconds,
        )
        self._routing = Routing(router, self._dispatch, self._custody, tools)
        self._share: Share | None = None
        self._done_at: dict[str, float] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set, then at most `grace` seconds and a few more. To be called once."""
        failures = 0
        try:
            while not stop.is_set():
                try:
                    await self._turn(stop)
                    failures = 0
                except Exception as error:
                    failures += 1
                    pause = growing_pause(failures)
                    self._observer.queue_failed("agenda", type(error).__name__, pause)
                    await _first(stop.wait(), self._clock.sleep(pause))
        finally:
            await self._wind_down()

    async def _turn(self, stop: asyncio.Event) -> None:
        began = self._clock.monotonic()
        await self._beat()
        agenda = await self._queue.agenda()
        now = self._clock.now()
        due = sorted((at, name) for name, at in agenda.items() if at <= now)
        self._routing.visit(name for _, name in due)
        self._tend()
        next_due = min((at for at in agenda.values() if at > now), default=now + timedelta(seconds=_TEND_EVERY))
        # A large agenda takes its time: no more than a fifth of ours.
        breath = max(_SHORTEST_TURN, 4 * (self._clock.monotonic() - began))
        await _first(stop.wait(), self._clock.sleep(breath))
        await _first(stop.wait(), self._queue.wait(min((next_due - now).total_seconds(), _TEND_EVERY)))

    async def _beat(self) -> None:
        if not self._is_time_for("beat", _BEAT_EVERY):
            return
        try:
            share = await self._queue.beat()
        except Exception:
            del self._done_at["beat"]
            raise
        if share != self._share:
            (self._observer.share_changed if self._share else self._observer.started)(share)
            self._share = share
            self._dispatch.take_share(share)

    def _tend(self) -> None:
        if self._is_time_for("tend", _TEND_EVERY):
            self._dispatch.tend()
        if self._is_time_for("gauges", _GAUGES_EVERY):
            dispatch = self._dispatch
            self._observer.gauges(dispatch.connections, self._custody.claimed, len(dispatch.open))

    def _is_time_for(self, what: str, every: float) -> bool:
        now = self._clock.monotonic()
        if now - self._done_at.get(what, float("-inf")) < every:
            return False
        self._done_at[what] = now
        return True

    async def _wind_down(self) -> None:
        self._observer.stopping()
        self._custody.is_closing = True
        self._dispatch.stop()
        await self._wait_for_ends(self._grace)
        self._dispatch.break_off()
        await self._wait_for_ends(_LAST_SECONDS)
        for task in self._tasks:
            task.cancel()
        await self._wait_for_ends(_LAST_SECONDS)
        self._observer.stopped()

    async def _wait_for_ends(self, seconds: float) -> None:
        """Until nothing is under way, for so long at most. Meanwhile this engine lives, and says so."""
        ends_at = self._clock.monotonic() + seconds
        while (tasks := self._tasks) and self._clock.monotonic() < ends_at:
            await _first(asyncio.wait(tasks), self._clock.sleep(_TEND_EVERY))
            try:
                await self._beat()
            except Exception as error:
                self._observer.queue_failed("beat", type(error).__name__, _TEND_EVERY)

    @property
    def _tasks(self) -> set[asyncio.Task[None]]:
        return self._dispatch.tasks | self._routing.tasks | self._custody.tasks


async def _first(*awaitables: Awaitable[object]) -> None:
    """Until one of them is done; raises what it raised. The others are cancelled."""
    tasks = [asyncio.ensure_future(awaitable) for awaitable in awaitables]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
