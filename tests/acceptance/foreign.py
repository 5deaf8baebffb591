"""Other people's servers, run privately: begun with a folder of their own, waited for, ended with it."""

import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tests.private import Private


class ForeignError(Exception):
    """A server did not start; the text is what it said."""


class Foreign(Private):
    """`begin` writes what the server reads in `home` and runs it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.home.chmod(0o755)  # servers give up root
        self._servers: list[subprocess.Popen[bytes]] = []

    def stop(self) -> None:
        for server in reversed(self._servers):
            if server.poll() is None:
                server.terminate()
                server.wait(20)

    def run(self, command: Sequence[str | Path], port: int, greeting: bytes = b"", host: str = "127.0.0.1") -> None:
        """Returns once it answers at `port`, with `greeting` first. Raises ForeignError."""
        self.start(command, lambda: answers(port, greeting, host))

    def start(self, command: Sequence[str | Path], is_ready: Callable[[], bool], seconds: float = 120) -> None:
        """Returns once `is_ready` says so. Raises ForeignError."""
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self._servers.append(server)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and server.poll() is None:
            if is_ready():
                return
            time.sleep(0.05)
        raise ForeignError(self.log() or f"{command[0]} ended, or never answered, without a word.")


def answers(port: int, greeting: bytes = b"", host: str = "127.0.0.1") -> bool:
    """Whether somebody listens there, and says `greeting` first."""
    with suppress(OSError), socket.create_connection((host, port), timeout=5) as line:
        return not greeting or line.recv(len(greeting)) == greeting
    return False
