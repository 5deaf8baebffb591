"""Ways that do not follow the DNS of the domain: through a relay, or to the simulator."""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote, urlsplit

from bienrecu.adapters.shared_lookups import SharedLookups
from bienrecu.adapters.system_clock import SystemClock
from bienrecu.delivery.limits import RELAY_PREFIX
from bienrecu.delivery.ports import Clock, Host, Login, Route, RouteError, Router
from bienrecu.domain.reason import Reason
from bienrecu.domain.rehearsal import is_rehearsed

_PORTS = {"smtp": 587, "smtps": 465}
# Seconds.
_LOOKUP_HOLDS = 60.0
_LONGEST_LOOKUP = 20.0


@dataclass(frozen=True, slots=True)
class Relay:
    """A server that takes everything: `smtp://` begins in clear, with STARTTLS where it is offered; `smtps://` is under
    TLS from the first byte."""

    host: str
    port: int
    implicit_tls: bool
    login: Login | None

    @classmethod
    def parse(cls, url: str) -> Self:
        """Raises ValueError that says what is wrong. Special characters of user and password are %-encoded."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS:
            raise ValueError("use smtp://user:password@host:587 or smtps://user:password@host:465")
        if not parts.hostname:
            raise ValueError("the host is missing: smtp://user:password@host:587")
        if bool(parts.username) != bool(parts.password):
            raise ValueError("give both user and password, or neither: smtp://user:password@host:587")
        login = Login(unquote(parts.username), unquote(parts.password)) if parts.username and parts.password else None
        return cls(parts.hostname, parts.port or _PORTS[parts.scheme], parts.scheme == "smtps", login)

    @property
    def requires_tls(self) -> bool:
        """A password never goes in clear over a network."""
        return self.implicit_tls or (self.login is not None and not _is_loopback(self.host))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class RelayRouter:
    """Everything through one relay; `url` as in Relay.parse. Raises ValueError."""

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self._relay = Relay.parse(url)
        self._addresses = SharedLookups(_system_addresses, (clock or SystemClock()).monotonic)

    async def route(self, domain: str) -> Route:
        relay = self._relay
        try:
            async with asyncio.timeout(_LONGEST_LOOKUP):
                addresses = await self._addresses.get(relay.host)
        except (OSError, UnicodeError) as error:
            # Somebody can mend the setting, and what waits meanwhile will go.
            detail = f"our relay {relay.host}: {error or 'no answer from the DNS'}"
            raise RouteError(Reason.DNS_TEMPORARY, detail, permanent=False) from error
        host = Host(
            relay.host,
            addresses,
            relay.port,
            implicit_tls=relay.implicit_tls,
            require_tls=relay.requires_tls,
            login=relay.login,
        )
        return Route((host,), provider=RELAY_PREFIX + relay.host, is_final=False)


async def _system_addresses(host: str) -> tuple[tuple[str, ...], float]:
    """As /etc/hosts and the DNS say, or `host` itself when it is an address."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found)), _LOOKUP_HOLDS


class SimulatorRouter:
    """The simulator's domain, and those under it, to its server on `host` (an address) and `port`; nothing of them ever
    leaves. Everything else by `inner`."""

    def __init__(self, inner: Router, host: str, port: int) -> None:
        self._inner, self._host, self._port = inner, host, port

    async def route(self, domain: str) -> Route:
        if not is_rehearsed(domain):
            return await self._inner.route(domain)
        # Each behaviour is a provider of its own, or the mute one would keep all the others waiting.
        return Route((Host(domain, (self._host,), self._port),), provider=domain)
