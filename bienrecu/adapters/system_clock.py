"""The machine's clock and dice: the Clock port of `delivery/ports.py`."""

import asyncio
import random
import time
from datetime import UTC, datetime


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def jitter(self) -> float:
        return random.random()  # noqa: S311 - spreads retries, guards nothing

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
