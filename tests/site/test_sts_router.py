"""Honouring MTA-STS, with a real name server and a real HTTPS server on loopback."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.db import connection

from bienrecu.adapters.dns_lookup import DnsLookup
from bienrecu.adapters.dns_router import DnsRouter, is_public
from bienrecu.adapters.sts_memory import StsMemory, drop_expired
from bienrecu.adapters.sts_policies import StsPolicies
from bienrecu.adapters.sts_router import StsRouter
from bienrecu.delivery.ports import RouteError
from bienrecu.domain.reason import Reason
from bienrecu.protocol.mta_sts import read_policy
from tests.dns_server import SERVFAIL, TestDnsServer, Zones
from tests.fakes import FakeClock

POLICY = b"version: STSv1\nmode: enforce\nmx: good.example.org\nmax_age: 86400\n"
ZONES: Zones = {
    "example.org": [("MX", "10 bad.example.org."), ("MX", "20 good.example.org.")],
    "good.example.org": [("A", "127.0.0.1")],
    "bad.example.org": [("A", "127.0.0.1")],
    "_mta-sts.example.org": [("TXT", '"v=STSv1; id=1;"')],
    "mta-sts.example.org": [("A", "127.0.0.1")],
}


class Site:
    """The web site of policies: what it answers, and how often it was asked."""

    def __init__(self, certificate: Path) -> None:
        self.answer, self.asked, self.certificate, self.port = ok(POLICY), 0, certificate, 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        assert request.startswith(b"GET /.well-known/mta-sts.txt HTTP/1.0\r\nHost: mta-sts.example.org\r\n")
        self.asked += 1
        writer.write(self.answer)
        writer.close()


def ok(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.0 {status}\r\nContent-Type: text/plain\r\n\r\n".encode() + body


def certificate_for(name: str, folder: Path) -> Path:
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
        .sign(key, SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    return file


@pytest.fixture
def dns() -> Iterator[TestDnsServer]:
    with TestDnsServer({name: list(records) for name, records in ZONES.items()}) as server:
        yield server


@asynccontextmanager
async def site(tmp_path: Path, name: str = "mta-sts.example.org") -> AsyncIterator[Site]:
    served = Site(certificate_for(name, tmp_path))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(served.certificate)
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0, ssl=context)
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        server.close()


def router(dns: TestDnsServer, site: Site, *, private: bool = True, clock: FakeClock | None = None) -> StsRouter:
    clock = clock or FakeClock()
    lookup = DnsLookup([("127.0.0.1", dns.port)], clock, lifetime=1.0)
    policies = StsPolicies(
        lookup,
        clock,
        lambda address: private or is_public(address),
        port=site.port,
        context=ssl.create_default_context(cafile=str(site.certificate)),
    )
    return StsRouter(DnsRouter(lookup=lookup, clock=clock, allow_private=True), policies)


async def servers(router: StsRouter) -> list[tuple[str, bool]]:
    return [(host.name, host.require_tls) for host in (await router.route("example.org")).hosts]


STRICT = [("good.example.org", True)]
FREE = [("bad.example.org", False), ("good.example.org", False)]


async def test_only_the_servers_it_names_and_only_over_verified_tls(dns: TestDnsServer, tmp_path: Path) -> None:
    async with site(tmp_path) as served:
        assert await servers(router(dns, served)) == STRICT


async def test_it_is_fetched_once_and_again_when_its_id_changes(dns: TestDnsServer, tmp_path: Path) -> None:
    async with site(tmp_path) as served:
        clock = FakeClock()
        asked = router(dns, served, clock=clock)
        assert [await servers(asked) for _ in range(3)] == [STRICT] * 3
        assert served.asked == 1
        dns.zones["_mta-sts.example.org"] = [("TXT", '"v=STSv1; id=2;"')]
        served.answer = ok(POLICY.replace(b"enforce", b"testing"))
        clock.elapsed += 3700
        assert await servers(asked) == FREE
        assert served.asked == 2


@pytest.mark.parametrize("trouble", ["site", "dns", "record"])
async def test_what_was_learned_holds_when_nobody_answers(dns: TestDnsServer, tmp_path: Path, trouble: str) -> None:
    """Who stands in between must not be able to take a policy away."""
    async with site(tmp_path) as served:
        clock = FakeClock()
        asked = router(dns, served, clock=clock)
        assert await servers(asked) == STRICT
        dns.zones["_mta-sts.example.org"] = {"site": [("TXT", '"v=STSv1; id=2;"')], "dns": [SERVFAIL], "record": []}[
            trouble
        ]
        served.answer = ok(b"", "500 Oh")
        clock.elapsed += 3700
        assert await servers(asked) == STRICT
        clock.elapsed += 86400
        assert await servers(asked) == FREE


@pytest.mark.parametrize(
    "answer",
    [
        ok(POLICY, "302 Found"),
        ok(POLICY, "404 Not Found"),
        ok(b"version: STSv1\nmode: enforce\n"),
        ok(POLICY.replace(b"enforce", b"none")),
        ok(POLICY + b"x" * 100_000),
        b"HTTP/1.0 200 OK\r\nX: " + b"x" * 100_000,
        b"",
        b"\0\r\n\r\n",
    ],
)
async def test_what_is_no_policy_in_force_changes_nothing(dns: TestDnsServer, tmp_path: Path, answer: bytes) -> None:
    async with site(tmp_path) as served:
        served.answer = answer
        assert await servers(router(dns, served)) == FREE


async def test_a_site_with_somebody_elses_certificate_is_not_believed(dns: TestDnsServer, tmp_path: Path) -> None:
    async with site(tmp_path, name="elsewhere.example.org") as served:
        assert await servers(router(dns, served)) == FREE
        assert served.asked == 0


async def test_nothing_is_fetched_from_inside_our_own_network(dns: TestDnsServer, tmp_path: Path) -> None:
    async with site(tmp_path) as served:
        assert await servers(router(dns, served, private=False)) == FREE
        assert served.asked == 0


async def test_a_policy_that_allows_no_server_puts_the_message_off(dns: TestDnsServer, tmp_path: Path) -> None:
    async with site(tmp_path) as served:
        served.answer = ok(POLICY.replace(b"good.", b"another."))
        with pytest.raises(RouteError) as caught:
            await router(dns, served).route("example.org")
        assert caught.value.reason == Reason.TLS_REQUIRED
        assert not caught.value.permanent


@pytest.mark.django_db(transaction=True)
async def test_what_was_learned_outlives_the_engine_that_learned_it(dns: TestDnsServer, tmp_path: Path) -> None:
    """An attacker who hides the announcement from an engine that has just begun gains nothing."""

    def call(function: Any, *args: Any) -> Any:
        try:
            return function(*args)
        finally:
            connection.close()  # that of this thread, which outlives the test

    async def run(function: Any, *args: Any) -> Any:
        return await sync_to_async(call)(function, *args)

    memory, clock = StsMemory(run), FakeClock()
    async with site(tmp_path) as served:
        first = policies_of(dns, served, clock, save=memory.save)
        assert (await first.of("example.org")) == read_policy(POLICY)
        dns.zones.pop("_mta-sts.example.org")
        later = policies_of(dns, served, clock, learned=await memory.learned(clock.now()))
        assert (await later.of("example.org")) == read_policy(POLICY)
        assert served.asked == 1
    assert len(await memory.learned(clock.now())) == 1
    assert await memory.learned(clock.now() + timedelta(days=2)) == []
    await run(drop_expired, clock.now() + timedelta(days=2))
    assert await memory.learned(clock.now()) == []


async def test_a_database_that_does_not_answer_costs_the_memory_only(dns: TestDnsServer, tmp_path: Path) -> None:
    async def run(function: Any, *args: Any) -> Any:
        raise OSError("gone")

    async with site(tmp_path) as served:
        policies = policies_of(dns, served, FakeClock(), save=StsMemory(run).save)
        assert (await policies.of("example.org")) == read_policy(POLICY)


def policies_of(dns: TestDnsServer, served: Site, clock: FakeClock, **memory: Any) -> StsPolicies:
    context = ssl.create_default_context(cafile=str(served.certificate))
    lookup = DnsLookup([("127.0.0.1", dns.port)], clock)
    return StsPolicies(lookup, clock, lambda _: True, port=served.port, context=context, **memory)
