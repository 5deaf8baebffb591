"""The way through an organisation's own mail account."""

import ipaddress
from collections.abc import Awaitable, Callable

from bienrecu.adapters.dns_lookup import DnsLookup
from bienrecu.adapters.relay_accounts import Account
from bienrecu.delivery.ports import Host, Route, RouteError, Router
from bienrecu.domain.reason import Reason
from bienrecu.domain.relay_account import Security, account_of

_MOST_ADDRESSES = 5


class AccountRouter:
    """Everything that stands for an account through its server, the rest by `inner`. The server's name is a tenant's
    choice: `may_be_reached` says of an address whether we may talk to it."""

    def __init__(
        self,
        inner: Router,
        read: Callable[[int], Awaitable[Account | None]],
        lookup: DnsLookup,
        may_be_reached: Callable[[str], bool],
    ) -> None:
        self._inner, self._read, self._lookup, self._may_be_reached = inner, read, lookup, may_be_reached

    async def route(self, domain: str) -> Route:
        id = account_of(domain)
        if id is None:
            return await self._inner.route(domain)
        account = await self._read(id)
        if account is None:
            raise RouteError(Reason.SUBMISSION_REFUSED, "the account that it was to leave by is gone", permanent=True)
        host = Host(
            account.host,
            await self._addresses(account.host),
            account.port,
            implicit_tls=account.security is Security.TLS,
            require_tls=account.security is not Security.CLEAR,
            login=account.login,
        )
        return Route((host,), provider=domain, is_final=False)

    async def _addresses(self, host: str) -> tuple[str, ...]:
        """Somebody can mend what is wrong with it, and what waits meanwhile will go."""
        found = (host,) if _is_address(host) else (await self._lookup.addresses(host)).records
        usable = tuple(filter(self._may_be_reached, found))[:_MOST_ADDRESSES]
        if not usable:
            what = f"only addresses that are not public ({', '.join(found[:3])})" if found else "no address"
            raise RouteError(Reason.SUBMISSION_REFUSED, f"the relay {host}: {what}", permanent=False)
        return usable


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
