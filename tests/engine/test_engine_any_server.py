"""Whatever servers do, in whatever order: nothing is lost, nothing is sent twice without being said."""

import asyncio
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from tests.engine.world import World
from tests.fake_network import Does, Peer, Says
from tests.fakes import job, no_route, route_to

REPLIES = st.sampled_from(
    [
        "250 2.0.0 Ok",
        "354 go on",
        "220 hello",
        "421 4.7.0 Too many connections",
        "450 4.2.1 later",
        "452-4.2.2 full\r\n452 4.2.2 really",
        "550 5.1.1 User unknown",
        "554 5.7.1 Client host blocked using zen.spamhaus.org",
        "251",
        "banana",
        "250-half an answer",
        Does.NOTHING,
        Does.HANGS_UP,
    ]
)
STAGES = st.sampled_from(["CONNECT", "EHLO", "HELO", "MAIL", "RCPT", "DATA", "DOT", "RSET", "QUIT"])
SCRIPTS = st.dictionaries(STAGES, st.lists(REPLIES, min_size=1, max_size=6), max_size=4)
EXTENSIONS = st.sampled_from([(), ("PIPELINING",), ("PIPELINING", "SMTPUTF8", "SIZE 100000", "DSN")])
PEERS = st.builds(
    Peer,
    script=SCRIPTS,
    extensions=EXTENSIONS,
    takes=st.sampled_from([0.0, 0.5, 30.0]),
    refuses=st.booleans(),
    most_connections=st.integers(1, 6),
)
WAYS = st.sampled_from(
    [
        route_to("a"),
        route_to("a", "b"),
        route_to("b", "c", provider="orange.fr"),
        route_to("c", provider="relay:c", is_final=False),
        no_route(Reason.DOMAIN_UNKNOWN, permanent=True),
        no_route(Reason.DNS_TEMPORARY, permanent=False),
    ]
)
DOMAINS = ["one.example", "two.example", "three.example"]
HAPPENINGS = st.lists(st.sampled_from(["time", "time", "long", "queue falls", "queue is back", "work"]), max_size=8)


@settings(max_examples=50)
@given(
    peers=st.fixed_dictionaries(dict.fromkeys("abc", PEERS)),
    ways=st.fixed_dictionaries(dict.fromkeys(DOMAINS, WAYS)),
    happenings=HAPPENINGS,
    stops_at=st.sampled_from([0.0, 1.0, 25.0, 400.0]),
)
def test_every_claimed_message_ends_in_one_outcome_or_is_given_back(
    peers: dict[str, Peer], ways: dict[str, object], happenings: list[str], stops_at: float
) -> None:
    asyncio.run(_live_through(peers, ways, happenings, stops_at))


async def _live_through(
    peers: dict[str, Peer], ways: dict[str, object], happenings: list[str], stops_at: float
) -> None:
    world = World(peers, ways)  # type: ignore[arg-type]
    stop, ids = asyncio.Event(), iter(range(1000))
    world.queue.add(*(job(next(ids), f"p{n}@{domain}") for n, domain in enumerate(DOMAINS * 5)))
    task = asyncio.create_task(world.engine().run(stop))
    for happening in happenings:
        if happening == "work":
            world.queue.add(*(job(next(ids), f"q@{domain}") for domain in DOMAINS))
        world.queue.is_down = happening == "queue falls" or (world.queue.is_down and happening != "queue is back")
        await world.clock.turn(400 if happening == "long" else 3)
    await world.clock.turn(stops_at)
    world.queue.is_down = False
    await world.clock.turn(16)
    stop.set()
    await world.clock.turn(40)
    assert task.done()
    await task
    _check(world)


def _check(world: World) -> None:
    assert not world.queue.violations
    assert not world.observer.faults
    assert world.queue.claimed == []
    assert all(peer.now_open == 0 for peer in world.network.peers.values())
    received = Counter(recipient for peer in world.network.peers.values() for recipient, _ in peer.received)
    for row in world.queue.rows.values():
        kinds = row.kinds
        assert all(kind is Kind.DEFERRED or kind is Kind.LINE_LOST for kind in kinds[:-1])
        assert kinds.count(Kind.LINE_LOST) <= 2
        accepted = Kind.DELIVERED in kinds or Kind.HANDED_OVER in kinds
        if str(row.job.recipient).startswith("p"):
            # What a server took without our learning of it is said to be a possible duplicate.
            assert received[str(row.job.recipient)] <= accepted + kinds.count(Kind.LINE_LOST)
            assert received[str(row.job.recipient)] >= accepted


def test_a_peer_says_what_its_script_says() -> None:
    said: list[Says] = [Peer({"MAIL": ["a", "b"]}).says("MAIL", "") for _ in range(2)]
    assert said == ["a", "a"]
