"""The mail server that receives returns, and nothing else: it relays nothing and knows no login."""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from bienrecu.returns.return_path import ReturnPaths

log = structlog.get_logger()

Keep = Callable[[bytes, str, list[str | None]], Awaitable[None]]
"""Makes a mail durable: the raw mail, its reverse path ("" for <>), the token of each recipient or None for our
postmaster. What it raises asks the other side to come back later. The same mail may come twice."""

KeepReport = Callable[[bytes, list[int]], Awaitable[None]]
"""The same, of a mail that came to the addresses for reports about these sending domains."""

_MAX_RECIPIENTS = 10
_TIMEOUT = 60.0  # seconds for a command, and for a whole message
_MAX_COMMANDS = 1000  # of each kind, in one connection
# RFC 5321 §4.5.3.1.6 says 1000; a report that quotes a longer line is a report all the same.
_MAX_LINE = 64 * 1024
# RFC 5321 §4.5.1, RFC 2142
_POSTMASTERS = frozenset({"postmaster", "abuse"})


class ReturnReceiver:
    """Listens on `host` and `port` once started. It answers 250 when `keep` has returned, not before.

    Without `keep_report`, there are no addresses for reports about domains. `max_size` is in bytes. STARTTLS is
    offered when `certificate` (a PEM file that holds the chain) and `key` are given."""

    def __init__(
        self,
        keep: Keep,
        paths: ReturnPaths,
        host: str,
        port: int,
        hostname: str,
        *,
        keep_report: KeepReport | None = None,
        max_size: int = 10 * 1024 * 1024,
        max_connections: int = 40,
        certificate: Path | None = None,
        key: Path | None = None,
    ) -> None:
        self._host, self._port, self._hostname = host, port, hostname
        self._handler = _Handler(keep, keep_report, paths, hostname)
        self._max_size, self._max_connections = max_size, max_connections
        self._tls = _tls_context(certificate, key) if certificate else None
        self._conversations: set[_Conversation] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Returns the port, which the system chose if 0 was asked for. Raises OSError when it is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._answer, self._host, self._port)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Ends every conversation. Who had no answer yet comes back later."""
        if self._server:
            self._server.close()
        for conversation in tuple(self._conversations):
            conversation.abort()

    def _answer(self) -> asyncio.BaseProtocol:
        if len(self._conversations) >= self._max_connections:
            return _Busy(self._hostname)
        conversation = _Conversation(
            self._handler,
            self._conversations,
            data_size_limit=self._max_size,
            enable_SMTPUTF8=True,
            hostname=self._hostname,
            ident="ESMTP",
            tls_context=self._tls,
            timeout=_TIMEOUT,
            command_call_limit=_MAX_COMMANDS,
            loop=asyncio.get_running_loop(),
        )
        self._conversations.add(conversation)
        return conversation


def _tls_context(certificate: Path, key: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class _Conversation(SMTP):
    line_length_limit = _MAX_LINE
    smtp_AUTH: Any = None  # no login: the command does not exist

    def __init__(self, handler: "_Handler", conversations: "set[_Conversation]", **options: Any) -> None:
        super().__init__(handler, **options)
        self._conversations = conversations

    def connection_lost(self, error: Exception | None) -> None:
        self._conversations.discard(self)
        super().connection_lost(error)

    def abort(self) -> None:
        transport: Any = self.transport
        if transport is not None:
            # A TLS transport that is closed already has lost the one below it (Python 3.11).
            with contextlib.suppress(AttributeError):
                transport.abort()


class _Busy(asyncio.Protocol):
    def __init__(self, hostname: str) -> None:
        self._hostname = hostname

    def connection_made(self, transport: Any) -> None:
        transport.write(f"421 4.3.2 {self._hostname} Too many connections, please come back later\r\n".encode())
        transport.close()


class _Handler:
    """The answers, as aiosmtpd asks for them."""

    def __init__(self, keep: Keep, keep_report: KeepReport | None, paths: ReturnPaths, hostname: str) -> None:
        self._keep, self._keep_report, self._paths = keep, keep_report, paths
        self._domains = {"", hostname.lower(), paths.domain}

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, replies: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [reply for reply in replies if not reply.startswith("250-AUTH")]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not (self._paths.token_of(address) or self._about(address) or self._is_postmaster(address)):
            return "550 5.1.1 No such return address"
        if len(envelope.rcpt_tos) >= _MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients, send the others in another message"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        # aiosmtpd writes the null reverse path as it came.
        sender = (envelope.mail_from or "").removeprefix("<>").encode(errors="replace").decode()
        about = dict.fromkeys(filter(None, map(self._about, envelope.rcpt_tos)))
        returned = [address for address in envelope.rcpt_tos if not self._about(address)]
        tokens = dict.fromkeys(map(self._paths.token_of, returned))
        assert isinstance(envelope.content, bytes)
        try:
            if tokens:
                await self._keep(envelope.content, sender, list(tokens))
            if about and self._keep_report:
                await self._keep_report(envelope.content, list(about))
        except Exception as error:
            log.error("return not kept", size=len(envelope.content), exc_info=error)
            return "451 4.3.0 Not kept, please try again later"
        return "250 2.0.0 Ok: kept"

    async def handle_exception(self, error: Exception) -> str:
        """What aiosmtpd itself did not expect, for example of an address."""
        log.warning("return conversation failed", error=repr(error))
        return "451 4.3.0 Internal trouble, please try again later"

    def _about(self, address: str) -> int | None:
        return self._paths.domain_of(address) if self._keep_report else None

    def _is_postmaster(self, address: str) -> bool:
        local, _, domain = address.lower().partition("@")
        return local in _POSTMASTERS and domain in self._domains
