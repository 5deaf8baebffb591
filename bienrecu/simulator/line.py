"""The bytes of one SMTP conversation: lines in, replies out, silence and cuts; everything bounded."""

import asyncio
from typing import NoReturn

from bienrecu.simulator.commands import reply_lines

LONGEST_CHUNK = 64 * 1024
_LONGEST_COMMAND = 2048
_IDLE_SECONDS = 300.0
# All that a recipient's programs look at: what follows, mostly attachments, is counted and not kept.
_KEPT_OCTETS = 1024 * 1024


class HangUp(Exception):
    """The conversation is over."""


class Line:
    """One client on the line. Reading and `cut` raise HangUp, writing OSError."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        peer: tuple[str, int] | None = writer.get_extra_info("peername")
        self.peer_ip = peer[0] if peer else "unknown"

    def say(self, reply: str) -> None:
        self._writer.write(reply_lines(reply))

    def close(self) -> None:
        self._writer.close()

    def cut(self) -> NoReturn:
        self._writer.transport.abort()
        raise HangUp

    async def keep_silent(self) -> NoReturn:
        """Until the client tires."""
        async with asyncio.timeout(_IDLE_SECONDS):
            while await self._reader.read(LONGEST_CHUNK):
                pass
        raise HangUp

    async def command(self) -> str:
        line = await self._chunk()
        if len(line) > _LONGEST_COMMAND:
            self.say("500 5.5.2 Line too long, closing")
            raise HangUp
        return line.decode("utf-8", "replace")

    async def content(self) -> tuple[bytes, int]:
        """What is kept of the content, without its dot-stuffing, and its whole size in octets.

        Only CR LF . CR LF ends it: taking bare line feeds for line ends would let one message smuggle another."""
        kept, size, last = bytearray(), 0, b"\r\n"
        while True:
            chunk = await self._chunk()
            if last == b"\r\n":
                if chunk == b".\r\n":
                    return bytes(kept), size
                chunk = chunk.removeprefix(b".")
            size += len(chunk)
            kept += chunk[: max(0, _KEPT_OCTETS - len(kept))]
            last = (last + chunk)[-2:]

    async def _chunk(self) -> bytes:
        """A line with its line feed, or as much of it as the buffer takes."""
        await self._writer.drain()
        try:
            async with asyncio.timeout(_IDLE_SECONDS):
                return await self._reader.readuntil(b"\n")
        except asyncio.LimitOverrunError as overrun:
            return await self._reader.readexactly(overrun.consumed)
        except asyncio.IncompleteReadError:
            raise HangUp from None
        except TimeoutError:
            self.say("421 4.4.2 Idle for too long, closing")
            raise HangUp from None
