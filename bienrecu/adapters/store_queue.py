"""The engine's queue over the database.

One thread writes. Whatever results and notes wait when it is free go into one commit: a commit costs the same for
one as for a hundred. No more than that, since what is uncommitted when a process dies may be sent twice."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

import psycopg
from django.db import connection

from bienrecu.adapters.domain_keys import DomainKeys
from bienrecu.adapters.relay_accounts import RelayAccounts
from bienrecu.delivery.ports import Clock, Content, Job, Outcome, Share
from bienrecu.domain.address import Address
from bienrecu.domain.relay_account import account_of
from bienrecu.returns.return_path import ReturnPaths
from bienrecu.store import queue
from bienrecu.store.content import unpack
from bienrecu.store.models import Attempt, MessageContent

T = TypeVar("T")

_MOST_PER_COMMIT = 100
# SQLite cannot call: so often it is asked whether others have written, which takes a few microseconds.
_LOOK_EVERY = 0.05
_KEPT_MESSAGES = 64
_KEPT_OCTETS = 64 * 1024 * 1024


class StoreQueue:
    """The Queue port of `delivery/ports.py`. `engine` is this engine's id, `host` the machine's name."""

    def __init__(
        self,
        engine: str,
        host: str,
        paths: ReturnPaths,
        clock: Clock,
        domains: DomainKeys | None = None,
        accounts: RelayAccounts | None = None,
    ) -> None:
        self._engine, self._host, self._paths, self._clock = engine, host, paths, clock
        self._domains = domains or DomainKeys(clock)
        self._accounts = accounts or RelayAccounts(clock)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="queue")
        self._batch = _Batch(self, self._write)
        self._contents = _Contents()
        self._held: set[int] = set()
        self._in_doubt = False  # a claim failed, perhaps after it was made
        self._version = 0  # of SQLite's data, when it was last looked at
        self._listener: psycopg.AsyncConnection[Any] | None = None

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, _checked, function, *args)

    async def agenda(self) -> dict[str, datetime]:
        return await self.run(queue.agenda)

    async def claim(self, destinations: Sequence[str], limit: int) -> list[Job]:
        try:
            jobs: list[Job] = await self.run(self._claim, destinations, limit)
        except Exception:
            self._in_doubt = True
            raise
        self._held.update(job.id for job in jobs)
        return jobs

    def _claim(self, destinations: Sequence[str], limit: int) -> list[Job]:
        return [self._job(row) for row in queue.claim(self._engine, destinations, limit, self._clock.now())]

    def _job(self, row: queue.Claimed) -> Job:
        dictionary, tail = self._contents.get(row.message_id)
        from_domain = row.author_address.rpartition("@")[2].lower()
        local, _, domain = row.address.rpartition("@")
        return Job(
            id=row.id,
            destination=row.destination,
            reverse_path=self._reverse_path(row, from_domain),
            recipient=Address(local, domain),
            envid=row.token,
            from_domain=from_domain,
            content=Content(unpack(bytes(row.head), dictionary), tail),
            due_since=row.due_since,
            failed_attempts=row.failed_attempts,
            lost_answers=row.lost_answers,
        )

    def _reverse_path(self, row: queue.Claimed, from_domain: str) -> str:
        """Signed by us, at the sending domain where it leads back to us; or what an account insists on."""
        own = self._domains.read(from_domain)
        account = account_of(row.destination)
        insists = self._accounts.read(account) if account is not None else None
        return (insists.reverse_path if insists else "") or self._paths.address(row.token, own.returns)

    def _write(self, things: Sequence[Outcome | int]) -> set[int]:
        """Outcomes, and notes that a message may go out, by its number; returns those that may."""
        results = [_result(thing) for thing in things if isinstance(thing, Outcome)]
        notes = [thing for thing in things if not isinstance(thing, Outcome)]
        return queue.write(self._engine, results, notes)

    async def transmitting(self, job: Job) -> bool:
        return job.id in await self._batch.add(job.id)

    async def finish(self, outcome: Outcome) -> None:
        await self._batch.add(outcome)
        self._held.discard(outcome.job.id)

    async def release(self, jobs: Sequence[Job]) -> None:
        await self.run(queue.release, self._engine, [job.id for job in jobs])
        self._held.difference_update(job.id for job in jobs)

    async def beat(self) -> Share:
        if self._in_doubt:
            await self.run(queue.release_others, self._engine, set(self._held))
            self._in_doubt = False
        alive = await self.run(queue.beat, self._engine, self._host, self._clock.now())
        return Share(alive.index(self._engine), len(alive))

    async def leave(self) -> None:
        """The engine stops in good order; nothing may be called afterwards."""
        await self.run(queue.leave, self._engine)
        await self.run(_close)
        self._thread.shutdown()
        if self._listener is not None:
            await self._listener.close()

    async def wait(self, timeout: float) -> None:
        if connection.vendor == "postgresql":
            await self._wait_for_call(timeout)
        else:
            await self._wait_for_change(timeout)

    async def _wait_for_change(self, timeout: float) -> None:
        ends_at = self._clock.monotonic() + timeout
        while (left := ends_at - self._clock.monotonic()) > 0:
            await self._clock.sleep(min(left, _LOOK_EVERY))
            version = await self.run(queue.version)
            if version != self._version:
                self._version = version
                return

    async def _wait_for_call(self, timeout: float) -> None:
        if self._listener is None or self._listener.closed:
            known = connection.get_connection_params()
            where = {name: known[name] for name in ("dbname", "user", "password", "host", "port") if known.get(name)}
            self._listener = await psycopg.AsyncConnection.connect(**where, autocommit=True)
            await self._listener.execute(f"LISTEN {queue.CHANNEL}")
            return  # what was called before we listened is on the agenda
        async for _ in self._listener.notifies(timeout=timeout, stop_after=1):
            pass


def _checked(function: Callable[..., T], *args: Any) -> T:
    """A database that restarted costs one failed call, not every later one."""
    try:
        return function(*args)
    except Exception:
        connection.close_if_unusable_or_obsolete()
        raise


def _close() -> None:
    connection.close()  # named here, it is the one of the thread that runs this


_Entry = tuple[Any, "asyncio.Future[Any]"]


class _Batch:
    """Things to write, gathered while the thread is busy. Everybody whose thing was written gets the same answer."""

    def __init__(self, owner: StoreQueue, write: Callable[[list[Any]], Any]) -> None:
        self._owner, self._write = owner, write
        self._waiting: deque[_Entry] = deque()
        self._writer: asyncio.Task[None] | None = None

    async def add(self, thing: Any) -> Any:
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((thing, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        return await done

    async def _write_all(self) -> None:
        while self._waiting:
            await self._settle([self._waiting.popleft()], self._write_with_those_waiting)

    async def _settle(self, batch: list[_Entry], write: Callable[[list[_Entry]], Any]) -> None:
        try:
            answer = await self._owner.run(write, batch)
        except Exception as error:
            kinds = {type(thing) for thing, _ in batch}
            if len(kinds) > 1:  # an outcome that cannot be written must not hold back the notes, nor they the outcomes
                for kind in kinds:
                    await self._settle([entry for entry in batch if type(entry[0]) is kind], self._write_these)
                return
            for _, done in batch:
                if not done.done():
                    done.set_exception(error)
        else:
            for _, done in batch:
                if not done.done():
                    done.set_result(answer)

    def _write_these(self, batch: list[_Entry]) -> Any:
        return self._write([thing for thing, _ in batch])

    def _write_with_those_waiting(self, batch: list[_Entry]) -> Any:
        """In the thread, so that what came while it did something else goes into the same commit."""
        while self._waiting and len(batch) < _MOST_PER_COMMIT:
            batch.append(self._waiting.popleft())
        return self._write_these(batch)


class _Contents:
    """The shared part of the messages being sent, the latest used ones, bounded in number and size."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[bytes, bytes]] = OrderedDict()

    def get(self, message_id: int) -> tuple[bytes, bytes]:
        """Dictionary and tail."""
        if message_id not in self._kept:
            row = MessageContent.objects.get(message_id=message_id)
            self._kept[message_id] = bytes(row.dictionary), bytes(row.tail)
            while len(self._kept) > 1 and (len(self._kept) > _KEPT_MESSAGES or self._size() > _KEPT_OCTETS):
                self._kept.popitem(last=False)
        self._kept.move_to_end(message_id)
        return self._kept[message_id]

    def _size(self) -> int:
        return sum(len(dictionary) + len(tail) for dictionary, tail in self._kept.values())


def _result(outcome: Outcome) -> queue.Result:
    record, sent = outcome.attempt, outcome.sent
    return queue.Result(
        recipient_id=outcome.job.id,
        kind=outcome.kind,
        reason=outcome.reason,
        attempt=Attempt(
            recipient_id=outcome.job.id,
            started_at=record.started_at,
            ended_at=record.ended_at,
            host=record.host,
            ip=record.ip,
            tls=record.tls,
            stage=record.stage,
            reply=record.reply,
            transcript=record.transcript,
        ),
        next_attempt_at=outcome.next_attempt_at,
        signatures=sent.signatures if sent else b"",
        sha256=sent.sha256 if sent else "",
        certainty=outcome.certainty,
    )
