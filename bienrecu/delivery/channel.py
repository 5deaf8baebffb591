"""One open session with one server: takes messages one after the other (RFC 5321 §3)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Self

from bienrecu.delivery.ports import Clock, Connection, Host, Network
from bienrecu.protocol.smtp.events import BodyWanted, Finished, Opened, OpeningFailed, SessionEvent, TlsWanted
from bienrecu.protocol.smtp.extensions import Extensions
from bienrecu.protocol.smtp.opening import StartTls
from bienrecu.protocol.smtp.reply import Reply
from bienrecu.protocol.smtp.session import Session
from bienrecu.protocol.smtp.stage import TIMEOUT, Stage
from bienrecu.protocol.smtp.transaction import Fate, Result, Transaction
from bienrecu.protocol.smtp.transcript import Transcript


class ChannelError(Exception):
    """No session could be opened with this address of the host; the text says why, in English.

    `reply` is the answer that decided, None when there was none; `permanent`: it was a 5yz. `transcript` and `tls`
    are as in AttemptRecord."""

    def __init__(
        self, detail: str, *, stage: Stage, reply: Reply | None, transcript: str, tls: str, host: str, ip: str
    ) -> None:
        super().__init__(detail)
        self.stage, self.reply, self.transcript = stage, reply, transcript
        self.tls, self.host, self.ip = tls, host, ip
        self.permanent = reply is not None and reply.is_permanent


class Channel:
    """`ip`, `host_name` and `tls` are as in AttemptRecord. Not for two tasks at once."""

    def __init__(self, line: "_Line", host_name: str) -> None:
        self.ip = line.connection.peer_ip
        self.host_name = host_name
        self.tls = line.tls
        self._line = line
        self._session = line.session

    @classmethod
    async def open(
        cls,
        network: Network,
        clock: Clock,
        host: Host,
        address: str,
        *,
        hello_name: str,
        patience: float = 1.0,
        tls: bool = True,
    ) -> Self:
        """Connects to `address`, one of the host's. Raises ChannelError.

        Takes the STARTTLS that is offered, unless `tls` is False and the host does not require it. Where a handshake
        fails and nothing requires TLS, connects once more and stays in clear (RFC 7435): a mail server that cannot do
        TLS would get no mail at all. `patience`, in ]0, 1], shortens every timeout."""
        opener = _Opener(network, clock, host, address, hello_name, patience, Transcript(clock.monotonic))
        when = StartTls.WHEN_OFFERED if tls else StartTls.NEVER
        try:
            line = await opener.open(StartTls.REQUIRED if host.insists else when)
        except _HandshakeFailed:
            opener.log.note("connecting again, to go on in clear")
            line = await opener.open(StartTls.NEVER)
        return cls(line, host.name)

    @property
    def usable(self) -> bool:
        """Whether another transaction may be given to it."""
        return self._session.is_ready

    @property
    def messages(self) -> int:
        """Transactions so far."""
        return self._session.messages

    @property
    def extensions(self) -> Extensions:
        return self._session.extensions

    async def deliver(self, transaction: Transaction, ready: Callable[[], Awaitable[bool]]) -> Result:
        """Never raises for what the server does. `ready` is awaited while the envelope travels; not one octet of the
        message leaves before it returned True. The transcript of the first message opens with the session's own."""
        decided = _result_among(self._session.begin(transaction))
        if decided is not None:
            return decided
        go = asyncio.ensure_future(ready())
        try:
            result = await self._converse(go)
            is_ours = await go
        except BaseException:
            go.cancel()
            self._line.connection.close()
            raise
        if self._session.is_over:
            self._line.connection.close()
        return result if is_ours else replace(result, fate=Fate.NOT_OURS)

    async def _converse(self, go: asyncio.Future[bool]) -> Result:
        while True:
            events = await self._line.advance()
            if any(isinstance(event, BodyWanted) for event in events):
                if await go:
                    self._session.send_body()
                else:
                    events = self._session.abandon("told not to send it")
            if (result := _result_among(events)) is not None:
                return result

    def cut(self) -> None:
        """At once, from another task too: `deliver` then ends as when the line dies."""
        self._line.connection.close()

    async def close(self) -> None:
        """Says QUIT when the server still listens, and waits 2 seconds for its answer at most."""
        await self._line.quit()


def _result_among(events: list[SessionEvent]) -> Result | None:
    return next((event.result for event in events if isinstance(event, Finished)), None)


class _HandshakeFailed(Exception):
    """And the message may go in clear."""


@dataclass(frozen=True, slots=True)
class _Opener:
    network: Network
    clock: Clock
    host: Host
    address: str
    hello_name: str
    patience: float
    log: Transcript

    async def open(self, starttls: StartTls) -> "_Line":
        connection = await self._connect()
        login = (self.host.login.user, self.host.login.password) if self.host.login else None
        session = Session(
            self.hello_name,
            self.log,
            self.clock.monotonic,
            starttls=StartTls.NEVER if self.host.implicit_tls else starttls,
            login=login,
            patience=self.patience,
        )
        line = _Line(connection, session, self.patience, connection.tls if self.host.implicit_tls else "")
        try:
            await self._until_opened(line)
        except BaseException:
            connection.close()
            raise
        return line

    async def _connect(self) -> Connection:
        host = self.host
        self.log.note(f"connecting to {host.name} [{self.address}], port {host.port}")
        try:
            return await self.network.connect(
                self.address,
                host.port,
                timeout=TIMEOUT[Stage.CONNECT] * self.patience,
                tls_server_name=host.name if host.implicit_tls else None,
            )
        except OSError as error:
            self.log.note(str(error))
            raise self._error(str(error), Stage.CONNECT) from error

    async def _until_opened(self, line: "_Line") -> None:
        while True:
            for event in await line.advance():
                if isinstance(event, Opened):
                    return
                if isinstance(event, TlsWanted):
                    await self._shake_hands(line)
                if isinstance(event, OpeningFailed):
                    await line.quit()
                    raise self._error(event.detail, event.stage, event.reply, line.tls)

    async def _shake_hands(self, line: "_Line") -> None:
        timeout = TIMEOUT[Stage.STARTTLS] * self.patience
        try:
            line.tls = await line.connection.start_tls(
                self.host.name,
                verify=self.host.require_tls and not self.host.tlsa,
                timeout=timeout,
                tlsa=self.host.tlsa,
            )
        except OSError as error:
            self.log.note(f"TLS failed: {error}")
            if self.host.insists or self.host.login is not None:
                raise self._error(f"TLS failed: {error}", Stage.STARTTLS) from error
            raise _HandshakeFailed from error
        line.session.tls_started(line.tls)

    def _error(self, detail: str, stage: Stage, reply: Reply | None = None, tls: str = "") -> ChannelError:
        return ChannelError(
            detail,
            stage=stage,
            reply=reply,
            transcript=str(self.log),
            tls=tls,
            host=self.host.name,
            ip=self.address,
        )


class _Line:
    """A session over a connection: writes what the session has to say, gives it what came."""

    def __init__(self, connection: Connection, session: Session, patience: float, tls: str) -> None:
        self.connection = connection
        self.session = session
        self.tls = tls
        self._patience = patience
        self._failure = ""

    async def advance(self) -> list[SessionEvent]:
        """Writes everything, then reads once. A dead line is news for the session, no error."""
        await self._write()
        # A server that takes no more may have said why: often a 421.
        wait = 0.0 if self._failure else self.session.time_left
        try:
            data = await self.connection.read(wait)
        except TimeoutError:
            return self.session.line_died(self._failure or f"no answer within {self.session.timeout:g} s")
        except OSError as error:
            return self.session.line_died(str(error))
        return self.session.receive(data)

    async def _write(self) -> None:
        try:
            while not self._failure and (block := self.session.data_to_send()):
                await self.connection.write(block, self.session.block_timeout)
        except TimeoutError:
            self._failure = f"nothing was taken for {self.session.block_timeout:g} s"
        except OSError as error:
            self._failure = str(error)

    async def quit(self) -> None:
        """Whatever comes of it, the session is over and the connection closed."""
        try:
            if not self.session.is_over:
                self.session.quit()
                async with asyncio.timeout(TIMEOUT[Stage.QUIT] * self._patience):
                    while not self.session.is_over:
                        await self.advance()
        except TimeoutError:
            pass
        finally:
            self.session.line_died("closed")
            self.connection.close()
