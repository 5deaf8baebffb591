"""Another's server, which reads the standard in its own way, gets what we sent."""

import asyncio
import re

from aiosmtpd.smtp import SMTP, Envelope, Session
from hypothesis import given, settings
from hypothesis import strategies as st

from bienrecu.adapters.stream_network import StreamNetwork
from bienrecu.delivery.channel import Channel
from bienrecu.delivery.ports import Host
from bienrecu.protocol.smtp.transaction import Fate, Transaction
from tests.engine.scripted_server import RealClock

_PIECES = st.sampled_from(
    [b".", b"\r\n", b"\r\n.\r\n", b"\r\n..", b"\n", b"\n.\n", b"\r", b"text", b"\xc3\xa9", b"x" * 2000]
)
_CONTENTS = st.lists(st.lists(_PIECES, max_size=12).map(b"".join), min_size=1, max_size=3).map(tuple)


class Inbox:
    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        return "250 2.0.0 kept"


class PatientSMTP(SMTP):
    line_length_limit = 100_000


async def send(*transactions: Transaction) -> tuple[list[Fate], list[Envelope]]:
    """Over one session; what became of each, and what arrived."""

    async def ready() -> bool:
        return True

    inbox = Inbox()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: PatientSMTP(inbox, enable_SMTPUTF8=True), "127.0.0.1", 0)
    host = Host("mx1.example.org", ("127.0.0.1",), listening.sockets[0].getsockname()[1])
    channel = await Channel.open(
        StreamNetwork(), RealClock(), host, "127.0.0.1", hello_name="client.example", patience=0.1
    )
    fates = [(await channel.deliver(transaction, ready)).fate for transaction in transactions]
    await channel.close()
    listening.close()
    return fates, inbox.envelopes


@settings(max_examples=30)
@given(contents=st.lists(_CONTENTS, min_size=1, max_size=5))
def test_what_is_received_is_what_was_sent(contents: list[tuple[bytes, ...]]) -> None:
    sent = [Transaction("r1@client.example", f"p{n}@example.org", content) for n, content in enumerate(contents)]
    fates, received = asyncio.run(send(*sent))
    assert fates == [Fate.ACCEPTED] * len(sent)
    for transaction, envelope in zip(sent, received, strict=True):
        expected = re.sub(rb"\r\n|\r|\n", b"\r\n", b"".join(transaction.content))
        assert isinstance(envelope.original_content, bytes)
        assert envelope.original_content.removesuffix(b"\r\n") == expected.removesuffix(b"\r\n")
        assert (envelope.mail_from, envelope.rcpt_tos) == (transaction.reverse_path, [transaction.forward_path])


async def test_an_address_beyond_ascii_arrives_as_it_is() -> None:
    fates, (envelope,) = await send(Transaction("", "zoé@example.org", (b"x\r\n",), smtputf8=True))
    assert (fates, envelope.rcpt_tos, envelope.smtp_utf8) == ([Fate.ACCEPTED], ["zoé@example.org"], True)
