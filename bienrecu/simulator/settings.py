"""Where the simulated recipients live, and the two places they can reach."""

from collections.abc import Callable
from dataclasses import dataclass

Log = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """`returns` is the host and port where reports and replies are sent by SMTP; `site_url` the public address of the
    site, the only origin whose links are ever followed. All waits, in seconds, are divided by `speed`; above 1, an
    image is loaded so soon after acceptance that it is rightly taken for a machine's."""

    returns: tuple[str, int]
    site_url: str
    host: str = "127.0.0.1"
    port: int = 0
    speed: float = 1.0
    greylist_seconds: float = 15.0

    def scaled(self, seconds: float) -> float:
        return seconds / self.speed
