"""The main job over real sockets: post, deliver to the simulator's servers, take back what they return."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from bienrecu.adapters.relay_router import SimulatorRouter
from bienrecu.adapters.return_receiver import ReturnReceiver
from bienrecu.adapters.return_store import ReturnStore
from bienrecu.adapters.store_queue import StoreQueue
from bienrecu.adapters.stream_network import StreamNetwork
from bienrecu.adapters.system_clock import SystemClock
from bienrecu.delivery.engine import Engine
from bienrecu.delivery.ports import Content, RouteError
from bienrecu.diagnosis import diagnose
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Flag, Status
from bienrecu.returns.return_path import ReturnPaths
from bienrecu.simulator.server import Simulator
from bienrecu.simulator.settings import SimulatorSettings
from bienrecu.store.models import Recipient, Suppression
from tests.site.parties import posted

pytestmark = pytest.mark.django_db(transaction=True)
PATHS = ReturnPaths(b"k" * 32, "r.{token}@returns.exemple.test")


class NoWay:
    async def route(self, domain: str) -> None:
        raise RouteError(Reason.DOMAIN_UNKNOWN, f"{domain} does not exist", permanent=True)


class Unsigned:
    def sign(self, content: Content, from_domain: str) -> bytes:
        return b""


@asynccontextmanager
async def running(engines: int = 1) -> AsyncIterator[None]:
    """Engines, receiver of returns and simulator, ten times as fast as life."""
    receiver = ReturnReceiver(ReturnStore().keep, PATHS, "127.0.0.1", 0, "returns.exemple.test")
    returns_port = await receiver.start()
    simulator = Simulator(SimulatorSettings(("127.0.0.1", returns_port), "http://127.0.0.1:1", speed=20))
    port = await simulator.start()
    stop = asyncio.Event()
    queues = [StoreQueue(f"engine{n}", "here", PATHS, SystemClock()) for n in range(engines)]
    tasks = [asyncio.create_task(_engine(queue, port).run(stop)) for queue in queues]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)
        for queue in queues:
            await queue.leave()
        await simulator.stop()
        await receiver.stop()
        await sync_to_async(connections.close_all)()  # those of the thread that asked for rows


def _engine(queue: StoreQueue, port: int) -> Engine:
    router = SimulatorRouter(NoWay(), "127.0.0.1", port)
    return Engine(
        queue, router, StreamNetwork(), SystemClock(), Unsigned(), diagnose,
        hello_name="test.exemple.test", patience=0.01, idle_seconds=0.1, grace=2,
    )  # fmt: skip


async def until(rows: list[Recipient], fine: Callable[[Recipient], bool]) -> list[Recipient]:
    """The rows once all are `fine`, or as they are after a while."""
    for _ in range(200):
        found = [row async for row in Recipient.objects.filter(id__in=[row.id for row in rows]).order_by("id")]
        if all(map(fine, found)):
            break
        await asyncio.sleep(0.1)
    return found


def rehearse(
    *behaviours: str, until_is: Callable[[Recipient], bool] = lambda row: bool(row.status), engines: int = 1
) -> list[Recipient]:
    rows = posted(*(f"awa{n}@{behaviour}.simulator.invalid" for n, behaviour in enumerate(behaviours)))

    async def story() -> list[Recipient]:
        async with running(engines):
            return await until(rows, until_is)

    return asyncio.run(story())


def test_each_recipient_ends_as_their_server_decided() -> None:
    expected = {
        "accepts": (Status.RECEIVED, ""),
        "unknown-mailbox": (Status.SEND_ERROR, "address_unknown"),
        "mailbox-full": (Status.RECEPTION_IMPOSSIBLE, "mailbox_full"),
        "spam": (Status.RECEPTION_IMPOSSIBLE, "spam_content"),
        "ip-blocked": (Status.RECEPTION_IMPOSSIBLE, "ip_blocklisted"),
        "drops-after": (Status.SENT, ""),
    }
    found = rehearse(*expected)
    assert {row.destination.split(".")[0]: (row.status, row.reason) for row in found} == expected


def test_a_report_that_comes_back_undoes_received() -> None:
    [row] = rehearse("late-return", until_is=lambda row: Status(row.status).is_failure)
    assert (row.status, row.reason) == (Status.SEND_ERROR, "address_unknown")
    assert row.flags & Flag.LATE_RETURN


def test_an_out_of_office_reply_is_noted_and_is_no_failure() -> None:
    [row] = rehearse("auto-reply", until_is=lambda row: bool(row.flags & Flag.AUTO_REPLY))
    assert row.status == Status.RECEIVED


def test_who_greylists_is_waited_for_and_the_time_of_the_next_try_is_known() -> None:
    [row] = rehearse("greylists", until_is=lambda row: bool(row.failed_attempts))
    assert (row.status, row.reason) == (Status.REQUESTED, "greylisted")
    assert row.due_at is not None


def test_a_domain_that_does_not_exist_is_an_error_before_anything_leaves() -> None:
    [row] = posted("awa@gmial.invalid")

    async def story() -> list[Recipient]:
        async with running():
            return await until([row], lambda row: bool(row.status))

    [row] = asyncio.run(story())
    assert (row.status, row.reason) == (Status.SEND_ERROR, "domain_unknown")
    assert not Suppression.objects.exists()


def test_two_engines_share_the_work_and_send_each_message_once() -> None:
    rows = rehearse(*(["accepts"] * 30), engines=2, until_is=lambda row: row.status == Status.RECEIVED)
    assert {row.status for row in rows} == {Status.RECEIVED}
    assert {row.attempts.count() for row in rows} == {1}
