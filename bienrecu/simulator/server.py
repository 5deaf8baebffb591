"""The simulated recipients' mail servers: one listener on loopback for all of them."""

import asyncio
import logging

from bienrecu.simulator.aftermath import Aftermath
from bienrecu.simulator.line import LONGEST_CHUNK
from bienrecu.simulator.session import Session, World
from bienrecu.simulator.settings import Log, SimulatorSettings

_MOST_CONVERSATIONS = 200
_log = logging.getLogger(__name__).info


class Simulator:
    """`start` binds and returns the port; `stop` cuts every conversation and forgets what was still to happen.

    `log` gets one line per answer and per act."""

    def __init__(self, settings: SimulatorSettings, log: Log = _log) -> None:
        """Raises ValueError when the settings' `site_url` is no web address."""
        self._settings, self._log = settings, log
        self._aftermath = Aftermath(settings, log)
        self._world = World(settings, self._aftermath, log)
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Raises OSError when the port is taken."""
        host, port = self._settings.host, self._settings.port
        self._server = await asyncio.start_server(self._connected, host, port, limit=LONGEST_CHUNK)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        if self._server:
            self._server.close()
        conversations = tuple(self._conversations)
        for task in conversations:
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)
        await self._aftermath.stop()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._conversations) >= _MOST_CONVERSATIONS:
            writer.write(b"421 4.3.2 Too many connections, please try again\r\n")
            writer.close()
            return
        task = asyncio.create_task(self._talk(reader, writer))
        self._conversations.add(task)
        task.add_done_callback(self._conversations.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await Session(reader, writer, self._world).run()
        except Exception as error:  # one client's surprise is not the others' trouble
            self._log(f"simulated conversation failed: {error!r}")
