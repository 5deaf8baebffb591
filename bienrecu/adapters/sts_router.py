"""Honours MTA-STS (RFC 8461 §5): where a domain insists, only the servers it names, and only over verified TLS."""

import asyncio
from dataclasses import replace

from bienrecu.adapters.sts_policies import StsPolicies
from bienrecu.delivery.ports import Route, RouteError, Router
from bienrecu.domain.reason import Reason
from bienrecu.protocol.mta_sts import Mode


class StsRouter:
    def __init__(self, inner: Router, policies: StsPolicies) -> None:
        self._inner, self._policies = inner, policies

    async def route(self, domain: str) -> Route:
        asked = asyncio.create_task(self._policies.of(domain))  # meanwhile, as it takes a question more
        try:
            route = await self._inner.route(domain)
            policy = await asked
        finally:
            asked.cancel()
        if policy is None or policy.mode != Mode.ENFORCE:
            return route
        hosts = tuple(replace(host, require_tls=True) for host in route.hosts if policy.allows(host.name))
        if not hosts:
            names = ", ".join(host.name for host in route.hosts)
            detail = f"{domain}: its policy (MTA-STS) allows none of its servers ({names})"
            raise RouteError(Reason.TLS_REQUIRED, detail, permanent=False)
        return replace(route, hosts=hosts)
