"""Replies, kept word for word (RFC 5321 §4.2). Whatever a server sends, reading it raises nothing."""

import re
from dataclasses import dataclass
from typing import Final

from bienrecu.domain.enhanced_code import EnhancedCode

MAX_LINE: Final = 4096
"""Octets. The standard says 512; servers that explain a refusal with links go beyond."""
MAX_LINES: Final = 200

_LINE = re.compile(r"([2-5][0-9]{2})(?:([ -]).*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `lines` are as received, code included, line ends left out."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words, without the reply code, a line each."""
        return "\n".join(line[4:] for line in self.lines)

    @property
    def enhanced_code(self) -> EnhancedCode | None:
        return EnhancedCode.find(self.text)

    @property
    def is_positive(self) -> bool:
        return 200 <= self.code < 300

    @property
    def asks_for_more(self) -> bool:
        return 300 <= self.code < 400

    @property
    def is_transient(self) -> bool:
        return 400 <= self.code < 500

    @property
    def is_permanent(self) -> bool:
        return self.code >= 500

    @property
    def closes(self) -> bool:
        """The server ends the session with this answer (RFC 5321 §3.8)."""
        return self.code == 421

    def __str__(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class Malformed:
    """What came is no reply. `lines` is the evidence, `problem` says what is wrong with it."""

    problem: str
    lines: tuple[str, ...]


class ReplyReader:
    """Cuts what comes into replies. After a Malformed there is nothing more to be had."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._lines: list[str] = []
        self._malformed: Malformed | None = None

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def next(self) -> Reply | Malformed | None:
        """The next complete reply, None when it has not come yet."""
        while self._malformed is None and (end := self._buffer.find(b"\n", 0, MAX_LINE + 2)) >= 0:
            line = _decoded(self._buffer[:end].removesuffix(b"\r"))
            del self._buffer[: end + 1]
            if reply := self._with_line(line):
                return reply
        if self._malformed is None and len(self._buffer) > MAX_LINE + 1:
            self._malformed = Malformed(f"a line of more than {MAX_LINE} octets", self.unread)
        return self._malformed

    @property
    def unread(self) -> tuple[str, ...]:
        """What came of a reply that is not complete."""
        rest = _decoded(self._buffer[:MAX_LINE])
        return (*self._lines, rest) if rest else tuple(self._lines)

    def _with_line(self, line: str) -> Reply | None:
        self._lines.append(line)
        found = _LINE.fullmatch(line)
        if found is None:
            self._malformed = Malformed("not an SMTP reply", tuple(self._lines))
        elif not self._lines[0].startswith(found[1]):
            self._malformed = Malformed("the code changes in the middle of a reply", tuple(self._lines))
        elif found[2] != "-":
            lines, self._lines = tuple(self._lines), []
            return Reply(int(found[1]), lines)
        elif len(self._lines) >= MAX_LINES:
            self._malformed = Malformed(f"a reply of more than {MAX_LINES} lines", tuple(self._lines))
        return None


def _decoded(line: bytes | bytearray) -> str:
    # NUL is the one character that a database cannot keep.
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = line.decode("latin-1")
    return text.replace("\0", "\ufffd")
