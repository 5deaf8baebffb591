"""The simulated recipients' servers, running; and two ways to speak to them: a mail library, and by hand."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiosmtplib

from bienrecu.simulator.server import Simulator
from bienrecu.simulator.settings import SimulatorSettings

SENDER = "retour+1@retours.test"
CONTENT = b"Subject: Convocation\r\n\r\nBonjour\r\n"
# Nobody listens there: what comes back has its own tests.
NOWHERE = ("127.0.0.1", 9)


@dataclass
class World:
    port: int
    log: list[str] = field(default_factory=list)

    def client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(hostname="127.0.0.1", port=self.port, local_hostname="test", start_tls=False)

    async def send(self, *behaviours: str) -> str:
        """The answer to the final dot, as one text. Raises what the library makes of a refusal."""
        async with self.client() as client:
            recipients = [f"hugo@{name}.simulator.invalid" for name in behaviours]
            return (await client.sendmail(SENDER, recipients, CONTENT))[1]


@contextlib.asynccontextmanager
async def running(speed: float = 1000, greylist_seconds: float = 15) -> AsyncIterator[World]:
    log: list[str] = []
    settings = SimulatorSettings(NOWHERE, "http://127.0.0.1:9", speed=speed, greylist_seconds=greylist_seconds)
    simulator = Simulator(settings, log.append)
    world = World(await simulator.start(), log)
    try:
        yield world
    finally:
        await simulator.stop()


@dataclass
class Wire:
    """A client by hand."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def reply(self) -> str:
        lines = [await self.reader.readline()]
        while lines[-1][3:4] == b"-":
            lines.append(await self.reader.readline())
        return b"".join(lines).decode()

    async def say(self, *lines: str) -> str:
        """Sends all lines in one go; the reply to the first."""
        self.writer.write("".join(f"{line}\r\n" for line in lines).encode())
        return await self.reply()

    async def rest(self) -> bytes:
        """What comes until the other side closes, b"" when it simply cuts."""
        try:
            return await self.reader.read()
        except ConnectionError:
            return b""


@contextlib.asynccontextmanager
async def wired(port: int) -> AsyncIterator[Wire]:
    async with asyncio.timeout(10):
        wire = Wire(*await asyncio.open_connection("127.0.0.1", port))
        assert (await wire.reply()).startswith("220 ")
        try:
            yield wire
        finally:
            wire.writer.close()
