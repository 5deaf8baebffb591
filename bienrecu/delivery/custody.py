"""The messages this engine answers for: what it has claimed, it finishes or gives back, whatever the queue does."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from bienrecu.delivery.observer import Observer, tell
from bienrecu.delivery.ports import Clock, Job, Outcome, Queue

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 15.0


def growing_pause(failures: int) -> float:
    """Seconds to wait for the queue after so many failures in a row (>= 1)."""
    return min(_FIRST_PAUSE * 2.0 ** min(failures - 1, 10), _LONGEST_PAUSE)


class Custody:
    """Claimed messages, `size` of them at most. Outcomes are recorded in the background: no server waits for our
    database, and what comes together goes into one commit."""

    def __init__(self, queue: Queue, clock: Clock, observer: Observer, size: int) -> None:
        self._queue, self._clock, self._observer, self._size = queue, clock, observer, size
        self._recording: set[asyncio.Task[None]] = set()
        self.claimed = 0
        self.is_closing = False

    @property
    def room(self) -> int:
        return 0 if self.is_closing else self._size - self.claimed

    def allowance(self, *, has_none: bool) -> int:
        """What one claim may take: a part of the room, the last quarter of which is for lanes that have none yet."""
        room = self.room if has_none else self.room - self._size // 4
        return max(0, min(room, max(1, room // 4)))

    @property
    def tasks(self) -> set[asyncio.Task[None]]:
        """What is not recorded yet."""
        return set(self._recording)

    async def claim(self, destinations: Sequence[str], limit: int) -> list[Job]:
        """Up to `limit` messages of each, fewer when there is no room. When the queue fails, nothing: what is due
        stands on the next agenda."""
        limit = min(limit, self.room // len(destinations))
        if limit <= 0:
            return []
        most = limit * len(destinations)
        self.claimed += most
        jobs: list[Job] = []
        try:
            jobs = await self._queue.claim(destinations, limit)
        except Exception as error:
            self._observer.queue_failed("claim", type(error).__name__, 0.0)
        finally:
            self.claimed += len(jobs) - most
        if self.is_closing:
            self.release(jobs)
            return []
        return jobs

    async def may_transmit(self, job: Job) -> bool:
        """Raises what the queue raises."""
        return await self._queue.transmitting(job)

    def finish(self, outcome: Outcome) -> asyncio.Task[None]:
        """The task ends when it is recorded."""
        tell(self._observer, outcome)
        return self._record("finish", lambda: self._queue.finish(outcome), 1)

    def release(self, jobs: Sequence[Job]) -> None:
        if jobs:
            self._observer.released(len(jobs))
            self._record("release", lambda: self._queue.release(jobs), len(jobs))

    def lose(self, job: Job) -> None:
        """Somebody else has claimed it meanwhile."""
        self._observer.claim_lost(job.id)
        self.claimed -= 1

    def _record(self, doing: str, call: Callable[[], Awaitable[None]], count: int) -> asyncio.Task[None]:
        task = asyncio.create_task(self._insist(doing, call, count))
        self._recording.add(task)
        task.add_done_callback(self._recording.discard)
        return task

    async def _insist(self, doing: str, call: Callable[[], Awaitable[None]], count: int) -> None:
        # While this engine lives nobody else takes its claims: forgetting one would leave a message for ever.
        failures = 0
        while True:
            try:
                await call()
            except Exception as error:
                failures += 1
                pause = growing_pause(failures)
                self._observer.queue_failed(doing, type(error).__name__, pause)
                await self._clock.sleep(pause)
            else:
                self.claimed -= count
                return
