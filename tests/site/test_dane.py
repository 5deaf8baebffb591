"""DANE: certificates that the DNS announces, with a real name server and a real mail server on loopback."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.adapters.dane_router import DaneRouter
from bienrecu.adapters.dns_lookup import DnsLookup
from bienrecu.adapters.dns_router import DnsRouter
from bienrecu.adapters.stream_network import StreamNetwork
from bienrecu.delivery.channel import Channel, ChannelError
from bienrecu.delivery.ports import Host, Route, RouteError
from bienrecu.domain.reason import Reason
from bienrecu.protocol.dane import NotTheirs, Tlsa, match, read_tlsa
from bienrecu.protocol.smtp.stage import Stage
from tests.acceptance.ports import free_port
from tests.dns_server import SERVFAIL, TestDnsServer
from tests.engine.scripted_server import RealClock
from tests.fakes import FakeClock

NOW = datetime.now(UTC)
NAME, DOMAIN = "mx.example.org", "example.org"


class Party:
    """A key with its certificate, its own or another's work."""

    def __init__(self, name: str, above: "Party | None" = None, *, days: int = 1) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = above or self
        self.certificate = (
            x509.CertificateBuilder(issuer.subject, self.subject, self.key.public_key(), x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=3))
            .not_valid_after(NOW + timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=above is None, path_length=None), critical=True)
            .sign(issuer.key, SHA256())
        )

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


CA, STRANGER = Party("authority.example"), Party("stranger.example")
LEAF, OLD, OTHER = Party(NAME, CA), Party(NAME, CA, days=-1), Party("other.example.org", CA)
STAR, FORGED = Party("*.example.org", CA), Party(NAME, OTHER)


def key_of(party: Party, usage: int = 3) -> Tlsa:
    return Tlsa(usage, 1, 1, sha256(party.public).digest())


@pytest.mark.parametrize(
    ("record", "chain"),
    [
        (key_of(LEAF), [LEAF, CA]),
        (Tlsa(3, 0, 0, LEAF.der), [LEAF]),
        (Tlsa(3, 1, 0, LEAF.public), [LEAF]),
        (key_of(OLD), [OLD]),  # neither dates
        (key_of(OTHER), [OTHER]),  # nor names count
        (key_of(CA, 2), [LEAF, CA]),
        (Tlsa(2, 0, 1, sha256(CA.der).digest()), [LEAF, CA]),
        (key_of(CA, 2), [STAR, CA]),
    ],
)
def test_what_is_announced_is_theirs(record: Tlsa, chain: list[Party]) -> None:
    assert match([key_of(STRANGER), record], [one.der for one in chain], NAME, NOW) == record


@pytest.mark.parametrize(
    ("record", "chain"),
    [
        (key_of(STRANGER), [LEAF, CA]),
        (key_of(CA), [LEAF, CA]),  # usage 3 is about the server's own
        (key_of(CA, 2), [LEAF]),  # the issuer was not sent
        (key_of(CA, 2), [OLD, CA]),
        (key_of(CA, 2), [OTHER, CA]),
        (key_of(CA, 2), [STRANGER, CA]),  # not signed by it
        (key_of(CA, 2), [FORGED, OTHER, CA]),  # signed by somebody else whom it signed, who is no authority
        (key_of(LEAF), []),
    ],
)
def test_what_is_not_announced_is_not(record: Tlsa, chain: list[Party]) -> None:
    with pytest.raises(NotTheirs):
        match([record], [one.der for one in chain], NAME, NOW)


def test_a_star_stands_for_one_label() -> None:
    with pytest.raises(NotTheirs):
        match([key_of(CA, 2)], [STAR.der, CA.der], f"a.{NAME}", NOW)


def test_records_that_mean_nothing_here_ask_for_tls_alone() -> None:
    assert match([Tlsa(1, 1, 1, b"x"), Tlsa(3, 9, 1, b"x")], [LEAF.der], NAME, NOW) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 1 1 ABCD ef01", Tlsa(3, 1, 1, bytes.fromhex("abcdef01"))),
        ("3 1 1 abc", None),
        ("3 1 1", None),
        ("a b c d", None),
        ("", None),
    ],
)
def test_a_record_is_read(text: str, expected: Tlsa | None) -> None:
    assert read_tlsa(text) == expected


@given(st.text(max_size=80), st.lists(st.binary(max_size=60), max_size=3))
def test_nonsense_is_nobody_s(text: str, chain: list[bytes]) -> None:
    read_tlsa(text)
    with pytest.raises(NotTheirs):
        match([key_of(LEAF)], chain, NAME, NOW)


@pytest.fixture
def dns() -> Iterator[TestDnsServer]:
    zones = {DOMAIN: [("MX", f"10 {NAME}.")], NAME: [("A", "127.0.0.1")]}
    with TestDnsServer(zones) as server:
        server.authentic = True
        yield server


async def route(dns: TestDnsServer, *, validating: bool = True) -> Route:
    clock = FakeClock()
    lookup = DnsLookup([("127.0.0.1", dns.port)], clock, lifetime=1.0, validating=validating)
    return await DaneRouter(DnsRouter(lookup=lookup, clock=clock, allow_private=True), lookup).route(DOMAIN)


def announce(dns: TestDnsServer, record: Tlsa) -> None:
    dns.zones[f"_25._tcp.{NAME}"] = [("TLSA", f"{record} {record.data.hex()}")]


async def test_what_a_signed_zone_announces_is_insisted_on(dns: TestDnsServer) -> None:
    announce(dns, key_of(LEAF))
    (host,) = (await route(dns)).hosts
    assert (host.tlsa, host.insists) == ((key_of(LEAF),), True)


async def test_nothing_is_believed_that_was_not_validated(dns: TestDnsServer) -> None:
    announce(dns, key_of(LEAF))
    assert (await route(dns, validating=False)).hosts[0].tlsa == ()
    dns.authentic = False
    assert (await route(dns)).hosts[0].tlsa == ()


async def test_a_zone_that_announces_nothing_is_as_before(dns: TestDnsServer) -> None:
    (host,) = (await route(dns)).hosts
    assert (host.tlsa, host.insists) == ((), False)


async def test_an_answer_that_is_kept_from_us_keeps_the_mail(dns: TestDnsServer) -> None:
    dns.zones[f"_25._tcp.{NAME}"] = [SERVFAIL]
    with pytest.raises(RouteError) as kept:
        await route(dns)
    assert (kept.value.reason, kept.value.permanent) == (Reason.TLS_REQUIRED, False)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[int]:
    """A mail server with the certificate of LEAF and its issuer's, which no authority of this machine knows."""
    file = tmp_path / "chain.pem"
    secret = LEAF.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + LEAF.pem + CA.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    controller = Controller(object(), "127.0.0.1", free_port(), tls_context=context)
    controller.start()
    yield controller.port
    controller.stop()


async def opened(port: int, *tlsa: Tlsa) -> Channel:
    host = Host(NAME, ("127.0.0.1",), port, tlsa=tlsa)
    return await Channel.open(StreamNetwork(), RealClock(), host, "127.0.0.1", hello_name="client.example")


@pytest.mark.parametrize("record", [key_of(LEAF), key_of(CA, 2)])
async def test_the_server_that_was_announced_is_talked_to_and_that_is_kept(server: int, record: Tlsa) -> None:
    channel = await opened(server, key_of(STRANGER), record)
    assert channel.tls.endswith(f", DANE {record}")
    await channel.close()


async def test_another_one_gets_nothing_not_even_in_clear(server: int) -> None:
    with pytest.raises(ChannelError, match="DANE") as refused:
        await opened(server, key_of(STRANGER))
    assert refused.value.stage == Stage.STARTTLS
    assert "in clear" not in refused.value.transcript
