"""The way to a domain's own servers (RFC 5321 §5.1, RFC 7505)."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from publicsuffixlist import PublicSuffixList

from bienrecu.adapters.dns_lookup import Answer, DnsLookup
from bienrecu.adapters.system_clock import SystemClock
from bienrecu.delivery.limits import operator
from bienrecu.delivery.ports import Clock, Host, Route, RouteError
from bienrecu.domain.public_address import is_public
from bienrecu.domain.reason import Reason

# A stranger's zone decides how many there are; more than these are never needed.
_MOST_HOSTS = 10
_MOST_ADDRESSES = 20

_suffixes = PublicSuffixList()


@dataclass(frozen=True, slots=True)
class _Mx:
    preference: int
    host: str


class DnsRouter:
    """`nameservers` are addresses and ports, those of the machine when empty. `own_names` are our hosts: mail that
    leads to them would come back for ever. `allow_private` lets domains lead into networks that are not public."""

    def __init__(
        self,
        nameservers: Sequence[tuple[str, int]] = (),
        *,
        port: int = 25,
        own_names: frozenset[str] = frozenset(),
        allow_private: bool = False,
        ipv6_first: bool = False,
        clock: Clock | None = None,
        lookup: DnsLookup | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._lookup = lookup or DnsLookup(nameservers, self._clock)
        self._port, self._allow_private, self._ipv6_first = port, allow_private, ipv6_first
        self._own_names = frozenset(map(_plain, own_names))

    async def route(self, domain: str) -> Route:
        exchangers = await self._exchangers(_plain(domain))
        ordered = _in_order(exchangers, self._clock.jitter)[:_MOST_HOSTS]
        hosts = await self._hosts([mx.host for mx in ordered])
        return Route(hosts, provider=_provider(exchangers))

    async def _exchangers(self, domain: str) -> list[_Mx]:
        answer = await self._lookup.ask(domain, "MX")
        if answer.trouble:
            raise RouteError(Reason.DNS_TEMPORARY, f"{domain} MX: {answer.trouble}", permanent=False)
        if not answer.exists:
            raise RouteError(Reason.DOMAIN_UNKNOWN, f"{domain}: no such domain", permanent=True)
        found = [_Mx(int(preference), _plain(host)) for preference, host in map(str.split, answer.records)]
        if not found:
            found = [_Mx(0, domain)]  # its A and AAAA records stand for it (RFC 5321 §5.1)
        if all(mx.host == "" for mx in found):
            raise RouteError(Reason.DOMAIN_NO_MAIL, f"{domain} takes no mail (null MX, RFC 7505)", permanent=True)
        return self._before_us(domain, [mx for mx in found if mx.host])

    def _before_us(self, domain: str, found: list[_Mx]) -> list[_Mx]:
        """Where we are a server of the domain, only those that it prefers to us may be asked (RFC 5321 §5.1)."""
        ours = [mx.preference for mx in found if mx.host in self._own_names]
        if not ours:
            return found
        if better := [mx for mx in found if mx.preference < min(ours)]:
            return better
        raise RouteError(Reason.MAIL_LOOP, f"the mail of {domain} leads back to this server", permanent=True)

    async def _hosts(self, names: list[str]) -> tuple[Host, ...]:
        answers = await asyncio.gather(*(self._lookup.addresses(n, ipv6_first=self._ipv6_first) for n in names))
        hosts, room = [], _MOST_ADDRESSES
        for name, answer in zip(names, answers, strict=True):
            addresses = tuple(filter(self._may_be_reached, answer.records))[:room]
            room -= len(addresses)
            if addresses:
                hosts.append(Host(name, addresses, self._port))
        if not hosts:
            raise _nowhere(names, answers)
        return tuple(hosts)

    def _may_be_reached(self, address: str) -> bool:
        return self._allow_private or is_public(address)


def _nowhere(names: list[str], answers: list[Answer]) -> RouteError:
    troubles = [f"{name}: {answer.trouble}" for name, answer in zip(names, answers, strict=True) if answer.trouble]
    if troubles:
        return RouteError(Reason.DNS_TEMPORARY, "; ".join(troubles), permanent=False)
    listed = ", ".join(names)
    inside = [record for answer in answers for record in answer.records]
    if inside:
        detail = f"{listed}: only addresses that are not public ({', '.join(inside[:_MOST_HOSTS])})"
    else:
        detail = f"{listed}: no address"
    return RouteError(Reason.DOMAIN_NO_MAIL, detail, permanent=True)


def _in_order(exchangers: list[_Mx], dice: Callable[[], float]) -> list[_Mx]:
    """Equal preferences in random order: that is how a domain spreads its load."""
    return sorted(exchangers, key=lambda mx: (mx.preference, dice()))


def _provider(exchangers: list[_Mx]) -> str:
    """Whoever runs the preferred server."""
    host = min((mx.preference, mx.host) for mx in exchangers)[1]
    return operator(_suffixes.privatesuffix(host) or host)


def _plain(name: str) -> str:
    return name.rstrip(".").lower()
