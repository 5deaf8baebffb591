"""What comes back, over SMTP or from a mailbox."""

import asyncio

import structlog
from django.conf import settings

from bienrecu.adapters import domain_report_store
from bienrecu.adapters.return_mailbox import ReturnMailbox
from bienrecu.adapters.return_receiver import ReturnReceiver
from bienrecu.adapters.return_store import ReturnStore
from bienrecu.processes.deliver import return_paths
from bienrecu.processes.running import run_until_stopped

log = structlog.get_logger()


def receive() -> None:
    run_until_stopped(_receive)


def fetch() -> None:
    run_until_stopped(_fetch)


def _store() -> ReturnStore:
    return ReturnStore(rewritten=bool(settings.BIENRECU.relay_url))


async def _receive(stop: asyncio.Event) -> None:
    host, port = settings.BIENRECU.returns_listen
    store = _store()
    name, keep_report = settings.BIENRECU.hostname, domain_report_store.keep
    receiver = ReturnReceiver(store.keep, return_paths(), host, port, name, keep_report=keep_report)
    await receiver.start()
    log.info("returns receiver started", host=host, port=port)
    await store.read_waiting()
    await stop.wait()
    await receiver.stop()


async def _fetch(stop: asyncio.Event) -> None:
    store = _store()
    url = settings.BIENRECU.returns_imap_url
    mailbox = ReturnMailbox(url, store.keep, return_paths(), keep_report=domain_report_store.keep)
    await mailbox.run(stop)
