"""Taking turns: what is said goes out in order, and is answered in the same order (RFC 2920 §3.1)."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from bienrecu.protocol.smtp.reply import Malformed, Reply, ReplyReader
from bienrecu.protocol.smtp.stage import TIMEOUT, Stage
from bienrecu.protocol.smtp.transcript import Transcript

BLOCK: Final = 64 * 1024
"""Octets handed out at once, at most."""


@dataclass(slots=True)
class _Awaited:
    stage: Stage
    log: Transcript
    hear: Callable[[Reply], None]


class Conversation:
    """Knows no command: only what waits to be written, which answers are due, and since when.

    `secrets` are left out of every answer. Once `over`, nothing more is said nor heard."""

    def __init__(self, now: Callable[[], float], patience: float) -> None:
        self.over = False
        self.secrets: tuple[str, ...] = ()
        self._now = now
        self._patience = patience
        self._since = now()
        self._out: deque[tuple[bytes | memoryview, Callable[[], None] | None]] = deque()
        self._awaited: deque[_Awaited] = deque()
        self._reader = ReplyReader()

    def say(
        self, stage: Stage, command: str, log: Transcript, hear: Callable[[Reply], None], *, shown: str | None = None
    ) -> None:
        """Says `command`, noted as `shown`; `hear` gets the answer."""
        log.client(command if shown is None else shown)
        self.send(command.encode() + b"\r\n")
        self.expect(stage, log, hear)

    def send(self, data: bytes, when_out: Callable[[], None] | None = None) -> None:
        """`when_out` is called once the last octet has been handed out to be written."""
        self._out.append((data, when_out))

    def expect(self, stage: Stage, log: Transcript, hear: Callable[[Reply], None]) -> None:
        if not self._awaited:
            self.restart_timer()
        self._awaited.append(_Awaited(stage, log, hear))

    def restart_timer(self) -> None:
        self._since = self._now()

    @property
    def awaits(self) -> Stage | None:
        """The phase of the answer that is due first."""
        return self._awaited[0].stage if self._awaited else None

    @property
    def timeout(self) -> float:
        """Seconds that answer may take, from when it became the first due."""
        return TIMEOUT[self.awaits or Stage.GREETING] * self._patience

    @property
    def time_left(self) -> float:
        return max(0.0, self._since + self.timeout - self._now())

    @property
    def unread(self) -> tuple[str, ...]:
        """What came of an answer that is not complete."""
        return self._without_secrets(self._reader.unread)

    def data_to_send(self) -> bytes:
        """The next block to write, empty when there is none."""
        block: list[bytes | memoryview] = []
        room = BLOCK
        while self._out and room:
            piece, when_out = self._out.popleft()
            if len(piece) > room:
                view = memoryview(piece)
                self._out.appendleft((view[room:], when_out))
                piece, when_out = view[:room], None
            block.append(piece)
            room -= len(piece)
            if when_out is not None:
                when_out()
        return b"".join(block)

    def feed(self, data: bytes) -> None:
        self._reader.feed(data)

    def next_answer(self) -> Reply | Malformed | None:
        """None when it has not come yet."""
        answer = self._reader.next()
        if answer is None or not self.secrets:
            return answer
        return replace(answer, lines=self._without_secrets(answer.lines))

    def pass_on(self, answer: Reply) -> None:
        """To whoever awaits it; somebody must."""
        self.restart_timer()
        awaited = self._awaited.popleft()
        awaited.log.server(answer.lines)
        awaited.hear(answer)

    def _without_secrets(self, lines: tuple[str, ...]) -> tuple[str, ...]:
        """Some servers repeat the command they refuse."""
        for secret in self.secrets:
            lines = tuple(line[:4] + line[4:].replace(secret, "***") for line in lines)
        return lines
