"""A server on loopback that holds its side of one written conversation per connection."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bienrecu.adapters.stream_network import StreamConnection, StreamNetwork
from tests.dialogues.dialogue import Act, Expected, Said, Turn


class RealClock:
    """The Clock port, less what a channel does not use."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def jitter(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class LocalNetwork(StreamNetwork):
    """However little patience a test has, this machine gets the time to connect to itself."""

    async def connect(
        self, address: str, port: int, *, timeout: float, tls_server_name: str | None = None
    ) -> StreamConnection:
        return await super().connect(address, port, timeout=30, tls_server_name=tls_server_name)


class ScriptedServer:
    """`scripts`: a conversation per connection, in order; the last one for all after it. What the client says beyond
    its part is in `beyond`: a QUIT at most, if all is well. `misheard` is the first thing it said wrongly."""

    def __init__(self, *scripts: Sequence[Turn], tls: ssl.SSLContext | None = None) -> None:
        self.port = 0
        self.connections = 0
        self.beyond: list[bytes] = []
        self.misheard: tuple[bytes, bytes] | None = None
        self._scripts = scripts
        self._tls = tls
        self._over = asyncio.Event()
        self._tasks: list[asyncio.Task[None] | None] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        script = self._scripts[min(self.connections, len(self._scripts) - 1)]
        self.connections += 1
        self._tasks.append(asyncio.current_task())
        try:
            for turn in script:
                await self._play(turn, reader, writer)
            await self._hear_the_rest(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _play(self, turn: Turn, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        match turn:
            case Said(data):
                writer.write(data)
            case Expected(data):
                heard = await reader.readexactly(len(data))
                if heard != data and self.misheard is None:
                    self.misheard = (heard, data)
            case Act("tls"):
                assert self._tls is not None
                await writer.start_tls(self._tls)
            case Act("no tls"):
                await reader.read(1)
                writer.write(b"not today\r\n")
                raise ConnectionAbortedError
            case Act("hangs"):
                await self._over.wait()
            case Act("cuts"):
                _reset_on_close(writer)
                raise ConnectionResetError
            case Act("closes"):
                raise ConnectionAbortedError

    async def _hear_the_rest(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            self.beyond.append(line)
            if line == b"QUIT\r\n":
                writer.write(b"221 bye\r\n")
                return

    async def stop(self) -> None:
        """Once what the client said last has been heard."""
        self._over.set()
        await asyncio.gather(*filter(None, self._tasks))


def _reset_on_close(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@asynccontextmanager
async def running(server: ScriptedServer, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[ScriptedServer]:
    """On a free port of loopback; `tls` for a server that speaks it from the first octet."""
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await server.stop()


def self_signed(folder: Path, name: str) -> tuple[ssl.SSLContext, str]:
    """A server's context with a certificate of its own making for `name`, and the file of that certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, str(file)
