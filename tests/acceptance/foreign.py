"""Other people's servers, run privately: begun with a folder of their own, waited for, ended with it."""

import atexit
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self


class ForeignError(Exception):
    """A server did not start; the text is what it said."""


class Foreign:
    """To be used as a context manager. `begin` writes what the server reads in `home` and runs it; what `log` gives is
    printed when the test fails."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.home = Path(tempfile.mkdtemp(prefix=f"bienrecu-{name}-", dir="/tmp"))
        self.home.chmod(0o755)  # servers give up root
        self._servers: list[subprocess.Popen[bytes]] = []
        atexit.register(self.stop)

    def begin(self) -> None:
        raise NotImplementedError

    def log(self) -> str:
        file = self.home / "log"
        return file.read_text(errors="replace")[-10_000:] if file.is_file() else ""

    def __enter__(self) -> Self:
        try:
            self.begin()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind:
            print(self.log())
        self.stop()

    def stop(self) -> None:
        """Stops what was run and removes its folder. Safe to call twice."""
        atexit.unregister(self.stop)
        for server in reversed(self._servers):
            if server.poll() is None:
                server.terminate()
                server.wait(20)
        shutil.rmtree(self.home, ignore_errors=True)

    def run(self, command: Sequence[str | Path], port: int, greeting: bytes = b"", host: str = "127.0.0.1") -> None:
        """Returns once it answers at `port`, with `greeting` first. Raises ForeignError."""
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self._servers.append(server)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and server.poll() is None:
            with suppress(OSError), socket.create_connection((host, port), timeout=5) as line:
                if not greeting or line.recv(len(greeting)) == greeting:
                    return
            time.sleep(0.05)
        raise ForeignError(self.log() or f"{command[0]} ended without a word.")
