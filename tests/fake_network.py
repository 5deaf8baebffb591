"""Mail servers without a network: what each answers is a script, and what it was sent is kept."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from bienrecu.protocol.dane import Tlsa
from tests.fakes import FakeClock


class Does(Enum):
    """What a server does instead of answering."""

    NOTHING = auto()
    HANGS_UP = auto()


Says = str | Does
Script = Says | list[Says] | Callable[[str], Says]


@dataclass
class Peer:
    """A mail server. `script` says what it answers to each of CONNECT, EHLO, MAIL, RCPT, DATA, DOT: always the same,
    one after the other from a list (then as usual), or whatever a function makes of the argument. `takes` seconds
    pass before each answer to the final dot. `refuses`: nobody listens; `is_mute`: not even that is said."""

    script: dict[str, Script] = field(default_factory=dict)
    extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES")
    takes: float = 0.0
    refuses: bool = False
    is_mute: bool = False
    most_connections: int = 1000
    received: list[tuple[str, bytes]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    opened: int = 0
    now_open: int = 0
    most_open: int = 0

    def says(self, stage: str, argument: str) -> Says:
        answer = self.script.get(stage)
        if isinstance(answer, list):
            answer = answer.pop(0) if answer else None
        if callable(answer):
            answer = answer(argument)
        return answer or _USUAL.get(stage, "250 2.0.0 Ok")

    def hello(self) -> str:
        lines = ["mx.example.org", *self.extensions]
        return "\r\n".join(f"250{'-' if line is not lines[-1] else ' '}{line}" for line in lines)


_USUAL = {"CONNECT": "220 mx.example.org ESMTP", "DATA": "354 go on", "DOT": "250 2.0.0 Ok: queued", "QUIT": "221 bye"}


class FakeNetwork:
    """Mail servers by address; one that is not there is made, and takes everything."""

    def __init__(self, clock: FakeClock, peers: dict[str, Peer] | None = None) -> None:
        self.clock = clock
        self.peers: defaultdict[str, Peer] = defaultdict(Peer, peers or {})

    async def connect(
        self, address: str, port: int, *, timeout: float, tls_server_name: str | None = None
    ) -> "FakeConnection":
        peer = self.peers[address]
        if peer.is_mute:
            await self.clock.sleep(timeout)
            raise TimeoutError("no answer in time")
        if peer.refuses or peer.now_open >= peer.most_connections:
            raise ConnectionRefusedError("connection refused")
        return FakeConnection(self.clock, peer, address)


class FakeConnection:
    def __init__(self, clock: FakeClock, peer: Peer, address: str) -> None:
        self.peer_ip, self.tls = address, ""
        self._clock, self._peer = clock, peer
        self._unread, self._to_read, self._news = b"", b"", asyncio.Event()
        self._is_open, self._is_mute, self._in_data, self._took = True, False, False, False
        self._recipient = ""
        peer.opened += 1
        peer.now_open += 1
        peer.most_open = max(peer.most_open, peer.now_open)
        self._answer("CONNECT", "")

    async def read(self, timeout: float) -> bytes:
        if not self._to_read and self._is_open:
            await self._wait_for_news(timeout)
        data, self._to_read = self._to_read, b""
        return data

    async def _wait_for_news(self, timeout: float) -> None:
        self._news.clear()
        news, time = asyncio.ensure_future(self._news.wait()), asyncio.ensure_future(self._clock.sleep(timeout))
        try:
            await asyncio.wait([news, time], return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
            time.cancel()
        if not self._news.is_set():
            raise TimeoutError("no answer in time")

    async def write(self, data: bytes, timeout: float) -> None:
        if not self._is_open:
            raise BrokenPipeError("broken pipe")
        self._unread += data
        while self._is_open and await self._hear():
            pass

    async def _hear(self) -> bool:
        """Whether there was something whole to hear."""
        end = b"\r\n.\r\n" if self._in_data else b"\r\n"
        heard, found, rest = self._unread.partition(end)
        if not found:
            return False
        self._unread = rest
        if self._in_data:
            self._in_data = False
            asyncio.ensure_future(self._take(heard + b"\r\n"))  # noqa: RUF006 - ends with the test
        else:
            self._command(heard.decode())
        return True

    async def _take(self, message: bytes) -> None:
        if self._peer.takes:
            await self._clock.sleep(self._peer.takes)
        self._answer("DOT", self._recipient)
        self._peer.received += [(self._recipient, message)] if self._took else []

    def _command(self, line: str) -> None:
        self._peer.commands.append(line)
        verb, _, argument = line.partition(" ")
        verb = verb.upper()
        if verb == "RCPT":
            self._recipient = argument.partition("<")[2].partition(">")[0]
        if verb == "DATA" and not (self._took or self._is_mute):
            self._say("554 5.5.1 No valid recipients")
        else:
            self._answer(verb, self._recipient if verb in ("RCPT", "DATA") else argument)
        if verb == "QUIT":
            self._hang_up()

    def _answer(self, stage: str, argument: str) -> None:
        answer = Does.NOTHING if self._is_mute else self._peer.says(stage, argument)
        self._is_mute = answer is Does.NOTHING
        # A server that hangs up after the dot has the message all the same: the worst case.
        self._took = answer is Does.HANGS_UP or (isinstance(answer, str) and answer.startswith("2"))
        if answer is Does.HANGS_UP:
            self._hang_up()
        elif isinstance(answer, str):
            self._in_data = stage == "DATA" and answer.startswith("354")
            self._say(self._peer.hello() if stage == "EHLO" and stage not in self._peer.script else answer)

    def _say(self, words: str) -> None:
        self._to_read += f"{words}\r\n".encode()
        if words.startswith("421"):
            self._hang_up()
        self._news.set()

    def _hang_up(self) -> None:
        if self._is_open:
            self._is_open = False
            self._peer.now_open -= 1
        self._news.set()

    async def start_tls(self, server_name: str, *, verify: bool, timeout: float, tlsa: Sequence[Tlsa] = ()) -> str:
        self.tls = "TLSv1.3 TLS_AES_256_GCM_SHA384"
        return self.tls

    def close(self) -> None:
        self._hang_up()
