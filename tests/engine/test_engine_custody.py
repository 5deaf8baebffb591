"""What the engine has claimed it finishes or gives back, whatever happens to it or to the queue."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bienrecu.delivery.channel import Channel
from bienrecu.delivery.ports import Content
from bienrecu.domain.event import Kind
from bienrecu.domain.retry import RetryRule
from bienrecu.protocol.smtp.transaction import Result, Transaction
from tests.engine.world import World
from tests.fake_network import Does, Peer
from tests.fakes import NOON, FakeSigner, job


async def test_a_message_goes_at_its_hour_and_not_before() -> None:
    world = World()
    world.queue.add(job(1), due_at=NOON + timedelta(minutes=10))
    async with world.running():
        await world.clock.turn(599)
        assert world.kinds[1] == []
        await world.clock.turn(1.1)
        assert world.kinds[1] == [Kind.DELIVERED]


async def test_new_work_wakes_the_engine() -> None:
    world = World()
    async with world.running():
        await world.clock.turn(10)
        world.queue.add(job(1))
        await world.clock.turn(0.1)
        assert world.kinds[1] == [Kind.DELIVERED]


async def test_a_database_that_restarts_costs_no_message_and_doubles_none() -> None:
    world = World({"mx.example.org": Peer(takes=0.2)})
    async with world.running(*map(job, range(300))):
        for _ in range(4):
            await world.clock.turn(1.1)
            world.queue.is_down = True
            await world.clock.turn(7)
            world.queue.is_down = False
        await world.clock.turn(400)
    assert {kinds[-1] for kinds in map(tuple, world.kinds.values())} == {Kind.DELIVERED}
    assert max(Counter(world.received()).values()) == 1


async def test_while_the_database_is_away_it_is_asked_ever_less() -> None:
    world, failures = World(), []
    world.observer.queue_failed = lambda *failure: failures.append(failure)  # type: ignore[method-assign]
    world.queue.is_down = True
    async with world.running():
        await world.clock.turn(59)
        assert [seconds for _, _, seconds in failures] == [0.5, 1, 2, 4, 8, 15, 15, 15]
        assert {error for _, error, _ in failures} == {"ConnectionError"}
        world.queue.is_down = False
        await world.clock.turn(16)
        world.queue.add(job(1))
        await world.clock.turn(2)
        assert world.kinds[1] == [Kind.DELIVERED]


async def test_when_the_queue_cannot_say_whether_to_send_nothing_is_sent() -> None:
    world = World()

    async def fails(job: object) -> bool:
        raise ConnectionError

    world.queue.transmitting = fails  # type: ignore[method-assign]
    async with world.running(job(1)):
        await world.clock.turn(5)
    assert world.kinds[1] == [Kind.DEFERRED]
    assert world.received() == []
    assert world.queue.rows[1].outcomes[0].attempt.reply.startswith("Bien Reçu: ")


async def test_a_message_that_somebody_else_has_claimed_meanwhile_is_not_sent() -> None:
    world = World()

    def is_taken_over(argument: str) -> str:
        world.queue.rows[1].claimed_by = "another"
        return "250 ok"

    world.network.peers["mx.example.org"] = Peer({"MAIL": is_taken_over})
    async with world.running(job(1)):
        await world.clock.turn(5)
    assert world.received() == []
    assert (world.kinds[1], world.queue.rows[1].claimed_by) == ([], "another")


async def test_a_fault_of_ours_puts_one_message_off_and_stops_nothing() -> None:
    class FaultySigner(FakeSigner):
        def sign(self, content: Content, from_domain: str) -> bytes:
            if content.head.startswith(b"Subject: 7"):
                raise KeyError("a key")
            return super().sign(content, from_domain)

    world = World()
    world.signer = FaultySigner()
    rule = RetryRule(first=timedelta(minutes=1), max_age=timedelta(minutes=5))
    async with world.running(*map(job, range(10)), retry=rule):
        await world.clock.turn(5)
        (outcome,) = world.queue.rows[7].outcomes
        assert (outcome.kind, outcome.reason) == (Kind.DEFERRED, None)
        assert "KeyError" in outcome.attempt.reply
        await world.clock.turn(400)
    assert world.queue.rows[7].kinds[-1] is Kind.UNSENDABLE
    assert sum(row.kinds == [Kind.DELIVERED] for row in world.queue.rows.values()) == 9
    assert all(isinstance(fault, KeyError) for fault in world.observer.faults)


async def test_after_a_fault_of_ours_while_the_message_may_be_out_it_is_a_possible_duplicate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def breaks(self: Channel, transaction: Transaction, ready: Callable[[], Awaitable[bool]]) -> Result:
        assert await ready()
        raise RuntimeError("a bug")

    monkeypatch.setattr(Channel, "deliver", breaks)
    world = World()
    async with world.running(job(1)):
        await world.clock.turn(5)
    assert world.kinds[1] == [Kind.LINE_LOST]
    assert world.queue.rows[1].outcomes[0].sent is not None


async def test_a_router_with_a_fault_puts_off_its_domain_only() -> None:
    world = World(ways={"example.org": ZeroDivisionError("a bug")})
    async with world.running(job(1), job(2, "p@other.example")):
        await world.clock.turn(5)
    assert world.kinds == {1: [Kind.DEFERRED], 2: [Kind.DELIVERED]}
    assert "ZeroDivisionError" in world.queue.rows[1].outcomes[0].attempt.reply


async def test_stopping_finishes_what_is_on_its_way_and_gives_back_the_rest() -> None:
    peer = Peer(takes=10)
    world = World({"mx.example.org": peer})
    async with world.running(*map(job, range(100))) as stop:
        await world.clock.turn(5)
        stop.set()
        await world.clock.turn(30)
        assert world.queue.claimed == []
        assert Counter(map(tuple, world.kinds.values())) == {(Kind.DELIVERED,): 5, (): 95}
        assert len(peer.received) == 5
        assert peer.now_open == 0


async def test_an_engine_that_stops_says_that_it_lives_until_it_has_ended() -> None:
    world = World({"mx.example.org": Peer(takes=18)})
    async with world.running(job(1)) as stop:
        await world.clock.turn(1)
        stop.set()
        await world.clock.turn(17)
        assert world.clock.now() - world.queue.alive["one"] < timedelta(seconds=5)
    assert world.kinds[1] == [Kind.DELIVERED]


async def test_an_answer_that_does_not_come_before_we_must_stop_may_be_a_duplicate() -> None:
    world = World({"mx.example.org": Peer({"DOT": Does.NOTHING})})
    async with world.running(job(1)) as stop:
        await world.clock.turn(5)
        stop.set()
        await world.clock.turn(19)
        assert world.kinds[1] == []
        await world.clock.turn(3)
        assert world.kinds[1] == [Kind.LINE_LOST]


async def test_a_server_mute_before_the_dot_when_we_must_stop_makes_no_duplicate() -> None:
    world = World({"mx.example.org": Peer({"RCPT": Does.NOTHING})})
    async with world.running(job(1)) as stop:
        await world.clock.turn(5)
        stop.set()
        await world.clock.turn(25)
        (outcome,) = world.queue.rows[1].outcomes
        assert (outcome.kind, outcome.reason) == (Kind.DEFERRED, None)
        assert outcome.attempt.reply.startswith("Bien Reçu: we were stopped")


async def test_what_has_not_begun_when_we_stop_is_given_back_at_once() -> None:
    world = World({"mx.example.org": Peer(is_mute=True)})
    async with world.running(*map(job, range(20))) as stop:
        await world.clock.turn(5)
        stop.set()
        await world.clock.turn(0.5)
        assert world.queue.claimed == []
        assert {tuple(kinds) for kinds in world.kinds.values()} == {()}


async def test_a_cancelled_engine_gives_back_what_it_had() -> None:
    world = World({"mx.example.org": Peer(is_mute=True)})
    world.queue.add(*map(job, range(20)))
    task = asyncio.create_task(world.engine().run(asyncio.Event()))
    await world.clock.turn(5)
    task.cancel()
    await world.clock.turn(5)
    assert task.done()
    assert world.queue.claimed == []
