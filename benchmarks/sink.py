"""A mail server that takes everything and costs next to nothing: what benchmarks and crash tests deliver to.

    python -m benchmarks.sink --port 2525 --record /tmp/taken

prints the address it listens on, then takes messages until it is told to stop, and prints how many they were. With
`--record`, each message is one line per recipient, `recipient TAB Message-ID`, written before the 250 goes out: what
was answered is in the file, so that a message lost or sent twice can be counted."""

import argparse
import asyncio
import os
import re
import signal
from collections.abc import Callable
from typing import cast

import uvloop

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_EHLO = b"250-sink.invalid\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 DSN\r\n"
_REPLIES = {
    b"EHLO": _EHLO,
    b"HELO": b"250 sink.invalid\r\n",
    b"MAIL": b"250 2.1.0 Ok\r\n",
    b"RCPT": b"250 2.1.5 Ok\r\n",
    b"DATA": b"354 Go on\r\n",
    b"RSET": b"250 2.0.0 Ok\r\n",
    b"NOOP": b"250 2.0.0 Ok\r\n",
    b"QUIT": b"221 2.0.0 Bye\r\n",
}

Taken = Callable[[list[bytes], bytearray, int], None]


class _Conversation(asyncio.Protocol):
    def __init__(self, taken: Taken) -> None:
        self._taken = taken
        self._buffer = bytearray()
        self._recipients: list[bytes] = []
        self._in_content = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name
        self._transport.write(b"220 sink.invalid ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Answers all that is complete in one write, as pipelining clients like it."""
        self._buffer += data
        answers = []
        while (answer := self._take_content() if self._in_content else self._take_command()) is not None:
            answers.append(answer)
        assert self._transport
        self._transport.write(b"".join(answers))
        if answers and answers[-1].startswith(b"221"):
            self._transport.close()

    def _take_command(self) -> bytes | None:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        verb = line[:4].upper()
        if verb == b"RCPT":
            self._recipients.append(line[line.find(b"<") + 1 : line.find(b">")])
        elif verb in (b"MAIL", b"RSET"):
            self._recipients = []
        elif verb == b"DATA":
            self._in_content = bool(self._recipients)
            if not self._in_content:
                return b"503 5.5.1 RCPT first\r\n"
            # The CR LF before the first line may belong to the final dot of an empty message.
            self._buffer[:0] = b"\r\n"
        return _REPLIES.get(verb, b"500 5.5.2 What?\r\n")

    def _take_content(self) -> bytes | None:
        end = self._buffer.find(b"\r\n.\r\n")
        if end < 0:
            return None
        self._taken(self._recipients, self._buffer, end)
        del self._buffer[: end + 5]
        self._recipients, self._in_content = [], False
        return b"250 2.0.0 Ok\r\n"


class Sink:
    """`count` is the number of messages taken so far; `record` the path of a file to append to."""

    def __init__(self, record: str = "") -> None:
        self.count = 0
        self._file = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if record else None
        self._server: asyncio.Server | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Returns the port it listens on."""
        self._server = await asyncio.get_running_loop().create_server(lambda: _Conversation(self._taken), host, port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    def stop(self) -> None:
        if self._server:
            self._server.close()
        if self._file is not None:
            os.close(self._file)

    def _taken(self, recipients: list[bytes], content: bytearray, end: int) -> None:
        self.count += 1
        if self._file is not None:
            found = _MESSAGE_ID.search(content, 0, end)
            identity = found[1] if found else b""
            os.write(self._file, b"".join(b"%s\t%s\n" % (recipient, identity) for recipient in recipients))


async def _serve(host: str, port: int, record: str) -> None:
    sink = Sink(record)
    told_to_stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
    print(f"{host}:{await sink.start(host, port)}", flush=True)
    await told_to_stop.wait()
    sink.stop()
    print(sink.count, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Takes every message over SMTP and throws it away.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--record", default="", help="append recipient and Message-ID of each message to this file")
    options = parser.parse_args()
    uvloop.run(_serve(options.host, options.port, options.record))


if __name__ == "__main__":
    main()
