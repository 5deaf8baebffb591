"""MTA-STS policies (RFC 8461): announced in the DNS, fetched over HTTPS, kept as long as they say."""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bienrecu.adapters.dns_lookup import DnsLookup
from bienrecu.delivery.ports import Clock
from bienrecu.protocol.mta_sts import Policy, policy_id, read_policy
from bienrecu.protocol.mta_sts.policy import LONGEST

_PATIENCE = 10.0  # seconds for a policy
_RETRY = 300.0  # seconds before a policy that could not be fetched is asked for again (§3.3)
_LONGEST_HEADER = 16 * 1024
_MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class _Kept:
    id: str
    policy: Policy | None
    until: float
    ask_again: float


@dataclass(frozen=True, slots=True)
class Learned:
    """A policy as it outlives the process that learned it."""

    domain: str
    id: str
    policy: Policy
    until: datetime


async def _forget(learned: Learned) -> None:
    pass


class StsPolicies:
    """`learned` before, by any engine; `save` keeps what this one learns. `may_be_reached` says of an address whether
    we may talk to it: a stranger's DNS chooses where we ask."""

    def __init__(
        self,
        lookup: DnsLookup,
        clock: Clock,
        may_be_reached: Callable[[str], bool],
        *,
        port: int = 443,
        context: ssl.SSLContext | None = None,
        learned: Iterable[Learned] = (),
        save: Callable[[Learned], Awaitable[None]] = _forget,
    ) -> None:
        self._lookup, self._clock, self._may_be_reached = lookup, clock, may_be_reached
        self._port, self._context = port, context or ssl.create_default_context()
        self._save = save
        self._kept: OrderedDict[str, _Kept] = OrderedDict((one.domain, self._as_kept(one)) for one in learned)

    def _as_kept(self, one: Learned) -> _Kept:
        left = (one.until - self._clock.now()).total_seconds()
        now = self._clock.monotonic()
        return _Kept(one.id, one.policy, now + left, now)

    async def of(self, domain: str) -> Policy | None:
        """The policy in force, or None. Raises nothing: whoever cannot be asked is as if they had none (§5), but for
        what was learned before."""
        answer = await self._lookup.ask(f"_mta-sts.{domain}", "TXT")
        announced = policy_id([_joined(record) for record in answer.records])
        now, kept = self._clock.monotonic(), self._kept.get(domain)
        if kept and kept.until < now:
            kept = None
        if announced is None:
            return kept.policy if kept else None
        if kept and (kept.id == announced or now < kept.ask_again):
            return kept.policy
        policy = await self._fetch(domain)
        if policy is not None:
            until = self._clock.now() + timedelta(seconds=policy.max_age)
            await self._save(Learned(domain, announced, policy, until))
        return self._keep(domain, announced, policy, kept)

    def _keep(self, domain: str, id: str, policy: Policy | None, before: _Kept | None) -> Policy | None:
        now = self._clock.monotonic()
        if policy is not None:
            kept = _Kept(id, policy, now + policy.max_age, now)
        elif before is not None:
            kept = _Kept(before.id, before.policy, before.until, now + _RETRY)
        else:
            kept = _Kept("", None, now + _RETRY, now + _RETRY)
        self._kept[domain] = kept
        self._kept.move_to_end(domain)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return kept.policy

    async def _fetch(self, domain: str) -> Policy | None:
        host = f"mta-sts.{domain}"
        found = await self._lookup.addresses(host)
        for address in filter(self._may_be_reached, found.records[:3]):
            try:
                async with asyncio.timeout(_PATIENCE):
                    return read_policy(await self._get(host, address))
            except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                continue
        return None

    async def _get(self, host: str, address: str) -> bytes:
        """The policy file. HTTP/1.0, as it is never cut into chunks; redirects must not be followed (§3.3)."""
        reader, writer = await asyncio.open_connection(
            address, self._port, ssl=self._context, server_hostname=host, limit=_LONGEST_HEADER
        )
        try:
            writer.write(
                f"GET /.well-known/mta-sts.txt HTTP/1.0\r\nHost: {host}\r\nAccept: text/plain\r\n\r\n".encode()
            )
            header = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
            if header[0].split()[1:2] != [b"200"]:
                raise ValueError("no policy there")
            return await _until_its_end(reader)
        finally:
            writer.close()


async def _until_its_end(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while len(body) <= LONGEST and (more := await reader.read(LONGEST)):
        body += more
    if len(body) > LONGEST:
        raise ValueError("longer than any policy")
    return body


def _joined(record: str) -> str:
    """The strings of a TXT record as it stands in a zone file."""
    return "".join(record[1:-1].split('" "')) if record.startswith('"') else record
