"""Every conversation of tests/dialogues again, by a channel over real sockets."""

import ssl

import pytest

from bienrecu.delivery.channel import Channel, ChannelError
from bienrecu.delivery.ports import Host, Login
from tests.dialogues.dialogue import HELLO, Dialogue, Verdict, all_dialogues, verdict_on, verdict_on_failure
from tests.engine.scripted_server import LocalNetwork, RealClock, ScriptedServer, running, self_signed

NAME = "mx1.example.org"
DIALOGUES = {dialogue.name: dialogue for dialogue in all_dialogues()}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    return self_signed(tmp_path_factory.mktemp("tls"), NAME)


@pytest.mark.parametrize("name", DIALOGUES)
async def test_the_channel_holds_this_conversation(name: str, certificate: tuple[ssl.SSLContext, str]) -> None:
    dialogue = DIALOGUES[name]
    context, ca_file = certificate
    async with running(ScriptedServer(dialogue.turns, tls=context)) as server:
        verdicts = await _verdicts(dialogue, server.port, ca_file)
    assert verdicts == [turn.words for turn in dialogue.turns if isinstance(turn, Verdict)]
    assert server.misheard is None
    assert b"".join(server.beyond) in (b"", b"QUIT\r\n")


async def _verdicts(dialogue: Dialogue, port: int, ca_file: str) -> list[str]:
    """What came of it, said as the dialogue says it."""
    host = Host(
        name=NAME,
        addresses=("127.0.0.1",),
        port=port,
        require_tls="tls required" in dialogue.options,
        login=Login(*dialogue.login) if dialogue.login else None,
    )
    try:
        channel = await Channel.open(
            LocalNetwork(ca_file),
            RealClock(),
            host,
            "127.0.0.1",
            hello_name=HELLO,
            patience=0.001 if dialogue.has("hangs") else 0.1,
            tls="tls never" not in dialogue.options,
        )
    except ChannelError as error:
        return [verdict_on_failure(error.stage, error.reply)]
    verdicts = await _said(dialogue, channel)
    await channel.close()
    return verdicts


async def _said(dialogue: Dialogue, channel: Channel) -> list[str]:
    async def ready() -> bool:
        return "not ours" not in dialogue.options

    verdicts = []
    for turn in dialogue.turns:
        match turn:
            case Verdict("opened"):
                verdicts.append("opened")
            case Verdict("usable" | "not usable"):
                verdicts.append("usable" if channel.usable else "not usable")
            case Verdict():
                verdicts.append(verdict_on(await channel.deliver(dialogue.transaction, ready)))
    return verdicts
