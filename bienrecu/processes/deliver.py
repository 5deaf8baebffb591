"""The delivery engine: where its ports meet their adapters."""

import asyncio
import secrets
import socket
from datetime import timedelta
from functools import partial

from django.conf import settings

from bienrecu.adapters.account_router import AccountRouter
from bienrecu.adapters.dane_router import DaneRouter
from bienrecu.adapters.dkim_signer import KeySigner
from bienrecu.adapters.dns_lookup import DnsLookup
from bienrecu.adapters.dns_router import DnsRouter
from bienrecu.adapters.domain_keys import DomainKeys
from bienrecu.adapters.log_observer import LogObserver
from bienrecu.adapters.relay_accounts import RelayAccounts
from bienrecu.adapters.relay_router import RelayRouter, SimulatorRouter
from bienrecu.adapters.store_queue import StoreQueue
from bienrecu.adapters.stream_network import StreamNetwork
from bienrecu.adapters.sts_memory import StsMemory
from bienrecu.adapters.sts_policies import StsPolicies
from bienrecu.adapters.sts_router import StsRouter
from bienrecu.adapters.system_clock import SystemClock
from bienrecu.delivery.engine import Engine
from bienrecu.delivery.ports import Router, Signer
from bienrecu.diagnosis import diagnose
from bienrecu.domain.public_address import is_public
from bienrecu.domain.retry import RetryRule
from bienrecu.processes.running import run_until_stopped
from bienrecu.protocol.dkim.key import load_key
from bienrecu.returns.return_path import ReturnPaths


def run() -> None:
    run_until_stopped(deliver)


async def deliver(stop: asyncio.Event) -> None:
    """Delivers until `stop`."""
    clock = SystemClock()
    domains, accounts = DomainKeys(clock), RelayAccounts(clock)
    queue = StoreQueue(secrets.token_hex(8), socket.gethostname(), return_paths(), clock, domains, accounts)
    engine = Engine(
        queue,
        AccountRouter(
            await router(StsMemory(queue.run)), partial(queue.run, accounts.read), dns_lookup(clock), may_be_reached
        ),
        StreamNetwork(),
        clock,
        signer(clock, domains),
        diagnose,
        observer=LogObserver(),
        hello_name=settings.BIENRECU.hostname,
        retry=retry_rule(),
        max_connections=settings.BIENRECU.max_connections,
    )
    try:
        await engine.run(stop)
    finally:
        await queue.leave()


def return_paths() -> ReturnPaths:
    return ReturnPaths(settings.SECRET_KEY.encode(), settings.BIENRECU.return_path)


async def router(memory: StsMemory) -> Router:
    ours = settings.BIENRECU
    world: Router = RelayRouter(ours.relay_url) if ours.relay_url else await direct_router(memory)
    return SimulatorRouter(world, *ours.simulator_listen) if ours.simulator else world


async def direct_router(memory: StsMemory) -> Router:
    ours, clock = settings.BIENRECU, SystemClock()
    lookup = dns_lookup(clock)
    private = ours.allow_private_addresses
    names = frozenset({ours.hostname})
    direct: Router = DnsRouter(port=ours.smtp_port, own_names=names, allow_private=private, clock=clock, lookup=lookup)
    if ours.dns_validates:
        direct = DaneRouter(direct, lookup)
    learned = await memory.learned(clock.now())
    return StsRouter(direct, StsPolicies(lookup, clock, may_be_reached, learned=learned, save=memory.save))


def dns_lookup(clock: SystemClock) -> DnsLookup:
    ours = settings.BIENRECU
    return DnsLookup(ours.dns_servers, clock, validating=ours.dns_validates)


def may_be_reached(address: str) -> bool:
    return settings.BIENRECU.allow_private_addresses or is_public(address)


def signer(clock: SystemClock, domains: DomainKeys) -> Signer:
    keys = [load_key(key.file.read_bytes(), key.domain, key.selector) for key in settings.BIENRECU.dkim_keys]
    return KeySigner(keys, clock, domains.known)


def retry_rule() -> RetryRule:
    first = timedelta(seconds=settings.BIENRECU.retry_first_wait)
    return RetryRule(first=first, max_age=timedelta(hours=settings.BIENRECU.retry_max_age))
