"""The engine over real sockets: another's mail server, a name server, the machine's clock."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from bienrecu.adapters.dns_router import DnsRouter
from bienrecu.adapters.stream_network import StreamNetwork
from bienrecu.adapters.system_clock import SystemClock
from bienrecu.delivery.engine import Engine
from bienrecu.diagnosis import diagnose
from bienrecu.domain.event import Kind
from tests.dns_server import TestDnsServer
from tests.fakes import FakeQueue, FakeSigner, job

DOMAINS = [f"d{n}.example" for n in range(5)]


class Inbox:
    def __init__(self) -> None:
        self.received: list[tuple[str, bytes]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert envelope.original_content is not None
        self.received += [(recipient, envelope.original_content) for recipient in envelope.rcpt_tos]
        return "250 2.0.0 kept"


@pytest.fixture
async def inbox() -> AsyncIterator[tuple[Inbox, int]]:
    found = Inbox()
    listening = await asyncio.get_running_loop().create_server(lambda: SMTP(found), "127.0.0.1", 0)
    yield found, listening.sockets[0].getsockname()[1]
    listening.close()


async def test_a_hundred_messages_over_five_domains_arrive_each_exactly_once(inbox: tuple[Inbox, int]) -> None:
    found, port = inbox
    clock = SystemClock()
    queue = FakeQueue(clock)  # type: ignore[arg-type]
    jobs = [job(n, f"p{n}@{DOMAINS[n % 5]}", due_since=clock.now()) for n in range(100)]
    queue.add(*jobs)
    stop = asyncio.Event()
    with TestDnsServer({domain: [("MX", f"10 mx.{domain}.")] for domain in DOMAINS}) as dns:
        dns.zones |= {f"mx.{domain}": [("A", "127.0.0.1")] for domain in DOMAINS}
        router = DnsRouter([("127.0.0.1", dns.port)], port=port, allow_private=True)
        engine = Engine(queue, router, StreamNetwork(), clock, FakeSigner(), diagnose, hello_name="us.example")
        running = asyncio.create_task(engine.run(stop))
        async with asyncio.timeout(30):
            while not all(row.outcomes for row in queue.rows.values()):
                await asyncio.sleep(0.05)
        stop.set()
        await running
    assert {tuple(row.kinds) for row in queue.rows.values()} == {(Kind.DELIVERED,)}
    assert not queue.violations
    assert Counter(recipient for recipient, _ in found.received) == Counter(str(j.recipient) for j in jobs)
    signature = b"DKIM-Signature: d=of-exemple.fr\r\n"
    contents = {str(j.recipient): signature + j.content.head + j.content.tail for j in jobs}
    assert dict(found.received) == contents
