"""How a process of its own runs: until it is told to stop, or until the process that serves it is gone."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable

SERVED = "SERVED_BY_BIENRECU"  # in the environment of the parts that `bienrecu serve` starts


def run_until_stopped(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Runs `main` with an event that SIGTERM and SIGINT set."""

    async def with_signals() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await main(stop)

    # Not uvloop: measured on an SMTP client, it gains nothing.
    asyncio.run(with_signals())


def end_with_parent() -> None:
    """A part of `serve` stops when `serve` is gone, however it went: its end of the pipe closes with it."""
    if os.environ.get(SERVED):
        threading.Thread(target=_wait_for_end, daemon=True).start()


def _wait_for_end() -> None:
    while sys.stdin.buffer.raw.read(1):  # type: ignore[attr-defined]
        pass
    os.kill(os.getpid(), signal.SIGTERM)
