"""`bienrecu tend`: the small jobs that come back every minute."""

import signal
import threading
from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import close_old_connections
from django.utils import timezone

from bienrecu.adapters import sts_memory
from bienrecu.store import record, retention, tally
from bienrecu.submission import by_link, digest, reputation_alert
from bienrecu.submission.domains import source_names
from bienrecu.submission.domains.look import look_due
from bienrecu.submission.relay.account import try_due

log = structlog.get_logger()

_EVERY = 60.0  # seconds

# Each is told the time, and does what is due by then; doing it twice, or on two machines at once, must do no harm.
JOBS: dict[str, Callable[[datetime], object]] = {
    "digest": digest.send_due,
    "domains": look_due,
    "downloads": by_link.drop_expired,
    "accounts": try_due,
    "policies": sts_memory.drop_expired,
    "purge": retention.purge_due,
    "suppressions": record.end_suppressions,
    "tally": tally.count_events,
    "reputation": reputation_alert.send_due,
    "names": source_names.look_due,
}


def run() -> None:
    """Until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log.info("tending started")
    while not stop.is_set():
        tend(timezone.now())
        stop.wait(_EVERY)


def tend(now: datetime) -> None:
    """Each job once. One that fails is said in the log and tried again in a minute; the others go on."""
    for name, job in JOBS.items():
        close_old_connections()
        try:
            job(now)
        except Exception:
            log.exception("a job failed", job=name)
