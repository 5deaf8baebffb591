"""Honours DANE (RFC 7672): where a domain's signed DNS announces its servers' certificates, only those will do."""

import asyncio
from dataclasses import replace

from bienrecu.adapters.dns_lookup import DnsLookup
from bienrecu.delivery.ports import Host, Route, RouteError, Router
from bienrecu.domain.reason import Reason
from bienrecu.protocol.dane import read_tlsa

_MOST = 20  # records of one server


class DaneRouter:
    """`lookup` asks a resolver that validates: what it does not call authentic announces nothing."""

    def __init__(self, inner: Router, lookup: DnsLookup) -> None:
        self._inner, self._lookup = inner, lookup

    async def route(self, domain: str) -> Route:
        route = await self._inner.route(domain)
        if not (await self._lookup.ask(domain, "MX")).authentic:
            return route
        found = await asyncio.gather(*(self._announced(host) for host in route.hosts))
        hosts = tuple(host for host in found if host is not None)
        if not hosts:
            names = ", ".join(host.name for host in route.hosts)
            detail = f"{domain}: the DNS does not say which certificates its servers have ({names})"
            raise RouteError(Reason.TLS_REQUIRED, detail, permanent=False)
        return replace(route, hosts=hosts)

    async def _announced(self, host: Host) -> Host | None:
        """None when the answer is kept from us, as somebody in the middle would (§2.1)."""
        if not (await self._lookup.addresses(host.name)).authentic:
            return host
        answer = await self._lookup.ask(f"_{host.port}._tcp.{host.name}", "TLSA")
        if answer.trouble:
            return None
        if not answer.authentic:
            return host
        records = [record for text in answer.records[:_MOST] if (record := read_tlsa(text))]
        return replace(host, tlsa=tuple(sorted(records, key=str)))
