"""One destination's trouble never delays another's, and no server gets more than it bears."""

import asyncio
from collections import Counter

import pytest

from bienrecu.delivery.limits import Limit
from bienrecu.delivery.ports import Job
from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from tests.engine.world import World
from tests.fake_network import Does, Peer
from tests.fakes import FakeQueue, job, route_to


def jobs(count: int, domain: str = "example.org", first: int = 0) -> list[Job]:
    return [job(first + n, f"p{first + n}@{domain}") for n in range(count)]


async def test_a_thousand_messages_reach_their_servers_each_exactly_once() -> None:
    world = World()
    await world.deliver(*(job(n, f"p{n}@d{n % 40}.example") for n in range(1000)))
    assert set(map(tuple, world.kinds.values())) == {(Kind.DELIVERED,)}
    assert Counter(world.received()) == Counter(f"p{n}@d{n % 40}.example" for n in range(1000))


@pytest.mark.parametrize("trouble", [Peer(is_mute=True), Peer({"CONNECT": Does.NOTHING}), Peer({"MAIL": Does.NOTHING})])
async def test_three_hundred_mute_servers_do_not_keep_one_that_answers_waiting(trouble: Peer) -> None:
    world = World({f"mx.mute{n}.example": trouble for n in range(300)})
    mute = [job(n, f"p@mute{n}.example") for n in range(300)]
    async with world.running(*mute):
        await world.clock.turn(1)
        world.queue.add(job(1000, "paul@good.example"))
        await world.clock.turn(30)
        assert world.kinds[1000] == [Kind.DELIVERED]


async def test_a_long_queue_for_a_slow_server_delays_nobody_else() -> None:
    world = World({"mx.slow.example": Peer(takes=20)})
    async with world.running(*jobs(2000, "slow.example")):
        await world.clock.turn(5)
        world.queue.add(job(5000, "paul@good.example"))
        await world.clock.turn(1)
        assert world.kinds[5000] == [Kind.DELIVERED]


async def test_long_queues_for_many_servers_leave_room_for_one_message_more() -> None:
    world = World({f"mx.d{n}.example": Peer(takes=1) for n in range(12)})
    async with world.running(*(job(n, f"p{n}@d{n % 12}.example") for n in range(1200)), max_claimed=40):
        await world.clock.turn(10)
        world.queue.add(job(9000, "paul@good.example"))
        await world.clock.turn(1)
        assert world.kinds[9000] == [Kind.DELIVERED]


async def test_a_slow_server_is_not_claimed_for_further_than_a_minute_ahead() -> None:
    world = World({"mx.slow.example": Peer(takes=20)})
    async with world.running(*jobs(2000, "slow.example")):
        for _ in range(30):
            await world.clock.turn(10)
            assert len(world.queue.claimed) <= 5 * (1 + 60 / 20)


async def test_what_waits_for_a_server_that_fell_silent_is_given_back() -> None:
    falls_silent = Peer()
    world = World({"mx.example.org": falls_silent})
    async with world.running(*jobs(300)):
        await world.clock.turn(0.05)
        falls_silent.takes = 0.001
        world.queue.add(*jobs(2000, first=1000))
        await world.clock.turn(0.1)
        falls_silent.script = {"MAIL": Does.NOTHING}
        await world.clock.turn(1)
        assert len(world.queue.claimed) > 5
        await world.clock.turn(60)
        assert len(world.queue.claimed) == 5


async def test_no_more_is_claimed_than_the_engine_may() -> None:
    world = World({f"mx.d{n}.example": Peer(takes=5) for n in range(60)})
    async with world.running(*(job(n, f"p{n}@d{n % 60}.example") for n in range(3000)), max_claimed=50):
        for _ in range(20):
            await world.clock.turn(1)
            assert len(world.queue.claimed) <= 50
    assert len(world.received()) > 100


async def test_no_more_connections_than_the_engine_may() -> None:
    world = World({f"mx.d{n}.example": Peer(takes=5) for n in range(60)})
    async with world.running(*(job(n, f"p{n}@d{n % 60}.example") for n in range(3000)), max_connections=20):
        for _ in range(15):
            await world.clock.turn(1)
            assert sum(peer.now_open for peer in world.network.peers.values()) <= 20
        await world.clock.turn(40)
    assert len(set(world.received())) > 60
    assert all(peer.received for peer in world.network.peers.values())


@pytest.mark.parametrize("provider", ["orange.fr", "laposte.net", "free.fr", "sfr.fr"])
async def test_french_operators_get_two_connections_whatever_the_number_of_domains(provider: str) -> None:
    names = [f"d{n}.example" for n in range(6)]
    world = World({"smtp-in": Peer(takes=0.5)}, {name: route_to("smtp-in", provider=provider) for name in names})
    await world.deliver(*(job(n, f"p{n}@d{n % 6}.example") for n in range(60)), seconds=30)
    assert world.network.peers["smtp-in"].most_open == 2
    assert len(world.received()) == 60


async def test_after_a_hundred_messages_a_connection_makes_place_for_another() -> None:
    world = World({"smtp-in": Peer(takes=0.1)}, {"orange.example": route_to("smtp-in", provider="orange.fr")})
    await world.deliver(*jobs(450, "orange.example"), seconds=60)
    peer = world.network.peers["smtp-in"]
    assert len(peer.received) == 450
    assert peer.opened >= 5
    assert peer.most_open <= 2


async def test_this_installations_own_limits_win() -> None:
    world = World({"mx": Peer(takes=0.1)}, {"example.org": route_to("mx", provider="example.org")})
    await world.deliver(*jobs(40), seconds=30, limits={"example.org": Limit(1, 10)})
    assert (world.network.peers["mx"].most_open, world.network.peers["mx"].opened) == (1, 4)


async def test_an_operator_may_ask_for_time_between_messages() -> None:
    world = World()
    async with world.running(*jobs(20), limits={"example.org": Limit(3, interval=2.0)}):
        await world.clock.turn(9)
        assert len(world.received()) == 5
        await world.clock.turn(10)
        assert len(world.received()) == 10


async def test_two_engines_keep_to_one_limit_together() -> None:
    world = World({"smtp-in": Peer(takes=0.3)}, {"orange.example": route_to("smtp-in", provider="orange.fr")})
    other = world.queue.beside("two")
    async with world.running(), world.running(queue=other):
        await world.clock.turn(4)
        world.queue.add(*jobs(100, "orange.example"))
        await world.clock.turn(30)
        assert len(set(world.received())) == 100
    assert world.network.peers["smtp-in"].most_open == 2
    assert world.queue.claims
    assert other.claims


async def test_an_engine_without_a_share_leaves_the_work_to_the_one_that_has_it() -> None:
    world = World(ways={"example.org": route_to("mx", provider="one-at-a-time")})
    queues = [world.queue, world.queue.beside("two"), world.queue.beside("three")]
    async with (
        world.running(queue=queues[0], limits={"one-at-a-time": Limit(1)}),
        world.running(queue=queues[1], limits={"one-at-a-time": Limit(1)}),
        world.running(queue=queues[2], limits={"one-at-a-time": Limit(1)}),
    ):
        await world.clock.turn(4)
        world.queue.add(*jobs(30))
        await world.clock.turn(4)
        print([queue.claims for queue in queues])
        assert sum(bool(queue.claims) for queue in queues) == 1
    assert world.network.peers["mx"].most_open == 1
    assert len(world.received()) == 30


async def test_when_an_engine_dies_its_share_goes_to_the_others() -> None:
    world = World({"smtp-in": Peer(takes=1)}, {"orange.example": route_to("smtp-in", provider="orange.fr")})
    world.queue.alive["dead"] = world.clock.now()
    async with world.running(*jobs(60, "orange.example")):
        await world.clock.turn(10)
        assert world.network.peers["smtp-in"].most_open == 1
        await world.clock.turn(30)
        assert world.network.peers["smtp-in"].most_open == 2


async def test_a_server_that_asks_to_slow_down_gets_a_pause_then_fewer_connections() -> None:
    busy, enough = Peer(takes=0.5), "421 4.7.0 Too many connections from your address"
    world = World({"mx.example.org": busy})
    async with world.running(*jobs(60)):
        await world.clock.turn(2)
        assert busy.most_open == 5
        busy.script = {"CONNECT": enough, "MAIL": enough}
        await world.clock.turn(2)
        received, opened = len(busy.received), busy.opened
        assert busy.now_open == 0
        busy.script, busy.most_open = {}, 0
        await world.clock.turn(7)
        assert (len(busy.received), busy.opened) == (received, opened)
        await world.clock.turn(5)
        assert busy.most_open == 2
        await world.clock.turn(300)
    assert {row.kinds[-1] for row in world.queue.rows.values()} == {Kind.DELIVERED}


async def test_a_server_that_asks_to_slow_down_for_a_quarter_of_an_hour_lets_every_sender_know() -> None:
    world = World({"mx.example.org": Peer({"CONNECT": "421 4.7.0 Too many connections"})})
    async with world.running(*jobs(100)):
        await world.clock.turn(5)
        assert 1 <= sum(bool(row.outcomes) for row in world.queue.rows.values()) <= 5
        await world.clock.turn(1200)
        found = [row.outcomes[0] for row in world.queue.rows.values()]
    assert {(o.kind, o.reason) for o in found} == {(Kind.DEFERRED, Reason.RATE_LIMITED)}


async def test_a_server_that_bears_two_connections_gets_all_its_mail_over_two() -> None:
    narrow = Peer(most_connections=2, takes=0.2)
    world = World({"mx.example.org": narrow})
    rows = await world.deliver(*jobs(200), seconds=900)
    assert {row.kinds[-1] for row in rows} == {Kind.DELIVERED}
    assert sum(len(row.kinds) > 1 for row in rows) < 20
    assert len(narrow.received) == 200


async def test_while_a_server_is_down_every_sender_learns_why_without_more_connections() -> None:
    dead = Peer(refuses=True)
    world = World({"mx.example.org": dead})
    async with world.running(*jobs(300)):
        await world.clock.turn(5)
        found = [row.outcomes[0] for row in world.queue.rows.values()]
        assert {(o.kind, o.reason) for o in found} == {(Kind.DEFERRED, Reason.CONNECTION_FAILED)}
        assert sum("not tried; mx.example.org at 12:00:0" in o.attempt.reply for o in found) > 290
        assert all("connection refused" in o.attempt.reply for o in found)
        dead.refuses = False
        await world.clock.turn(400)
        assert {row.kinds[-1] for row in world.queue.rows.values()} == {Kind.DELIVERED}


async def test_the_broken_server_of_one_customer_does_not_hold_up_their_operators_other_customers() -> None:
    ways = {f"d{n}.example": route_to(f"vps{n}.host.example", provider="host.example") for n in range(20)}
    broken = {f"vps{n}.host.example": Peer({"CONNECT": "421 4.3.2 no"}) for n in range(19)}
    world = World(broken, ways)  # type: ignore[arg-type]
    async with world.running(*(job(n, f"p{n}@d{n % 19}.example") for n in range(190))):
        await world.clock.turn(2)
        world.queue.add(job(1000, "paul@d19.example"))
        await world.clock.turn(2)
        assert world.kinds[1000] == [Kind.DELIVERED]


async def test_domains_on_the_same_servers_share_a_session() -> None:
    ways = {f"d{n}.example": route_to("mx1", "mx2", provider="p") for n in range(5)}
    world = World(ways=ways)  # type: ignore[arg-type]
    await world.deliver(*(job(n, f"p{n}@d{n}.example") for n in range(5)), limits={"p": Limit(1)})
    assert (world.network.peers["mx1"].opened, len(world.received())) == (1, 5)


async def test_destinations_on_the_same_servers_take_turns() -> None:
    ways = {name: route_to("mx", provider="p") for name in ("many.example", "few.example")}
    world = World({"mx": Peer(takes=1)}, ways)  # type: ignore[arg-type]
    async with world.running(*jobs(500, "many.example"), limits={"p": Limit(2)}):
        await world.clock.turn(3)
        world.queue.add(*jobs(2, "few.example", 1000))
        await world.clock.turn(5)
        assert [world.kinds[1000], world.kinds[1001]] == [[Kind.DELIVERED]] * 2


async def test_servers_of_one_operator_take_turns_when_it_takes_one_connection() -> None:
    ways = {name: route_to(f"mx.{name}", provider="p") for name in ("many.example", "few.example")}
    world = World({"mx.many.example": Peer(takes=1)}, ways)  # type: ignore[arg-type]
    async with world.running(*jobs(500, "many.example"), limits={"p": Limit(1)}):
        await world.clock.turn(3)
        world.queue.add(*jobs(2, "few.example", 1000))
        await world.clock.turn(40)
        assert [world.kinds[1000], world.kinds[1001]] == [[Kind.DELIVERED]] * 2


async def test_a_session_waits_a_few_seconds_for_the_next_message_then_says_goodbye() -> None:
    world = World()
    async with world.running(job(1)):
        await world.clock.turn(3)
        world.queue.add(job(2))
        await world.clock.turn(3)
        peer = world.network.peers["mx.example.org"]
        assert (peer.opened, len(peer.received), peer.now_open) == (1, 2, 1)
        await world.clock.turn(3)
        assert (peer.commands[-1], peer.now_open) == ("QUIT", 0)


@pytest.mark.parametrize("goodbye", [Does.HANGS_UP, "421 4.4.2 Idle too long"])
async def test_a_session_that_the_server_ended_meanwhile_costs_the_next_message_nothing(goodbye: object) -> None:
    peer = Peer({"MAIL": ["250 ok", goodbye]})  # type: ignore[list-item]
    world = World({"mx.example.org": peer})
    async with world.running(job(1)):
        await world.clock.turn(2)
        world.queue.add(job(2))
        await world.clock.turn(2)
    assert world.kinds == {1: [Kind.DELIVERED], 2: [Kind.DELIVERED]}
    assert peer.opened == 2


async def test_one_person_whose_mailbox_is_flooded_does_not_slow_down_the_others() -> None:
    def at_rcpt(recipient: str) -> str:
        flooded = recipient.startswith("p3@")
        return "450 4.2.1 The user you are trying to contact is receiving mail too quickly" if flooded else "250 ok"

    world = World({"mx.example.org": Peer({"RCPT": at_rcpt})})
    rows = await world.deliver(*jobs(100), seconds=3)
    assert [row.kinds for row in rows if row.kinds != [Kind.DELIVERED]] == [[Kind.DEFERRED]]


async def test_claims_are_asked_for_where_there_is_work_only() -> None:
    world = World()
    other = FakeQueue(world.clock)
    assert not other.claims
    await world.deliver(*jobs(10), *jobs(10, "other.example", 100), seconds=20)
    asked = Counter(name for name, _, _ in world.queue.claims)
    assert set(asked) == {"example.org", "other.example"}
    assert max(asked.values()) <= 6


async def test_servers_that_are_no_longer_written_to_are_forgotten() -> None:
    world = World({"mx.dead.example": Peer(refuses=True)})
    engine = world.engine()
    world.queue.add(*(job(n, f"p@d{n}.example") for n in range(50)), job(100, "p@dead.example"))
    running = asyncio.create_task(engine.run(asyncio.Event()))
    await world.clock.turn(20)
    assert list(engine._dispatch._providers) == ["dead.example"]
    world.queue.rows[100].due_at = None
    await world.clock.turn(4000)
    assert not engine._dispatch._lanes
    assert not engine._dispatch._providers
    running.cancel()
    await world.clock.turn(1)
