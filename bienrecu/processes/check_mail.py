"""What other mail systems will see: names, records, keys, and the relay."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import dns.asyncresolver
import dns.exception
import dns.resolver
import dns.reversename
from django.conf import settings

from bienrecu.adapters.relay_router import RelayRouter
from bienrecu.adapters.stream_network import StreamNetwork
from bienrecu.adapters.system_clock import SystemClock
from bienrecu.delivery.channel import Channel, ChannelError
from bienrecu.delivery.ports import RouteError
from bienrecu.processes.finding import Finding, fine, problem, warning
from bienrecu.protocol.dkim.key import dns_record, load_key
from bienrecu.store.models import DomainKey
from bienrecu.submission.domains.setup import zone_name

_PATIENCE = 5.0  # seconds for one DNS answer
_MOST_KEYS = 100  # looked at, the latest ones


async def findings() -> list[Finding]:
    records = _Dns()
    parts = (
        _platform_address(),
        _hostname(records),
        _return_path(records),
        _keys(records),
        _zone(records),
        _way_out(),
    )
    return [finding for part in parts async for finding in part]


class _Dns:
    """Questions whose missing answer is an answer."""

    def __init__(self) -> None:
        self._resolver = dns.asyncresolver.Resolver()
        if servers := settings.BIENRECU.dns_servers:
            self._resolver.nameservers = [host for host, _ in servers]
            self._resolver.nameserver_ports = dict(servers)
        self._resolver.lifetime = _PATIENCE

    async def ask(self, name: Any, kind: str) -> list[str] | None:
        """What is published; an empty list when nothing is, None when the DNS does not answer."""
        try:
            return [str(record) for record in await self._resolver.resolve(name, kind)]
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException:
            return None

    async def addresses(self, name: str) -> list[str] | None:
        v4, v6 = await self.ask(name, "A"), await self.ask(name, "AAAA")
        return None if v4 is None and v6 is None else [*(v4 or []), *(v6 or [])]


async def _platform_address() -> AsyncIterator[Finding]:
    address = settings.BIENRECU.platform_address
    if address.domain.endswith(".invalid"):
        yield problem(
            f"Organisations without an address of their own would send from {address}, which does not exist.",
            "Set BIENRECU_PLATFORM_ADDRESS to an address of a domain of yours.",
        )
    else:
        yield fine(f"Organisations without an address of their own send from {address}.")


async def _hostname(records: _Dns) -> AsyncIterator[Finding]:
    name = settings.BIENRECU.hostname
    if "." not in name or settings.BIENRECU.relay_url:
        if not settings.BIENRECU.relay_url:
            yield problem(
                f"We would greet other mail servers as {name!r}, which many refuse.",
                "Set BIENRECU_HOSTNAME to the full name of this machine, for example mail.of-exemple.fr.",
            )
        return
    addresses = await records.addresses(name)
    if addresses is None:
        yield warning(f"The DNS does not answer about {name}.", "Check the network, or BIENRECU_DNS_SERVERS.")
    elif not addresses:
        yield problem(
            f"{name} has no address in the DNS.", f"Publish an A record for {name} with this machine's address."
        )
    else:
        for address in addresses:
            yield await _reverse(records, name, address)


async def _reverse(records: _Dns, name: str, address: str) -> Finding:
    names = await records.ask(dns.reversename.from_address(address), "PTR")
    if names and name.lower() in {found.rstrip(".").lower() for found in names}:
        return fine(f"{name} and {address} lead to each other.")
    return problem(
        f"The reverse name (PTR) of {address} is not {name} but {', '.join(names or ['nothing'])}.",
        "Ask whoever gives you this address to set its reverse name: Gmail, Orange and La Poste refuse without it.",
    )


async def _return_path(records: _Dns) -> AsyncIterator[Finding]:
    domain = settings.BIENRECU.return_path.rpartition("@")[2]
    if settings.BIENRECU.returns_imap_url:
        yield fine(f"Returns are read from a mailbox, for addresses at {domain}.")
    elif domain.endswith(".invalid"):
        yield problem(
            f"Reports of failure would go to {domain}, which does not exist: late failures would stay unknown.",
            "Set BIENRECU_RETURN_PATH to r.{token}@ and a sub-domain whose MX is this machine.",
        )
    else:
        hosts = await records.ask(domain, "MX")
        if hosts is None:
            yield warning(f"The DNS does not answer about {domain}.", "Check the network, or BIENRECU_DNS_SERVERS.")
        elif not hosts:
            yield problem(
                f"{domain} has no MX record: reports of failure cannot come back.",
                f"Publish: {domain}. MX 10 {settings.BIENRECU.hostname}.",
            )
        else:
            yield fine(f"Reports for {domain} go to {', '.join(hosts)}.")


async def _keys(records: _Dns) -> AsyncIterator[Finding]:
    if not settings.BIENRECU.dkim_keys:
        yield warning(
            "E-mails are not signed: no DKIM key is set. Orange refuses such e-mails, others distrust them.",
            "Make a key, publish its record and name it in BIENRECU_DKIM_KEYS (docs/operating.md).",
        )
    for key in settings.BIENRECU.dkim_keys:
        yield await _key(records, key.domain, key.selector, key.file)


async def _key(records: _Dns, domain: str, selector: str, file: Path) -> Finding:
    try:
        key = load_key(file.read_bytes(), domain, selector)
    except (OSError, ValueError) as error:
        return problem(f"The DKIM key {file} cannot be used: {error}", "Check the file and BIENRECU_DKIM_KEYS.")
    name, value = dns_record(key)
    published = await records.ask(name, "TXT")
    if published is None:
        return warning(f"The DNS does not answer about {name}.", "Check the network, or BIENRECU_DNS_SERVERS.")
    if any(_plain(text) == _plain(value) for text in published):
        return fine(f"The DKIM key of {domain} is published ({selector}).")
    return problem(f"{name} does not hold our DKIM key.", f"Publish this TXT record: {name} {value}")


async def _zone(records: _Dns) -> AsyncIterator[Finding]:
    zone = settings.BIENRECU.dkim_zone
    if not zone:
        return
    keys = [key async for key in DomainKey.objects.order_by("-created_at")[:_MOST_KEYS]]
    answers = [(key, await records.ask(zone_name(key), "TXT")) for key in keys]
    absent = [key for key, found in answers if found is not None and _plain(key.record) not in map(_plain, found)]
    if absent:
        yield problem(
            f"{len(absent)} of {len(keys)} keys of organisations' domains are not published in {zone}.",
            "Publish what `bienrecu zone` prints, and let it be done again every hour.",
        )
    else:
        yield fine(f"The keys of organisations' domains are published in {zone} ({len(keys)} looked at).")


def _plain(text: str) -> str:
    """A TXT record as one string: resolvers show it cut and quoted."""
    return "".join(text.replace('"', "").split())


async def _way_out() -> AsyncIterator[Finding]:
    url = settings.BIENRECU.relay_url
    if not url:
        yield fine("E-mails go directly to the recipients' mail servers.")
        return
    try:
        route = await RelayRouter(url).route("")
    except RouteError as error:
        yield problem(f"The relay's name is unknown: {error.detail}", "Check the host in BIENRECU_RELAY_URL.")
        return
    host = route.hosts[0]
    try:
        channel = await Channel.open(
            StreamNetwork(),
            SystemClock(),
            host,
            host.addresses[0],
            hello_name=settings.BIENRECU.hostname,
            patience=0.05,
        )
    except ChannelError as error:
        said = error.reply.text if error.reply else error
        yield problem(
            f"The relay {host.name}:{host.port} does not let us in ({error.stage}): {said}",
            "Check host, port, user and password in BIENRECU_RELAY_URL.",
        )
    else:
        await channel.close()
        yield fine(f"The relay {host.name}:{host.port} lets us in ({channel.tls or 'not encrypted'}).")
