"""Exports that wait to be made: the table is the queue (docs/decisions/0020-records-for-an-audit.md).

Whoever claims one says so again and again while it makes it (`claimed_at`, which is also the claim's name). When that
stops, because its process died, another takes the export and begins anew: nobody has seen half of it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from bienrecu.store.models import Export

CLAIM_LASTS = timedelta(seconds=30)
SILENT = timedelta(seconds=12)
"""Without a sign for so long, its maker is gone, most probably."""
_SIGN = 4.0  # seconds between two signs of life
_BEAT = 1.0  # seconds between two words about progress


class ClaimLost(Exception):
    """Another worker has it now: what was made is of no use."""


class Stopped(Exception):
    """This worker is to end before the export is made."""


def claim() -> "Claim | None":
    """The oldest export that nobody makes, from now on ours."""
    now = timezone.now()
    waiting = Export.objects.filter(
        Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM_LASTS), finished_at=None, content=None
    )
    for id, claimed_at in waiting.order_by("id").values_list("id", "claimed_at")[:10]:
        mine = Claim(id, now)
        if Export.objects.filter(id=id, claimed_at=claimed_at, finished_at=None).update(claimed_at=now, done=0):
            return mine
    return None


class Claim:
    """One export being made. Everything it writes is written only as long as the claim holds."""

    def __init__(self, id: int, at: datetime) -> None:
        self.id, self._at, self._done, self._said = id, at, 0, 0.0
        self._one_at_once = threading.Lock()

    @property
    def export(self) -> Export:
        return Export.objects.select_related("organisation", "session", "by").defer("content").get(id=self.id)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Holds the claim, however long the work is silent: a long PDF is written in one go."""
        over = threading.Event()
        thread = threading.Thread(target=self._keep, args=(over,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _keep(self, over: threading.Event) -> None:
        while not over.wait(_SIGN):
            try:
                self._write()
            except (ClaimLost, DatabaseError):
                break  # whoever makes the record learns it by its next word
        connection.close()  # this thread's own

    def total(self, steps: int) -> None:
        self._write(total=steps)

    def step(self, count: int) -> None:
        """`count` more are done: told at most once a second."""
        self._done += count
        if time.monotonic() - self._said >= _BEAT:
            self._said = time.monotonic()
            self._write(done=self._done)

    def finish(self, **values: object) -> None:
        self._write(finished_at=timezone.now(), **values)

    def release(self) -> None:
        Export.objects.filter(id=self.id, claimed_at=self._at, finished_at=None).update(claimed_at=None, done=0)

    def _write(self, **values: object) -> None:
        with self._one_at_once:
            now = timezone.now()
            if not Export.objects.filter(id=self.id, claimed_at=self._at).update(claimed_at=now, **values):
                raise ClaimLost
            self._at = now
