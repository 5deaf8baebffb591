"""Everything on one machine: starts the parts as processes of their own, starts again what dies, stops all."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field

import structlog
from django.conf import settings

from bienrecu.processes.database import bring_up_to_date
from bienrecu.processes.running import SERVED

log = structlog.get_logger()

# A part that dies at once again and again must not keep the machine busy with starting it.
_LONGEST_PAUSE = 30.0  # seconds
_HEALTHY_AFTER = 60.0  # seconds of life that make earlier deaths forgotten
_GRACE = 30.0  # seconds that parts have to finish what they are doing


@dataclass
class _Part:
    name: str
    process: "subprocess.Popen[bytes]"
    started: float
    deaths: int = 0
    again_at: float = field(default=0.0)


def parts() -> list[str]:
    """The commands that `serve` runs, by what the settings ask for."""
    wanted = {
        "web": True,
        "deliver": True,
        "work": True,
        "tend": True,
        "receive-returns": True,
        "fetch-returns": bool(settings.BIENRECU.returns_imap_url),
        "simulate": settings.BIENRECU.simulator,
    }
    return [name for name, runs in wanted.items() if runs]


def run(stop: threading.Event | None = None) -> None:
    """Runs until SIGTERM, SIGINT or `stop`."""
    stop = stop or threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    bring_up_to_date()
    with tempfile.TemporaryDirectory(prefix="bienrecu-metrics-") as metrics:
        environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": metrics}
        running = [_start(name, environment) for name in parts()]
        try:
            while not stop.wait(0.5):
                for part in running:
                    _look_after(part, environment)
        finally:
            _stop(running)


def _start(name: str, environment: dict[str, str]) -> _Part:
    return _Part(name, _spawn(name, environment), time.monotonic())


def _spawn(name: str, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    # A group of its own: Ctrl-C reaches this process alone, which then stops the parts in good order. The pipe is
    # how a part learns that this process is gone, even killed: see `running.py`.
    return subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-m", "bienrecu", name],
        env=environment | {SERVED: "1"},
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def _look_after(part: _Part, environment: dict[str, str]) -> None:
    code, now = part.process.poll(), time.monotonic()
    if code is None:
        return
    if not part.again_at:
        part.deaths = 1 if now - part.started > _HEALTHY_AFTER else part.deaths + 1
        pause = min(2.0 ** (part.deaths - 1) - 1, _LONGEST_PAUSE)
        log.error("part died", name=part.name, code=code, again_in=pause)
        part.again_at = now + pause
    if now >= part.again_at:
        part.process, part.started, part.again_at = _spawn(part.name, environment), now, 0.0


def _stop(running: list[_Part]) -> None:
    alive = [part.process for part in running if part.process.poll() is None]
    for process in alive:
        process.terminate()
    deadline = time.monotonic() + _GRACE
    for process in alive:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
