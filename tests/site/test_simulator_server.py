"""The simulated recipients' servers, spoken to over real sockets: by a mail library, by hand, and by garbage."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiosmtplib
import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.simulator.behaviours import BEHAVIOURS, Behaviour, Conduct
from bienrecu.simulator.refusals import REFUSALS, Refusal
from tests.site.simulated import CONTENT, SENDER, World, running, wired

NAMES = [name for behaviour in BEHAVIOURS for name in (behaviour.name_en, behaviour.name_fr)]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running() as started:
        yield started


PLAINLY_ACCEPTING = [
    name
    for b in BEHAVIOURS
    if b.at_rcpt.startswith("250") and b.at_dot.startswith("250") and b.conduct in (Conduct.PLAIN, Conduct.SLOW)
    for name in (b.name_en, b.name_fr)
]


@pytest.mark.parametrize("name", PLAINLY_ACCEPTING)
async def test_who_accepts_says_so_after_the_final_dot(world: World, name: str) -> None:
    assert (await world.send(name)).startswith("2.0.0 Ok")


@pytest.mark.parametrize(
    ("behaviour", "code", "words"),
    [
        ("try-later", 451, "4.3.2"),
        ("unknown-mailbox", 550, "5.1.1"),
        ("mailbox-full", 552, "5.2.2"),
        ("boite-pleine", 552, "5.2.2"),
        ("mailbox-disabled", 550, "5.2.1"),
        ("ip-blocked", 554, "Client host [127.0.0.1] blocked using zen.spamhaus.org"),
        ("message-too-large", 552, "5.3.4"),
        ("too-many", 450, "4.7.1 Too many messages from [127.0.0.1]"),
    ],
)
async def test_who_refuses_the_recipient_says_why(world: World, behaviour: str, code: int, words: str) -> None:
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await world.send(behaviour)
    (refusal,) = refused.value.recipients
    assert refusal.code == code
    assert words in refusal.message


@pytest.mark.parametrize("one", REFUSALS, ids=lambda one: one.name_en)
async def test_every_refusal_of_the_list_is_said_where_it_belongs(world: World, one: Refusal) -> None:
    with pytest.raises((aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPDataError)) as refused:
        await world.send(one.name_en)
    said = refused.value if isinstance(refused.value, aiosmtplib.SMTPDataError) else refused.value.recipients[0]
    assert isinstance(said, aiosmtplib.SMTPDataError) == one.after_content
    assert f"{said.code} {said.message}" == one.words.format(
        ip="127.0.0.1", recipient=f"hugo@{one.name_en}.simulator.invalid"
    )


async def test_spam_is_refused_once_it_has_been_read(world: World) -> None:
    with pytest.raises(aiosmtplib.SMTPDataError) as refused:
        await world.send("spam")
    assert refused.value.code == 554
    assert refused.value.message.startswith("5.7.1")


async def test_a_message_of_undeclared_size_is_too_large_after_the_dot(world: World) -> None:
    async with wired(world.port) as wire:
        await wire.say("EHLO test")
        await wire.say(f"MAIL FROM:<{SENDER}>")
        assert (await wire.say("RCPT TO:<message-too-large@simulator.invalid>")).startswith("250 ")
        await wire.say("DATA")
        assert (await wire.say("Subject: x", "", ".")).startswith("552 5.3.4")


async def test_an_unknown_behaviour_is_an_unknown_mailbox_and_the_answer_lists_the_known_ones(world: World) -> None:
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await world.send("no-such-thing")
    (refusal,) = refused.value.recipients
    assert refusal.code == 550
    assert refusal.message.startswith("5.1.1")
    assert all(name in refusal.message for name in NAMES)


async def test_an_address_outside_the_simulator_is_not_relayed(world: World) -> None:
    async with wired(world.port) as wire:
        await wire.say("EHLO test")
        await wire.say(f"MAIL FROM:<{SENDER}>")
        assert (await wire.say("RCPT TO:<mailbox-full@example.org>")).startswith("554 5.7.1 ")


async def test_greylisting_refuses_who_comes_back_too_soon() -> None:
    async with running(speed=1) as world:
        for _ in range(2):
            with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
                await world.send("greylists")
            assert refused.value.recipients[0].code == 450
            assert refused.value.recipients[0].message.startswith("4.2.0")


async def test_greylisting_accepts_who_has_waited() -> None:
    async with running(greylist_seconds=0) as world:
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
            await world.send("greylists")
        assert (await world.send("greylists")).startswith("2.0.0 Ok")


async def test_greylisting_knows_each_sender_and_recipient_apart() -> None:
    async with running(greylist_seconds=0) as world, wired(world.port) as wire:
        await wire.say("EHLO test")
        await wire.say("MAIL FROM:<one@retours.test>")
        assert (await wire.say("RCPT TO:<a@greylists.simulator.invalid>")).startswith("450 ")
        assert (await wire.say("RCPT TO:<b@greylists.simulator.invalid>")).startswith("450 ")
        await wire.say("RSET")
        await wire.say("MAIL FROM:<two@retours.test>")
        assert (await wire.say("RCPT TO:<a@greylists.simulator.invalid>")).startswith("450 ")
        assert (await wire.say("RCPT TO:<a@greylists.simulator.invalid>")).startswith("250 ")


async def test_a_busy_server_hangs_up_once_and_accepts_the_next_time(world: World) -> None:
    async with wired(world.port) as wire:
        await wire.say("EHLO test")
        await wire.say(f"MAIL FROM:<{SENDER}>")
        assert (await wire.say("RCPT TO:<hugo@busy-once.simulator.invalid>")).startswith("421 4.3.2")
        assert await wire.rest() == b""
    assert (await world.send("busy-once")).startswith("2.0.0 Ok")


async def test_a_mute_server_never_answers_after_the_recipient(world: World) -> None:
    async with world.client() as client:
        await client.mail(SENDER)
        with pytest.raises(aiosmtplib.SMTPReadTimeoutError):
            await client.rcpt("hugo@hangs.simulator.invalid", timeout=0.05)


async def test_who_cuts_before_the_content_never_invites_it(world: World) -> None:
    async with wired(world.port) as wire:
        await wire.say("EHLO test")
        await wire.say(f"MAIL FROM:<{SENDER}>")
        await wire.say("RCPT TO:<hugo@drops-before.simulator.invalid>")
        wire.writer.write(b"DATA\r\n")
        assert await wire.rest() == b""


async def test_who_cuts_after_the_dot_has_taken_the_whole_message(world: World) -> None:
    async with wired(world.port) as wire:
        await wire.say("EHLO test")
        await wire.say(f"MAIL FROM:<{SENDER}>")
        await wire.say("RCPT TO:<hugo@drops-after.simulator.invalid>")
        assert (await wire.say("DATA")).startswith("354 ")
        wire.writer.write(CONTENT + b".\r\n")
        assert await wire.rest() == b""


def test_lines_are_cut_in_the_same_way_on_the_event_loop_of_production() -> None:
    async def talk() -> None:
        async with running() as world:
            for name, answer in (("drops-before", b""), ("drops-after", b"354 ")):
                async with wired(world.port) as wire:
                    await wire.say("EHLO test")
                    await wire.say(f"MAIL FROM:<{SENDER}>")
                    await wire.say(f"RCPT TO:<hugo@{name}.simulator.invalid>")
                    wire.writer.write(b"DATA\r\n")
                    assert (await wire.reader.read(4)) == answer
                    wire.writer.write(CONTENT + b".\r\n")
                    assert b"250" not in await wire.rest()
            assert (await world.send("accepts")).startswith("2.0.0 Ok")

    uvloop.run(talk())


async def test_a_pipelined_transaction_is_answered_in_order(world: World) -> None:
    async with wired(world.port) as wire:
        await wire.say("EHLO test")
        replies = [
            await wire.say(
                f"MAIL FROM:<{SENDER}> BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=r1",
                "RCPT TO:<zoé@accepts.simulator.invalid> NOTIFY=NEVER",
                "RCPT TO:<hugo@mailbox-full.simulator.invalid> NOTIFY=FAILURE",
                "RCPT TO:<lea@slow.simulator.invalid>",
                "DATA",
            )
        ]
        replies += [await wire.reply() for _ in range(4)]
        assert [reply[:3] for reply in replies] == ["250", "250", "552", "452", "354"]
        assert (await wire.say("Subject: x", "", ".")).startswith("250 2.0.0")


async def test_recipients_who_would_answer_the_dot_otherwise_must_come_separately(world: World) -> None:
    async with world.client() as client:
        refused, answer = await client.sendmail(
            SENDER, ["a@accepts.simulator.invalid", "b@spam.simulator.invalid", "c@opens.simulator.invalid"], CONTENT
        )
    assert answer.startswith("2.0.0 Ok")
    assert {address: reply.code for address, reply in refused.items()} == {"b@spam.simulator.invalid": 452}


async def test_the_extensions_that_matter_are_announced(world: World) -> None:
    async with world.client() as client:
        await client.ehlo()
        for extension in ("pipelining", "8bitmime", "smtputf8", "size", "enhancedstatuscodes", "dsn"):
            assert client.supports_extension(extension)


async def test_an_address_beyond_ascii_needs_smtputf8(world: World) -> None:
    async with wired(world.port) as wire:
        await wire.say("EHLO test")
        await wire.say(f"MAIL FROM:<{SENDER}>")
        assert (await wire.say("RCPT TO:<zoé@accepts.simulator.invalid>")).startswith("553 5.6.7")


async def test_a_bare_line_feed_does_not_end_the_message(world: World) -> None:
    """Otherwise what follows would be taken for commands: a second message smuggled in the first."""
    async with wired(world.port) as wire:
        await wire.say("EHLO test")
        await wire.say(f"MAIL FROM:<{SENDER}>")
        await wire.say("RCPT TO:<hugo@accepts.simulator.invalid>")
        await wire.say("DATA")
        wire.writer.write(b"one\n.\r\nQUIT\r\n\r\n.\nQUIT\r\n")
        assert (await wire.say(".", "NOOP")).startswith("250 2.0.0 Ok: queued")
        assert (await wire.reply()).startswith("250 2.0.0 Ok\r\n")


async def test_a_declared_size_beyond_the_limit_is_refused_at_once(world: World) -> None:
    async with wired(world.port) as wire:
        await wire.say("EHLO test")
        assert (await wire.say(f"MAIL FROM:<{SENDER}> SIZE=99999999")).startswith("552 5.3.4")


async def test_a_message_beyond_the_limit_is_refused_and_not_kept(world: World) -> None:
    async with wired(world.port) as wire:
        await wire.say("EHLO test")
        await wire.say(f"MAIL FROM:<{SENDER}>")
        await wire.say("RCPT TO:<hugo@accepts.simulator.invalid>")
        await wire.say("DATA")
        for _ in range(27):
            wire.writer.write(b"x" * 1024 * 1024)
            await wire.writer.drain()
        assert (await wire.say("", ".")).startswith("552 5.3.4")
        assert (await wire.say("NOOP")).startswith("250")


async def test_commands_out_of_order_are_refused_and_the_conversation_goes_on(world: World) -> None:
    async with wired(world.port) as wire:
        assert (await wire.say("MAIL FROM:<a@b.test>")).startswith("503")
        assert (await wire.say("EHLO")).startswith("501")
        assert (await wire.say("HELO test")).startswith("250")
        assert (await wire.say("RCPT TO:<accepts@simulator.invalid>")).startswith("503")
        assert (await wire.say("DATA")).startswith("503")
        assert (await wire.say("STARTTLS")).startswith("500")
        assert (await wire.say("VRFY hugo")).startswith("252")
        assert (await wire.say("MAIL FROM:<a@b.test>")).startswith("250")
        assert (await wire.say("MAIL FROM:<a@b.test>")).startswith("503")
        assert (await wire.say("QUIT")).startswith("221")
        assert await wire.rest() == b""


async def test_a_command_without_end_is_hung_up_on(world: World) -> None:
    async with wired(world.port) as wire:
        assert (await wire.say("NOOP " + "x" * 5000)).startswith("500 5.5.2 Line too long")
        assert await wire.rest() == b""


async def test_a_client_that_only_errs_is_hung_up_on(world: World) -> None:
    async with wired(world.port) as wire:
        wire.writer.write(b"WHAT\r\n" * 30)
        assert (await wire.rest()).endswith(b"421 4.7.0 Too many errors, closing\r\n")


async def test_one_client_s_garbage_never_costs_another_its_answer(world: World) -> None:
    for garbage in (b"\x00\xff\r\n" * 5, b"\r\n\r\n", b"EHLO \xff\r\nMAIL FROM:<\xff@\xfe> SMTPUTF8\r\n", b"DATA\n.\n"):
        async with wired(world.port) as wire:
            wire.writer.write(garbage)
            wire.writer.write_eof()
            assert all(line[:3].isdigit() for line in (await wire.rest()).splitlines())
    assert (await world.send("accepts")).startswith("2.0.0 Ok")
    assert not [line for line in world.log if "failed" in line]


COMMANDS = [
    *[b"EHLO x\r\n", b"MAIL FROM:<a@b.test>\r\n", b"MAIL FROM:<> SIZE=5 RET=FULL\r\n", b"DATA\r\n", b".\r\n", b"\r\n"],
    *[b"RCPT TO:<scanner@simulator.invalid>\r\n", b"RCPT TO:<opens@simulator.invalid> NOTIFY=SUCCESS\r\n", b"RSET\r\n"],
    *[b"Subject: x\r\n", b"RCPT TO:<{0}@simulator.invalid>\r\n", b"NOOP", b"\n", b"<", b"="],
]


@given(st.lists(st.sampled_from(COMMANDS) | st.binary(max_size=12), max_size=25).map(b"".join))
def test_whatever_a_client_sends_gets_replies_or_a_hang_up(said: bytes) -> None:
    async def talk() -> tuple[bytes, list[str]]:
        async with running() as world, wired(world.port) as wire:
            wire.writer.write(said)
            wire.writer.write_eof()
            return await wire.rest(), world.log

    answered, log = asyncio.run(talk())
    assert all(line[:3].isdigit() and line[3:4] in b" -" for line in answered.splitlines())
    assert not [line for line in log if "failed" in line]


async def test_stopping_ends_conversations_that_hang() -> None:
    async with running() as world:
        reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
        writer.write(b"EHLO x\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<hangs@simulator.invalid>\r\n")
        while not (await reader.readline()).startswith(b"250 2.1.0"):
            pass
    async with asyncio.timeout(10):
        assert await reader.read() == b""
    writer.close()


async def test_what_each_recipient_answered_is_logged(world: World) -> None:
    with contextlib.suppress(aiosmtplib.SMTPRecipientsRefused):
        await world.send("mailbox-full")
    (line,) = world.log
    assert line.startswith("simulated recipient=hugo@mailbox-full.simulator.invalid behaviour=mailbox-full reply='552 ")


def test_every_behaviour_was_spoken_to() -> None:
    """A new behaviour needs a conversation here, unless it plainly accepts."""
    spoken_to = {
        *["try-later", "unknown-mailbox", "mailbox-full", "mailbox-disabled", "ip-blocked", "message-too-large"],
        "too-many",
        *["spam", "greylists", "busy-once", "hangs", "drops-before", "drops-after"],
        *(one.name_en for one in REFUSALS),
    }
    others: list[Behaviour] = [b for b in BEHAVIOURS if b.name_en not in PLAINLY_ACCEPTING]
    assert {b.name_en for b in others} == spoken_to
