"""Conversations written down as text files, to be played against whatever speaks SMTP.

# what it is about
with login paul secret                what the client is given (see `Dialogue.options`)
S: 220 mx1.example.org                the server's line
C: EHLO client.example                what the client must say; consecutive lines: in one write
C: [message]                          the message as it travels, final dot included
S: 25[cut]                            a line whose end does not come
[tls] [no tls]                        the handshake, and how it ends
[closes] [hangs] [cuts]               the server ends the stream, says nothing more, resets the connection
=> opened | not opened at greeting    what must come of the opening
=> refused at rcpt by 550 no          what must come of the message, and the first line of the answer that decided
=> usable | not usable                whether the session may take another message
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bienrecu.protocol.smtp.body import on_the_wire
from bienrecu.protocol.smtp.reply import Reply
from bienrecu.protocol.smtp.transaction import Fate, Result, Transaction

HERE = Path(__file__).parent
HELLO = "client.example"
_ACTS = ("[tls]", "[no tls]", "[closes]", "[hangs]", "[cuts]")


@dataclass(frozen=True)
class Said:
    """By the server."""

    data: bytes


@dataclass(frozen=True)
class Expected:
    """Of the client, in one write."""

    data: bytes


@dataclass(frozen=True)
class Act:
    name: str


@dataclass(frozen=True)
class Verdict:
    words: str

    @property
    def is_on_a_message(self) -> bool:
        return self.words.split()[0] in list(Fate)


Turn = Said | Expected | Act | Verdict


@dataclass(frozen=True)
class Dialogue:
    """`options`: "tls required", "tls never", "login USER PASSWORD", "smtputf8", "8bit", "dsn", "not ours", and
    "latin-1" for what the server says."""

    name: str
    turns: tuple[Turn, ...]
    options: tuple[str, ...]

    @property
    def login(self) -> tuple[str, str] | None:
        given = [option.split()[1:] for option in self.options if option.startswith("login ")]
        return (given[0][0], given[0][1]) if given else None

    @property
    def transaction(self) -> Transaction:
        return _transaction(self.options)

    @property
    def messages(self) -> int:
        return sum(isinstance(turn, Verdict) and turn.is_on_a_message for turn in self.turns)

    def has(self, act: str) -> bool:
        return Act(act) in self.turns


def _transaction(options: Iterable[str]) -> Transaction:
    return Transaction(
        reverse_path="r812@client.example",
        forward_path="zoé@example.org" if "smtputf8" in options else "paul@example.org",
        content=(b"Subject: hello\r\n\r\n", "Été\r\n".encode() if "8bit" in options else b".dot\r\n"),
        smtputf8="smtputf8" in options,
        wants_dsn="dsn" in options,
        envid="m=812",
        orcpt="paul+list@example.org",
    )


def verdict_on(result: Result) -> str:
    return f"{result.fate} at {result.stage}{_by(result.reply)}"


def verdict_on_failure(stage: str, reply: Reply | None) -> str:
    return f"not opened at {stage}{_by(reply)}"


def _by(reply: Reply | None) -> str:
    return f" by {reply.lines[0]}" if reply else ""


def all_dialogues() -> list[Dialogue]:
    return [read(path) for path in sorted(HERE.glob("*.txt"))]


def read(path: Path) -> Dialogue:
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    options = tuple(line.removeprefix("with ") for line in lines if line.startswith("with "))
    turns = [_turn(line, options) for line in lines if not line.startswith("with ")]
    return Dialogue(path.stem, tuple(_joined(turns)), options)


def _turn(line: str, options: tuple[str, ...]) -> Turn:
    encoding = "latin-1" if "latin-1" in options else "utf-8"
    if line.startswith("S: ") and line.endswith("[cut]"):
        return Said(line[3:].removesuffix("[cut]").encode(encoding))
    if line.startswith("S: "):
        return Said(line[3:].encode(encoding) + b"\r\n")
    if line == "C: [message]":
        return Expected(b"".join(on_the_wire(_transaction(options).content)))
    if line.startswith("C: "):
        return Expected(line[3:].encode() + b"\r\n")
    if line.startswith("=> "):
        return Verdict(line[3:])
    assert line in _ACTS, line
    return Act(line.strip("[]"))


def _joined(turns: list[Turn]) -> list[Turn]:
    joined: list[Turn] = []
    for turn in turns:
        last = joined[-1] if joined else None
        if isinstance(turn, Said | Expected) and isinstance(last, type(turn)):
            joined[-1] = type(turn)(last.data + turn.data)
        else:
            joined.append(turn)
    return joined
