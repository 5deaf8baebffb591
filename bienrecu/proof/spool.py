"""Facts on disk while a record is made: read as often as wanted, in the memory of one."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import msgspec

from bienrecu.proof.facts import EmailFacts, Header, Line, MessageFacts, Missing

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Line).decode


class Spool:
    """Lines of JSON in a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def add(self, line: Line) -> None:
        self._file.write(to_line(line))

    def lines(self) -> Iterator[bytes]:
        """From the first on; one reader at a time."""
        self._file.seek(0)
        return iter(self._file)

    def messages(self) -> Iterator[tuple[MessageFacts, EmailFacts]]:
        """Each e-mail with the message it belongs to."""
        message: MessageFacts | None = None
        for line in map(_decode, self.lines()):
            if isinstance(line, MessageFacts):
                message = line
            elif isinstance(line, EmailFacts) and message is not None:
                yield message, line

    def missing(self) -> Iterator[Missing]:
        return (line for line in map(_decode, self.lines()) if isinstance(line, Missing))


@contextmanager
def spool() -> Iterator[Spool]:
    """One in a temporary file, gone afterwards."""
    with tempfile.TemporaryFile(prefix="bienrecu-record-") as file:
        yield Spool(file)


def to_line(line: Line) -> bytes:
    return _encode(line) + b"\n"


def all_lines(header: Header, emails: Spool, missing: Spool) -> Iterator[bytes]:
    """What a record carries of the facts: what it is of, then everything."""
    yield to_line(header)
    yield from emails.lines()
    yield from missing.lines()


def of_line(raw: bytes) -> Line:
    """Raises msgspec.DecodeError for what no version of ours has written."""
    return _decode(raw)
