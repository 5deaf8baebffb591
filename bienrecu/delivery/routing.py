"""Finds the way for destinations with work; what has none at the moment is put off, each message in its own time."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial

from bienrecu.delivery.attempt import Tools
from bienrecu.delivery.custody import Custody
from bienrecu.delivery.dispatch import Dispatch
from bienrecu.delivery.ports import Job, Outcome, Route, RouteError, Router
from bienrecu.domain.reason import Reason

_MOST_LOOKUPS = 200
# Claimed at once where nothing can be sent, and for so many destinations at once: little, since those that can
# be served need the room.
_BATCH = 20
_MOST_BATCHES = 5


class Routing:
    def __init__(self, router: Router, dispatch: Dispatch, custody: Custody, tools: Tools) -> None:
        self._router, self._dispatch, self._custody, self._tools = router, dispatch, custody, tools
        self._waiting: dict[str, None] = {}
        self._looking: dict[str, asyncio.Task[None]] = {}
        self._batches = asyncio.Semaphore(_MOST_BATCHES)

    @property
    def tasks(self) -> set[asyncio.Task[None]]:
        return set(self._looking.values())

    def visit(self, names: Iterable[str]) -> None:
        """Destinations with work due, the most urgent first."""
        self._waiting.clear()
        for name in names:
            destination = self._dispatch.open.get(name)
            if destination is not None:
                destination.more = True
            elif name not in self._looking:
                self._waiting[name] = None
        self._look()

    def _look(self) -> None:
        while self._waiting and len(self._looking) < _MOST_LOOKUPS and not self._custody.is_closing:
            name = next(iter(self._waiting))
            del self._waiting[name]
            task = asyncio.create_task(self._open(name))
            self._looking[name] = task
            task.add_done_callback(partial(self._looked, name))

    def _looked(self, name: str, task: asyncio.Task[None]) -> None:
        del self._looking[name]
        if not task.cancelled() and (error := task.exception()):
            self._tools.observer.fault(None, error)
        self._look()

    async def _open(self, name: str) -> None:
        clock, judge = self._tools.clock, self._tools.judge
        try:
            route = await self._route(name)
        except RouteError as error:
            no_route = error
            self._tools.observer.no_route(name, error.reason, error.permanent)
            await self._put_off(name, lambda job: judge.no_route(job, no_route, clock.now(), jitter=clock.jitter()))
            return
        if failure := self._dispatch.failure_of(route):
            await self._put_off(name, lambda job: judge.same_trouble(job, failure, clock.now(), jitter=clock.jitter()))
        elif not self._custody.is_closing:
            self._dispatch.add(name, route)

    async def _route(self, name: str) -> Route:
        try:
            return await self._router.route(name)
        except RouteError:
            raise
        except Exception as error:
            self._tools.observer.fault(None, error)
            detail = f"a fault of ours ({type(error).__name__})"
            raise RouteError(Reason.DNS_TEMPORARY, detail, permanent=False) from error

    async def _put_off(self, name: str, conclude: Callable[[Job], Outcome]) -> None:
        found = _BATCH
        while found == _BATCH:
            async with self._batches:
                jobs = await self._custody.claim([name], _BATCH)
                recorded = [self._custody.finish(conclude(job)) for job in jobs]
                if recorded:
                    await asyncio.wait(recorded)
            found = len(jobs)
