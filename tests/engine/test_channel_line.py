"""What a channel does with its line: TLS, our own go-ahead, servers that stop listening, leaving."""

import asyncio
import ssl

import pytest
import uvloop

from bienrecu.delivery.channel import Channel, ChannelError
from bienrecu.delivery.ports import Host, Login
from bienrecu.protocol.smtp.stage import Stage
from bienrecu.protocol.smtp.transaction import Fate, Transaction
from tests.dialogues.dialogue import Act, Expected, Said, Turn
from tests.engine.scripted_server import LocalNetwork, RealClock, ScriptedServer, running, self_signed

NAME = "mx1.example.org"
CONTENT = (b"Subject: hello\r\n\r\n", b"hello\r\n")
MESSAGE = Transaction("r1@client.example", "paul@example.org", CONTENT)
LARGE = Transaction("r1@client.example", "paul@example.org", (b"Subject: large\r\n\r\n", b"x" * 998 + b"\r\n") * 20_000)

OPENING: tuple[Turn, ...] = (
    Said(b"220 mx1.example.org\r\n"),
    Expected(b"EHLO client.example\r\n"),
    Said(b"250-mx1.example.org\r\n250 PIPELINING\r\n"),
)
ENVELOPE = Expected(b"MAIL FROM:<r1@client.example>\r\nRCPT TO:<paul@example.org>\r\nDATA\r\n")
TAKEN = Said(b"250 ok\r\n250 ok\r\n354 go ahead\r\n")
BODY = Expected(b"".join(CONTENT) + b".\r\n")
QUEUED = Said(b"250 queued\r\n")
TLS_OFFERED: tuple[Turn, ...] = (
    Said(b"220 mx1.example.org\r\n"),
    Expected(b"EHLO client.example\r\n"),
    Said(b"250-mx1.example.org\r\n250 STARTTLS\r\n"),
    Expected(b"STARTTLS\r\n"),
    Said(b"220 go on\r\n"),
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    return self_signed(tmp_path_factory.mktemp("tls"), NAME)


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


async def open_channel(
    port: int,
    *,
    ca_file: str | None = None,
    patience: float = 0.1,
    address: str = "127.0.0.1",
    name: str = NAME,
    require_tls: bool = False,
    implicit_tls: bool = False,
    login: Login | None = None,
) -> Channel:
    host = Host(name, (address,), port, implicit_tls=implicit_tls, require_tls=require_tls, login=login)
    network = LocalNetwork(ca_file)
    return await Channel.open(network, RealClock(), host, address, hello_name="client.example", patience=patience)


# One session, many messages


async def test_twenty_messages_go_over_one_session() -> None:
    script = (*OPENING, *(ENVELOPE, TAKEN, BODY, QUEUED) * 20)
    async with running(ScriptedServer(script)) as server:
        channel = await open_channel(server.port)
        fates = [(await channel.deliver(MESSAGE, yes)).fate for _ in range(20)]
        await channel.close()
    assert fates == [Fate.ACCEPTED] * 20
    assert (channel.messages, server.connections, server.misheard) == (20, 1, None)
    assert server.beyond == [b"QUIT\r\n"]


async def test_the_first_transcript_opens_with_the_connection_and_the_second_does_not() -> None:
    script = (*OPENING, *(ENVELOPE, TAKEN, BODY, QUEUED) * 2)
    async with running(ScriptedServer(script)) as server:
        channel = await open_channel(server.port)
        first, second = [(await channel.deliver(MESSAGE, yes)).transcript for _ in range(2)]
        await channel.close()
    assert f"[connecting to {NAME} [127.0.0.1], port {server.port}]" in first
    assert "S: 220 mx1.example.org" in first
    assert "message 2 of this session" in second
    assert "220 mx1" not in second


# Our own go-ahead


async def test_the_go_ahead_is_asked_for_while_the_envelope_travels() -> None:
    asked = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hi\r\n")
        await reader.readline()
        writer.write(b"250-hi\r\n250 PIPELINING\r\n")
        await reader.readuntil(b"DATA\r\n")
        await asked.wait()  # were it asked for after the answer, both would wait for ever
        writer.write(b"250 ok\r\n250 ok\r\n354 go\r\n")
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"250 queued\r\n")
        writer.close()

    async def ready() -> bool:
        asked.set()
        return True

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    channel = await open_channel(listening.sockets[0].getsockname()[1])
    result = await channel.deliver(MESSAGE, ready)
    await channel.close()
    listening.close()
    assert result.fate is Fate.ACCEPTED


async def test_not_one_octet_of_the_message_leaves_before_the_go_ahead() -> None:
    async with running(ScriptedServer((*OPENING, ENVELOPE, TAKEN))) as server:
        channel = await open_channel(server.port)
        go = asyncio.Event()

        async def ready() -> bool:
            await go.wait()
            return False

        delivery = asyncio.create_task(channel.deliver(MESSAGE, ready))
        await asyncio.sleep(0.05)  # all the time the envelope's answers need
        go.set()
        result = await delivery
        assert not channel.usable
        await channel.close()
    assert result.fate is Fate.NOT_OURS
    assert server.beyond == []


async def test_a_refused_message_that_is_not_ours_is_not_reported_as_refused() -> None:
    refused = Said(b"250 ok\r\n550 5.1.1 unknown\r\n503 no\r\n")
    async with running(ScriptedServer((*OPENING, ENVELOPE, refused))) as server:
        channel = await open_channel(server.port)
        result = await channel.deliver(MESSAGE, no)
        assert channel.usable
        await channel.close()
    assert (result.fate, str(result.reply)) == (Fate.NOT_OURS, "550 5.1.1 unknown")


async def test_when_our_own_side_fails_nothing_is_sent_and_the_error_is_told() -> None:
    async def broken() -> bool:
        raise RuntimeError("the database is gone")

    async with running(ScriptedServer((*OPENING, ENVELOPE, TAKEN))) as server:
        channel = await open_channel(server.port)
        with pytest.raises(RuntimeError, match="the database is gone"):
            await channel.deliver(MESSAGE, broken)
    assert server.beyond == []


async def test_a_delivery_that_is_cancelled_cuts_the_line() -> None:
    async with running(ScriptedServer((*OPENING, ENVELOPE))) as server:
        channel = await open_channel(server.port)
        delivery = asyncio.create_task(channel.deliver(MESSAGE, yes))
        await asyncio.sleep(0.05)
        delivery.cancel()
        with pytest.raises(asyncio.CancelledError):
            await delivery
    assert server.beyond == []  # the server's side ended too, or we would still wait for it


# Servers that stop listening


async def test_a_server_that_stops_reading_in_the_middle_of_a_message_does_not_hold_it() -> None:
    async with running(ScriptedServer((*OPENING, ENVELOPE, TAKEN, Act("hangs")))) as server:
        channel = await open_channel(server.port, patience=0.001)
        result = await channel.deliver(LARGE, yes)
    assert (result.fate, result.stage, result.reply) == (Fate.LINE_DEAD, Stage.DATA, None)
    assert result.detail == "nothing was taken for 0.18 s"
    assert not channel.usable


@pytest.mark.parametrize("end", ["hangs", "closes"])
async def test_what_a_server_says_in_the_middle_of_a_message_is_heard(end: str) -> None:
    script = (*OPENING, ENVELOPE, TAKEN, Expected(LARGE.content[0]), Said(b"552 5.3.4 too large\r\n"), Act(end))
    async with running(ScriptedServer(script)) as server:
        channel = await open_channel(server.port, patience=0.001)
        result = await channel.deliver(LARGE, yes)
    assert (result.fate, result.stage, str(result.reply)) == (Fate.REFUSED, Stage.DATA, "552 5.3.4 too large")
    assert not channel.usable


async def test_a_server_that_never_ends_its_sentence_is_left() -> None:
    endless = Said(b"250-and furthermore\r\n" * 100_000)
    async with running(ScriptedServer((*OPENING, ENVELOPE, endless))) as server:
        channel = await open_channel(server.port)
        result = await channel.deliver(MESSAGE, yes)
    assert (result.fate, result.detail) == (Fate.PROTOCOL_ERROR, "a reply of more than 200 lines")


async def test_leaving_waits_for_nobody_long() -> None:
    async with running(ScriptedServer((*OPENING, Act("hangs")))) as server:
        channel = await open_channel(server.port, patience=0.01)
        await asyncio.wait_for(channel.close(), 10)
        assert not channel.usable


# Opening


async def test_a_closed_port_is_said_to_be_one() -> None:
    async with running(ScriptedServer()) as server:
        port = server.port
    with pytest.raises(ChannelError, match="connection refused") as caught:
        await open_channel(port)
    error = caught.value
    assert (error.stage, error.reply, error.permanent, error.ip, error.host) == (
        Stage.CONNECT,
        None,
        False,
        "127.0.0.1",
        NAME,
    )
    assert error.transcript.endswith("[connection refused]")


async def test_an_address_that_is_none_is_an_error_like_any_other() -> None:
    with pytest.raises(ChannelError):
        await open_channel(25, address="127.0.0.1\0")


async def test_a_host_that_takes_no_mail_says_so_for_good_and_is_left_politely() -> None:
    async with running(ScriptedServer((Said(b"554-no\r\n554 5.7.1 mail here\r\n"),))) as server:
        with pytest.raises(ChannelError) as caught:
            await open_channel(server.port)
    assert caught.value.permanent
    assert str(caught.value.reply) == "554-no\n554 5.7.1 mail here"
    assert server.beyond == [b"QUIT\r\n"]


async def test_a_server_on_ipv6_is_reached() -> None:
    server = ScriptedServer(OPENING)
    try:
        listening = await asyncio.start_server(server.serve, "::1", 0)
    except OSError:
        pytest.skip("this machine has no IPv6")
    channel = await open_channel(listening.sockets[0].getsockname()[1], address="::1")
    assert channel.ip == "::1"
    await channel.close()
    listening.close()


# TLS


async def test_what_is_said_after_the_handshake_goes_under_tls(certificate: tuple[ssl.SSLContext, str]) -> None:
    context, _ = certificate
    script = (*TLS_OFFERED, Act("tls"), *OPENING[1:], ENVELOPE, TAKEN, BODY, QUEUED)
    async with running(ScriptedServer(script, tls=context)) as server:
        channel = await open_channel(server.port)
        result = await channel.deliver(MESSAGE, yes)
        await channel.close()
    assert result.fate is Fate.ACCEPTED
    assert channel.tls.startswith("TLSv1.3 TLS_")
    assert f"[TLS: {channel.tls}]" in result.transcript
    assert channel.extensions.pipelining
    assert not channel.extensions.starttls


async def test_a_large_message_goes_under_tls(certificate: tuple[ssl.SSLContext, str]) -> None:
    context, _ = certificate
    body = Expected(b"".join(LARGE.content) + b".\r\n")
    script = (*TLS_OFFERED, Act("tls"), *OPENING[1:], ENVELOPE, TAKEN, body, QUEUED)
    async with running(ScriptedServer(script, tls=context)) as server:
        channel = await open_channel(server.port)
        result = await channel.deliver(LARGE, yes)
        await channel.close()
    assert (result.fate, server.misheard) == (Fate.ACCEPTED, None)


def test_uvloop_carries_the_same_conversation(certificate: tuple[ssl.SSLContext, str]) -> None:
    context, _ = certificate
    body = Expected(b"".join(LARGE.content) + b".\r\n")
    rest = (*OPENING[1:], ENVELOPE, TAKEN, body, QUEUED)

    async def talk() -> list[Fate]:
        fates = []
        for script in ((OPENING[0], *rest), (*TLS_OFFERED, Act("tls"), *rest)):
            async with running(ScriptedServer(script, tls=context)) as server:
                channel = await open_channel(server.port)
                fates.append((await channel.deliver(LARGE, yes)).fate)
                await channel.close()
            assert server.misheard is None
        return fates

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(talk()) == [Fate.ACCEPTED, Fate.ACCEPTED]


async def test_where_the_handshake_fails_the_message_goes_in_clear_and_the_transcript_says_so() -> None:
    in_clear = (*TLS_OFFERED[:3], Expected(b"MAIL FROM:<r1@client.example>\r\n"), Said(b"550 no\r\n"))
    async with running(ScriptedServer((*TLS_OFFERED, Act("no tls")), in_clear)) as server:
        channel = await open_channel(server.port)
        result = await channel.deliver(MESSAGE, yes)
        await channel.close()
    assert (channel.tls, server.connections) == ("", 2)
    assert str(result.reply) == "550 no"
    assert "[TLS failed: wrong version number]" in result.transcript
    assert "[connecting again, to go on in clear]" in result.transcript


async def test_where_a_handshake_hangs_the_message_goes_in_clear() -> None:
    in_clear = (*TLS_OFFERED[:3], Expected(b"MAIL FROM:<r1@client.example>\r\n"), Said(b"550 no\r\n"))
    async with running(ScriptedServer((*TLS_OFFERED, Act("hangs")), in_clear)) as server:
        channel = await open_channel(server.port, patience=0.001)
        result = await channel.deliver(MESSAGE, yes)
        await channel.close()
    assert str(result.reply) == "550 no"


@pytest.mark.parametrize("required", [{"require_tls": True}, {"login": Login("paul", "secret")}])
async def test_a_relay_gets_neither_password_nor_message_in_clear_when_the_handshake_fails(
    required: dict[str, object],
) -> None:
    async with running(ScriptedServer((*TLS_OFFERED, Act("no tls")))) as server:
        with pytest.raises(ChannelError, match="TLS failed: wrong version number") as caught:
            await open_channel(server.port, **required)  # type: ignore[arg-type]
    assert (caught.value.stage, caught.value.permanent, server.connections) == (Stage.STARTTLS, False, 1)


async def test_a_relay_must_show_a_certificate_we_trust(certificate: tuple[ssl.SSLContext, str]) -> None:
    context, _ = certificate
    async with running(ScriptedServer((*TLS_OFFERED, Act("tls")), tls=context)) as server:
        with pytest.raises(ChannelError, match=r"certificate not trusted: self.signed certificate"):
            await open_channel(server.port, require_tls=True)


async def test_a_relay_must_show_a_certificate_for_its_name(certificate: tuple[ssl.SSLContext, str]) -> None:
    context, ca_file = certificate
    async with running(ScriptedServer((*TLS_OFFERED, Act("tls")), tls=context)) as server:
        with pytest.raises(ChannelError, match="certificate not trusted: Hostname mismatch"):
            await open_channel(server.port, ca_file=ca_file, require_tls=True, name="relay.example.net")


async def test_a_name_that_cannot_be_one_fails_like_any_handshake(certificate: tuple[ssl.SSLContext, str]) -> None:
    context, _ = certificate
    async with running(ScriptedServer((*TLS_OFFERED, Act("tls")), tls=context)) as server:
        with pytest.raises(ChannelError, match="TLS failed"):
            await open_channel(server.port, require_tls=True, name="x" * 64 + ".example")


async def test_a_relay_may_speak_tls_from_the_first_octet(certificate: tuple[ssl.SSLContext, str]) -> None:
    context, ca_file = certificate
    async with running(ScriptedServer((*OPENING, ENVELOPE, TAKEN, BODY, QUEUED)), tls=context) as server:
        channel = await open_channel(server.port, ca_file=ca_file, implicit_tls=True, require_tls=True)
        result = await channel.deliver(MESSAGE, yes)
        await channel.close()
    assert result.fate is Fate.ACCEPTED
    assert channel.tls.startswith("TLSv1.3 TLS_")


async def test_tls_from_the_first_octet_is_checked_too(certificate: tuple[ssl.SSLContext, str]) -> None:
    context, _ = certificate
    async with running(ScriptedServer(OPENING), tls=context) as server:
        with pytest.raises(ChannelError, match="certificate not trusted") as caught:
            await open_channel(server.port, implicit_tls=True)
    assert caught.value.stage is Stage.CONNECT
