"""An engine in a world of fakes, with its clock in the test's hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bienrecu.delivery.engine import Engine
from bienrecu.delivery.observer import Observer
from bienrecu.delivery.ports import Job, Route
from bienrecu.diagnosis import diagnose
from bienrecu.domain.event import Kind
from tests.fake_network import FakeNetwork, Peer
from tests.fakes import FakeClock, FakeQueue, FakeRouter, FakeSigner, Row


class FaultsOfOurs(Observer):
    def __init__(self) -> None:
        self.faults: list[BaseException] = []

    def fault(self, recipient: int | None, error: BaseException) -> None:
        self.faults.append(error)


class World:
    """`servers` are by address; in the fake network a server's address is its name, by default mx.<domain>."""

    def __init__(
        self, servers: dict[str, Peer] | None = None, ways: dict[str, Route | Exception] | None = None
    ) -> None:
        self.clock = FakeClock()
        self.queue = FakeQueue(self.clock)
        self.network = FakeNetwork(self.clock, servers)
        self.router = FakeRouter(ways)
        self.signer = FakeSigner()
        self.observer = FaultsOfOurs()

    def engine(self, queue: FakeQueue | None = None, **settings: Any) -> Engine:
        return Engine(
            queue or self.queue,
            self.router,
            self.network,
            self.clock,
            self.signer,
            diagnose,
            **{"hello_name": "us.example", "observer": self.observer, **settings},
        )

    @asynccontextmanager
    async def running(
        self, *jobs: Job, queue: FakeQueue | None = None, **settings: Any
    ) -> AsyncIterator[asyncio.Event]:
        """Yields the event that stops the engine. In the end it stops at the latest, and left no trace of a fault."""
        self.queue.add(*jobs)
        stop = asyncio.Event()
        task = asyncio.create_task(self.engine(queue, **settings).run(stop))
        try:
            yield stop
        finally:
            stop.set()
            await self.clock.turn(60)
            task.cancel()
        assert task.done()
        assert not self.queue.violations

    async def deliver(self, *jobs: Job, seconds: float = 5, **settings: Any) -> list[Row]:
        """What became of the jobs after so many seconds."""
        async with self.running(*jobs, **settings):
            await self.clock.turn(seconds)
        assert not self.observer.faults
        return [self.queue.rows[job.id] for job in jobs]

    @property
    def kinds(self) -> dict[int, list[Kind]]:
        return {id: row.kinds for id, row in self.queue.rows.items()}

    def received(self) -> list[str]:
        """Recipients of everything that any server took."""
        return [recipient for peer in self.network.peers.values() for recipient, _ in peer.received]
