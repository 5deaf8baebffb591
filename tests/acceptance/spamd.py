"""A real SpamAssassin on loopback, which asks nobody else."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.acceptance.ports import free_port


@contextmanager
def running() -> Iterator[int]:
    """Its port."""
    with TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o777)
        port, log = free_port(), Path(folder) / "log"
        # -L: no network test; -x: no preferences of users; nobody: it drops what it does not need.
        command = ["spamd", "-L", "-x", "-i", "127.0.0.1", "-p", str(port), "--max-children=1", "-u", "nobody"]
        command += ["--helper-home-dir", folder, "-s", str(log)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait(process, log)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)


def _wait(process: "subprocess.Popen[bytes]", log: Path) -> None:
    """It listens before it answers: the log says when."""
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        if log.exists() and "server successfully spawned child" in log.read_text("utf-8"):
            return
        time.sleep(0.2)
    raise RuntimeError("spamd did not start")
