"""TCP and TLS on asyncio: the Network and Connection ports of `delivery/ports.py`.

Whatever goes wrong is an OSError with a text that can be shown; a TimeoutError when it was the time."""

import asyncio
import os
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final, cast

from bienrecu.protocol.dane import NotTheirs, Tlsa, match

_BUFFER: Final = 4096
_ENOUGH: Final = 256 * 1024
"""Octets read ahead of whoever reads; beyond, the other side waits."""


class StreamNetwork:
    """`ca_file` (PEM) replaces the system's authorities where a certificate is checked."""

    def __init__(self, ca_file: str | None = None) -> None:
        self._verified = ssl.create_default_context(cafile=ca_file)
        self._unverified = _unverified_context()

    async def connect(
        self, address: str, port: int, *, timeout: float, tls_server_name: str | None = None
    ) -> "StreamConnection":
        connection = StreamConnection(self._verified, self._unverified)
        with _readable_errors():
            async with asyncio.timeout(timeout):
                await asyncio.get_running_loop().create_connection(
                    lambda: connection,
                    address,
                    port,
                    ssl=None if tls_server_name is None else self._verified,
                    server_hostname=tls_server_name,
                )
        return connection


def _chain(under_tls: ssl.SSLObject) -> list[bytes]:
    """The server's certificates as it sent them, its own first. (From Python 3.13 on there is a public way.)"""
    sent = under_tls._sslobj.get_unverified_chain() or []  # type: ignore[attr-defined]
    return [bytes(ssl.PEM_cert_to_DER_cert(one.public_bytes())) for one in sent]


def _unverified_context() -> ssl.SSLContext:
    """For opportunistic TLS (RFC 7435): any key and any certificate are better than clear."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


class StreamConnection(asyncio.BufferedProtocol):
    """`write` returns when the kernel has it all (under TLS, all but a last record).

    A protocol with its own small buffer: the other kind makes and drops 256 KiB for each answer read."""

    def __init__(self, verified: ssl.SSLContext, unverified: ssl.SSLContext) -> None:
        self.peer_ip = ""
        self.tls = ""
        self._contexts = {True: verified, False: unverified}
        self._transport: asyncio.Transport
        self._buffer = memoryview(bytearray(_BUFFER))
        self._received = bytearray()
        self._is_full = False
        self._is_closed = False
        self._error: Exception | None = None
        self._readable = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()

    async def read(self, timeout: float) -> bytes:
        if not self._readable.is_set():
            await _happens(self._readable, timeout)
        if not self._received and self._error is not None:
            raise OSError(_words(self._error)) from self._error
        return self._take_received()

    async def write(self, data: bytes, timeout: float) -> None:
        self._check_open()
        self._transport.write(data)
        if not self._writable.is_set():
            await _happens(self._writable, timeout)
            self._check_open()

    async def start_tls(self, server_name: str, *, verify: bool, timeout: float, tlsa: Sequence[Tlsa] = ()) -> str:
        self._check_open()
        if self._received:
            # Said in clear, it would be taken for something said under TLS (CVE-2011-0411).
            raise OSError("the server spoke in clear before the handshake")
        with _readable_errors():
            async with asyncio.timeout(timeout):
                transport = await asyncio.get_running_loop().start_tls(
                    self._transport,
                    self,
                    self._contexts[verify],
                    server_hostname=server_name,
                    ssl_handshake_timeout=timeout + 1,
                )
        if transport is None:
            raise OSError("the server closed the connection during the handshake")
        self.connection_made(transport)
        if tlsa:
            self._check_announced(tlsa, server_name)
        return self.tls

    def _check_announced(self, tlsa: Sequence[Tlsa], server_name: str) -> None:
        chain = _chain(self._transport.get_extra_info("ssl_object"))
        try:
            found = match(tlsa, chain, server_name, datetime.now(UTC))
        except NotTheirs as error:
            self.close()
            raise OSError(str(error)) from error
        if found is not None:
            self.tls += f", DANE {found}"

    def close(self) -> None:
        """At once, and for good: nobody waits for a server that does not read."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none in name.
        self._transport = transport = cast(asyncio.Transport, transport)
        self.peer_ip = transport.get_extra_info("peername")[0]
        under_tls = transport.get_extra_info("ssl_object")
        if under_tls is not None:
            self.tls = f"{under_tls.version()} {under_tls.cipher()[0]}"
        # So that a write is over when its octets are gone; asyncio's TLS takes 0 for "always full".
        transport.set_write_buffer_limits(high=0 if under_tls is None else 1, low=0)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._received += self._buffer[:nbytes]
        self._readable.set()
        if len(self._received) > _ENOUGH and not self._is_full:
            self._is_full = True
            self._transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_closed = True
        self._error = exc
        self._readable.set()
        self._writable.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def _check_open(self) -> None:
        if self._is_closed:
            raise OSError("connection closed" if self._error is None else _words(self._error))

    def _take_received(self) -> bytes:
        data = bytes(self._received)
        self._received.clear()
        if not self._is_closed:
            self._readable.clear()
        if self._is_full:
            self._is_full = False
            self._transport.resume_reading()
        return data


async def _happens(event: asyncio.Event, timeout: float) -> None:
    try:
        async with asyncio.timeout(timeout):
            await event.wait()
    except TimeoutError as error:
        # What came while this process was busy elsewhere is not late.
        if not event.is_set():
            raise TimeoutError("no answer in time") from error


@contextmanager
def _readable_errors() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise TimeoutError("no answer in time") from error
    except (OSError, ValueError) as error:  # ValueError: a name that cannot be one, in the handshake
        raise OSError(_words(error)) from error


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower()
    return str(error) or type(error).__name__
