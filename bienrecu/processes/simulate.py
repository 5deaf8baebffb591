"""The simulated recipients' servers."""

import asyncio
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from bienrecu.processes.running import run_until_stopped
from bienrecu.simulator.server import Simulator
from bienrecu.simulator.settings import SimulatorSettings

log = structlog.get_logger()


def run() -> None:
    run_until_stopped(simulate)


async def simulate(stop: asyncio.Event) -> None:
    """Answers until `stop`."""
    host, port = settings.BIENRECU.simulator_listen
    simulator = Simulator(
        SimulatorSettings(settings.BIENRECU.returns_listen, settings.BIENRECU.public_url, host=host, port=port),
        lambda line: log.debug("simulated", what=line),
    )
    await simulator.start()
    log.info("simulator started", host=host, port=port, site=urlsplit(settings.BIENRECU.public_url).netloc)
    await stop.wait()
    await simulator.stop()
