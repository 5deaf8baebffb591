"""The receiver of returns, over real sockets on loopback."""

import asyncio
import ipaddress
import smtplib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bienrecu.adapters.return_receiver import ReturnReceiver
from bienrecu.returns.return_path import ReturnPaths

PATHS = ReturnPaths(b"a secret of the installation", "r.{token}@returns.example.net")
TOKEN, OTHER = "abcdefghij234567", "zyxwvutsrq765432"
ADDRESS, OTHER_ADDRESS = PATHS.address(TOKEN), PATHS.address(OTHER)
MAIL = b"From: MAILER-DAEMON@mx.example.org\r\nSubject: Undelivered\r\n\r\nSorry.\r\n"
Kept = tuple[bytes, str, list[str | None]]


class Shelf:
    """Keeps mails in memory, or fails to."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []
        self.trouble: Exception | None = None

    async def keep(self, raw: bytes, sender: str, tokens: list[str | None]) -> None:
        await asyncio.sleep(0)
        if self.trouble:
            raise self.trouble
        self.kept.append((raw, sender, tokens))


class Line:
    """A conversation, word for word."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> Self:
        line = cls(*await asyncio.open_connection("127.0.0.1", port))
        await line.answer()
        return line

    async def say(self, words: str | bytes) -> str:
        self._writer.write((words.encode() if isinstance(words, str) else words) + b"\r\n")
        return await self.answer()

    async def answer(self) -> str:
        while (line := await self._reader.readline())[3:4] == b"-":
            pass
        return line.decode().strip()

    async def closed(self) -> None:
        assert await self._reader.read() == b""

    async def send(self, *recipients: str, sender: str = "<>", mail: bytes = MAIL) -> str:
        """The answer after the final dot."""
        assert (await self.say("EHLO mx.example.org")).startswith("250")
        assert (await self.say(f"MAIL FROM:{sender}")).startswith("250")
        for recipient in recipients:
            assert (await self.say(f"RCPT TO:<{recipient}>")).startswith("250")
        assert (await self.say("DATA")).startswith("354")
        return await self.say(mail + b".")


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@asynccontextmanager
async def receiving(shelf: Shelf, **options: Any) -> AsyncIterator[int]:
    receiver = ReturnReceiver(shelf.keep, PATHS, "127.0.0.1", 0, "returns.example.net", **options)
    port = await receiver.start()
    try:
        yield port
    finally:
        await receiver.stop()


async def test_a_report_is_kept_byte_for_byte_before_it_is_accepted(shelf: Shelf) -> None:
    mail = MAIL + b"..dots, caf\xc3\xa9 and \xff\r\n"
    async with receiving(shelf) as port:
        line = await Line.open(port)
        assert (await line.send(ADDRESS, mail=mail)).startswith("250 2.0.0")
    assert shelf.kept == [(MAIL + b".dots, caf\xc3\xa9 and \xff\r\n", "", [TOKEN])]


async def test_what_could_not_be_kept_is_asked_for_again(shelf: Shelf) -> None:
    shelf.trouble = OSError("disk full")
    async with receiving(shelf) as port:
        line = await Line.open(port)
        assert (await line.send(ADDRESS)).startswith("451 4.3.0")
        shelf.trouble = None
        assert (await line.send(ADDRESS)).startswith("250")
    assert len(shelf.kept) == 1


async def test_a_forged_return_path_is_refused_in_the_conversation(shelf: Shelf) -> None:
    forged = ADDRESS.replace("r.a", "r.b")
    async with receiving(shelf) as port:
        line = await Line.open(port)
        await line.say("EHLO mx.example.org")
        await line.say("MAIL FROM:<>")
        assert (await line.say(f"RCPT TO:<{forged}>")).startswith("550 5.1.1")
        assert (await line.say("DATA")).startswith("503")
    assert shelf.kept == []


@pytest.mark.parametrize(
    "address", ["paul@elsewhere.example", "postmaster@elsewhere.example", "contact@returns.example.net"]
)
async def test_nothing_is_relayed(shelf: Shelf, address: str) -> None:
    async with receiving(shelf) as port:
        line = await Line.open(port)
        await line.say("EHLO mx.example.org")
        await line.say("MAIL FROM:<someone@example.org>")
        assert (await line.say(f"RCPT TO:<{address}>")).startswith("550 5.1.1")


@pytest.mark.parametrize("address", ["postmaster", "Postmaster@returns.example.net", "abuse@returns.example.net"])
async def test_the_postmaster_can_be_written_to(shelf: Shelf, address: str) -> None:
    async with receiving(shelf) as port:
        line = await Line.open(port)
        assert (await line.send(address, sender="<someone@example.org>")).startswith("250")
    assert shelf.kept == [(MAIL, "someone@example.org", [None])]


async def test_one_mail_may_be_about_several_recipients_but_not_about_many(shelf: Shelf) -> None:
    async with receiving(shelf) as port:
        line = await Line.open(port)
        assert (await line.send(ADDRESS, OTHER_ADDRESS.upper(), ADDRESS)).startswith("250")
        await line.say("MAIL FROM:<>")
        answers = [await line.say(f"RCPT TO:<{ADDRESS}>") for _ in range(11)]
    assert shelf.kept == [(MAIL, "", [TOKEN, OTHER])]
    assert [answer[:3] for answer in answers] == ["250"] * 10 + ["452"]


async def test_a_mail_that_is_too_large_is_refused(shelf: Shelf) -> None:
    async with receiving(shelf, max_size=1000) as port:
        line = await Line.open(port)
        assert (await line.send(ADDRESS, mail=MAIL + b"x" * 500 + b"\r\n")).startswith("250")
        assert (await line.send(ADDRESS, mail=MAIL + b"x" * 1500 + b"\r\n")).startswith("552")
        assert (await line.say("MAIL FROM:<> SIZE=1001")).startswith("552")
    assert len(shelf.kept) == 1


async def test_a_long_line_is_kept_and_an_endless_one_refused(shelf: Shelf) -> None:
    async with receiving(shelf) as port:
        line = await Line.open(port)
        assert (await line.send(ADDRESS, mail=b"x" * 20_000 + b"\r\n")).startswith("250")
        assert (await line.send(ADDRESS, mail=b"x" * 100_000 + b"\r\n")).startswith("500")
    assert [len(raw) for raw, _, _ in shelf.kept] == [20_002]


@pytest.mark.parametrize("end", [b"\n.\n", b"\r\n.\n", b"\n.\r\n", b"\r.\r"])
async def test_a_second_mail_cannot_be_smuggled_in(shelf: Shelf, end: bytes) -> None:
    smuggled = MAIL + b"body" + end + b"MAIL FROM:<>\r\n"
    async with receiving(shelf) as port:
        line = await Line.open(port)
        assert (await line.send(ADDRESS, mail=smuggled)).startswith("250")
    [(raw, _, _)] = shelf.kept
    assert raw.endswith(b"MAIL FROM:<>\r\n")


async def test_too_many_connections_are_asked_to_come_back(shelf: Shelf) -> None:
    async with receiving(shelf, max_connections=2) as port:
        first, _second = await Line.open(port), await Line.open(port)
        reader, _ = await asyncio.open_connection("127.0.0.1", port)
        assert (await reader.readline()).startswith(b"421 4.3.2")
        assert (await first.say("QUIT")).startswith("221")
        await first.closed()
        third = await Line.open(port)
        assert (await third.send(ADDRESS)).startswith("250")


async def test_there_is_no_login(shelf: Shelf) -> None:
    async with receiving(shelf) as port:
        line = await Line.open(port)
        await line.say("EHLO mx.example.org")
        assert (await line.say("AUTH PLAIN AGEAYg==")).startswith("500")


@pytest.mark.parametrize(
    "words", ["", "\0", "MAIL", "RCPT TO:<", "MAIL FROM:<a@b@c", 'RCPT TO:<"@', "X" * 5000, "EHLO", b"\xff\xfe", "DATA"]
)
async def test_nonsense_is_answered_and_the_conversation_goes_on(shelf: Shelf, words: str | bytes) -> None:
    async with receiving(shelf) as port:
        line = await Line.open(port)
        assert (await line.say(words))[0] in "45"
        assert (await line.send(ADDRESS)).startswith("250")


async def test_a_conversation_can_be_encrypted(shelf: Shelf, tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)

    def send(port: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, local_hostname="mx.example.org") as client:
            client.starttls(context=ssl.create_default_context(cafile=certificate))
            client.ehlo()
            assert not client.has_extn("auth")
            client.sendmail("", [ADDRESS], MAIL)

    async with receiving(shelf, certificate=certificate) as port:
        await asyncio.to_thread(send, port)
    assert shelf.kept == [(MAIL, "", [TOKEN])]


def self_signed(folder: Path) -> Path:
    """A PEM file with a key and a certificate for 127.0.0.1."""

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
