"""What each behaviour of a server comes to."""

from datetime import timedelta
from hashlib import sha256

import pytest

from bienrecu.delivery.ports import Content, Host, Login, Route
from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.retry import RetryRule
from tests.engine.world import World
from tests.fake_network import Does, Peer
from tests.fakes import NOON, job, no_route, route_to

MINUTE = timedelta(minutes=1)
MX = "mx.example.org"


async def test_the_250_of_the_recipients_own_server_is_delivery() -> None:
    world = World()
    (row,) = await world.deliver(job(1))
    (outcome,) = row.outcomes
    assert (outcome.kind, outcome.reason, outcome.next_attempt_at) == (Kind.DELIVERED, None, None)
    assert (outcome.attempt.host, outcome.attempt.stage) == (MX, "dot")
    assert outcome.attempt.reply == "250 2.0.0 Ok: queued"


async def test_the_250_of_a_relay_is_no_delivery_and_its_reports_are_asked_for() -> None:
    world = World(ways={"example.org": route_to("relay.example", provider="relay:relay.example", is_final=False)})
    (row,) = await world.deliver(job(1))
    assert row.kinds == [Kind.HANDED_OVER]
    commands = world.network.peers["relay.example"].commands
    assert "MAIL FROM:<r.1@returns.example.net> RET=HDRS ENVID=token1" in commands
    assert any("NOTIFY=SUCCESS,FAILURE,DELAY" in command for command in commands)


async def test_the_recipients_own_server_is_not_asked_for_reports() -> None:
    world = World()
    await world.deliver(job(1))
    assert not any("NOTIFY" in command for command in world.network.peers[MX].commands)


async def test_what_is_kept_of_a_message_is_what_went_out() -> None:
    world = World()
    content = Content(b"Subject: x\r\n\r\n", b"Bonjour\r\n..\r\n")
    (row,) = await world.deliver(job(1, content=content))
    sent = row.outcomes[0].sent
    assert sent is not None
    ((_, on_the_wire),) = world.network.peers[MX].received
    assert on_the_wire.replace(b"\r\n..", b"\r\n.") == sent.signatures + content.head + content.tail
    assert sent.sha256 == sha256(sent.signatures + content.head + content.tail).hexdigest()


async def test_an_unknown_address_is_refused_for_good_and_only_one_server_asked() -> None:
    unknown = Peer({"RCPT": "550 5.1.1 <paul1@example.org>: User unknown"})
    world = World({"a": unknown}, {"example.org": route_to("a", "b")})
    (row,) = await world.deliver(job(1), seconds=400)
    (outcome,) = row.outcomes
    assert (outcome.kind, outcome.reason, outcome.next_attempt_at) == (Kind.REFUSED, Reason.ADDRESS_UNKNOWN, None)
    assert outcome.sent is None
    assert world.network.peers["b"].opened == 0


@pytest.mark.parametrize(
    ("reply", "certainty"), [("550 5.1.1 User unknown", "sure"), ("550 5.1.1 No", "likely"), ("550 No", "guess")]
)
async def test_how_sure_the_reason_is_stands_beside_it(reply: str, certainty: str) -> None:
    world = World({MX: Peer({"RCPT": reply})})
    (row,) = await world.deliver(job(1))
    (outcome,) = row.outcomes
    assert (outcome.kind, outcome.reason) == (Kind.REFUSED, Reason.ADDRESS_UNKNOWN)
    assert outcome.certainty == certainty


async def test_a_reply_of_many_lines_is_kept_whole() -> None:
    long = "\r\n".join(
        [f"550-5.7.1 {'word ' * 80}line {n}" for n in range(20)] + ["550 5.7.1 see https://example.org/é"]
    )
    world = World({MX: Peer({"DOT": long})})
    (row,) = await world.deliver(job(1))
    assert row.outcomes[0].attempt.reply == long.replace("\r\n", "\n")


async def test_a_server_that_greylists_gets_the_message_at_its_next_attempt() -> None:
    world = World({MX: Peer({"RCPT": ["450 4.7.1 Greylisted, please try again"]})})
    async with world.running(job(1)):
        await world.clock.turn(10)
        (deferred,) = world.queue.rows[1].outcomes
        assert (deferred.kind, deferred.reason) == (Kind.DEFERRED, Reason.GREYLISTED)
        assert deferred.next_attempt_at == NOON + 3 * MINUTE
        await world.clock.turn(160)
        assert world.kinds[1] == [Kind.DEFERRED]
        await world.clock.turn(15)
        assert world.kinds[1] == [Kind.DEFERRED, Kind.DELIVERED]


async def test_a_refusal_that_asks_to_come_back_is_no_refusal() -> None:
    world = World({MX: Peer({"RCPT": "550 5.7.1 Too many connections, slow down, try again later (rate limit)"})})
    (row,) = await world.deliver(job(1))
    assert (row.outcomes[0].kind, row.outcomes[0].reason) == (Kind.DEFERRED, Reason.RATE_LIMITED)


async def test_temporary_refusals_run_out_with_their_cause_kept() -> None:
    world = World({MX: Peer({"RCPT": "452 4.2.2 Mailbox full"})})
    rule = RetryRule(first=MINUTE, longest=5 * MINUTE, max_age=20 * MINUTE)
    (row,) = await world.deliver(job(1), seconds=3600, retry=rule)
    assert row.kinds == [Kind.DEFERRED] * (len(row.kinds) - 1) + [Kind.EXPIRED]
    assert row.outcomes[-1].reason == Reason.MAILBOX_FULL
    assert 20 * MINUTE <= row.outcomes[-1].attempt.ended_at - NOON < 21 * MINUTE


async def test_a_line_that_dies_after_the_final_dot_is_tried_once_more_and_never_again() -> None:
    world = World({MX: Peer({"DOT": Does.HANGS_UP})})
    (row,) = await world.deliver(job(1), seconds=2000)
    first, second = row.outcomes
    assert first.kind == second.kind == Kind.LINE_LOST
    assert first.next_attempt_at == first.attempt.ended_at + 15 * MINUTE
    assert second.next_attempt_at is None
    assert len(world.received()) == 2


async def test_a_line_that_dies_before_the_final_dot_is_no_possible_duplicate() -> None:
    world = World({MX: Peer({"DATA": Does.HANGS_UP})})
    (row,) = await world.deliver(job(1))
    (outcome,) = row.outcomes
    assert (outcome.kind, outcome.reason, outcome.sent) == (Kind.DEFERRED, Reason.CONNECTION_FAILED, None)


async def test_an_answer_that_is_none_is_the_servers_fault() -> None:
    world = World({MX: Peer({"RCPT": "hello?"})})
    (row,) = await world.deliver(job(1))
    assert (row.outcomes[0].kind, row.outcomes[0].reason) == (Kind.DEFERRED, Reason.SERVER_ERROR)


async def test_when_the_first_server_is_dead_the_second_gets_the_message() -> None:
    world = World({"a": Peer(refuses=True)}, {"example.org": route_to("a", "b")})
    (row,) = await world.deliver(job(1))
    assert row.kinds == [Kind.DELIVERED]
    assert row.outcomes[0].attempt.host == "b"
    assert "refused" in row.outcomes[0].attempt.transcript


async def test_a_server_is_tried_at_all_its_addresses() -> None:
    way = Route((Host(MX, ("2001:db8::1", "192.0.2.1")),), "example.org")
    world = World({"2001:db8::1": Peer(refuses=True)}, {"example.org": way})
    (row,) = await world.deliver(job(1))
    assert (row.kinds, row.outcomes[0].attempt.ip) == ([Kind.DELIVERED], "192.0.2.1")


async def test_a_server_too_busy_to_greet_sends_us_to_the_next() -> None:
    world = World({"a": Peer({"CONNECT": "421 4.3.2 too busy"})}, {"example.org": route_to("a", "b")})
    (row,) = await world.deliver(job(1))
    assert (row.kinds, row.outcomes[0].attempt.host) == ([Kind.DELIVERED], "b")


async def test_a_temporary_refusal_is_asked_about_at_one_more_server_and_no_third() -> None:
    busy = Peer({"RCPT": "451 4.3.0 try later"})
    world = World({"a": busy, "b": Peer({"RCPT": "450 4.3.0 later"})}, {"example.org": route_to("a", "b", "c")})
    (row,) = await world.deliver(job(1))
    (outcome,) = row.outcomes
    assert (outcome.kind, outcome.attempt.host) == (Kind.DEFERRED, "a")
    assert [world.network.peers[name].opened for name in "abc"] == [1, 1, 0]
    assert "450 4.3.0 later" in outcome.attempt.transcript


async def test_a_server_that_will_not_talk_to_us_is_final_only_if_all_say_so() -> None:
    no = "554 5.7.1 Client host blocked using zen.spamhaus.org"
    both = World({"a": Peer({"CONNECT": no}), "b": Peer({"CONNECT": no})}, {"example.org": route_to("a", "b")})
    (row,) = await both.deliver(job(1))
    assert (row.outcomes[0].kind, row.outcomes[0].reason) == (Kind.REFUSED, Reason.IP_BLOCKLISTED)
    one = World({"a": Peer({"CONNECT": no}), "b": Peer(refuses=True)}, {"example.org": route_to("a", "b")})
    (row,) = await one.deliver(job(1))
    assert (row.outcomes[0].kind, row.outcomes[0].reason) == (Kind.DEFERRED, Reason.IP_BLOCKLISTED)


async def test_an_address_beyond_ascii_goes_to_a_server_that_announced_smtputf8() -> None:
    world = World({"a": Peer(extensions=("PIPELINING",))}, {"example.org": route_to("a", "b")})
    (row,) = await world.deliver(job(1, "zoé@example.org"))
    assert (row.kinds, row.outcomes[0].attempt.host) == ([Kind.DELIVERED], "b")


async def test_an_address_beyond_ascii_is_refused_in_our_own_words_where_nobody_takes_it() -> None:
    world = World({MX: Peer(extensions=("PIPELINING",))})
    (row,) = await world.deliver(job(1, "zoé@example.org"))
    (outcome,) = row.outcomes
    assert (outcome.kind, outcome.reason) == (Kind.REFUSED, Reason.ADDRESS_INVALID)
    assert outcome.attempt.reply.startswith("Bien Reçu: ")
    assert "SMTPUTF8" in outcome.attempt.reply


async def test_a_message_beyond_the_announced_size_is_not_sent_in_vain() -> None:
    world = World({MX: Peer(extensions=("SIZE 100",))})
    (row,) = await world.deliver(job(1, content=Content(b"x" * 200 + b"\r\n")))
    assert (row.outcomes[0].kind, row.outcomes[0].reason) == (Kind.REFUSED, Reason.MESSAGE_TOO_LARGE)


@pytest.mark.parametrize("reason", [Reason.DOMAIN_UNKNOWN, Reason.DOMAIN_NO_MAIL])
async def test_a_domain_without_mail_is_refused_for_good_with_what_the_dns_said(reason: Reason) -> None:
    world = World(ways={"example.org": no_route(reason, permanent=True)})
    (row,) = await world.deliver(job(1))
    (outcome,) = row.outcomes
    assert (outcome.kind, outcome.reason, outcome.next_attempt_at) == (Kind.REFUSED, reason, None)
    assert outcome.attempt.reply == "Bien Reçu: the DNS says so"


async def test_a_dns_that_fails_puts_off_every_message_of_the_domain_until_it_answers() -> None:
    world = World(ways={"example.org": no_route(Reason.DNS_TEMPORARY, permanent=False)})
    async with world.running(*map(job, range(50))):
        await world.clock.turn(5)
        assert world.kinds == {n: [Kind.DEFERRED] for n in range(50)}
        world.router.ways.clear()
        await world.clock.turn(200)
    assert world.kinds == {n: [Kind.DEFERRED, Kind.DELIVERED] for n in range(50)}


async def test_a_relay_that_refuses_our_login_keeps_everything_waiting_for_the_administrator() -> None:
    relay = Peer({"AUTH": "535 5.7.8 Bad credentials"}, extensions=("AUTH PLAIN",))
    host = Host("127.0.0.1", ("127.0.0.1",), 587, login=Login("us", "wrong"))
    way = Route((host,), "relay:127.0.0.1", is_final=False)
    world = World({"127.0.0.1": relay}, {"example.org": way})
    rule = RetryRule(first=MINUTE, max_age=10 * MINUTE)
    async with world.running(*map(job, range(20)), retry=rule):
        await world.clock.turn(5)
        found = [row.outcomes[0] for row in world.queue.rows.values()]
        assert {(o.kind, o.reason) for o in found} == {(Kind.DEFERRED, Reason.SUBMISSION_REFUSED)}
        tries = relay.opened
        await world.clock.turn(1200)
    ends = [row.outcomes[-1] for row in world.queue.rows.values()]
    assert {(o.kind, o.reason) for o in ends} == {(Kind.UNSENDABLE, Reason.SUBMISSION_REFUSED)}
    assert tries < 20
    assert "wrong" not in str(ends)
