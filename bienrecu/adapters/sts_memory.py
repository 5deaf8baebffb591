"""MTA-STS policies in the database: what was learned holds for its time, whichever process learned it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog

from bienrecu.adapters.sts_policies import Learned
from bienrecu.protocol.mta_sts import Mode, Policy
from bienrecu.store.models import StsPolicy

_MOST = 10_000

log = structlog.get_logger()


class StsMemory:
    """`run` calls a function where the database may be waited for."""

    def __init__(self, run: Callable[..., Awaitable[Any]]) -> None:
        self._run = run

    async def learned(self, now: datetime) -> list[Learned]:
        found: list[Learned] = await self._run(learned, now)
        return found

    async def save(self, one: Learned) -> None:
        """A database that does not answer costs the memory, not the mail."""
        try:
            await self._run(save, one)
        except Exception:
            log.exception("a policy was not kept", domain=one.domain)


def learned(now: datetime) -> list[Learned]:
    rows = StsPolicy.objects.filter(until__gt=now).order_by("-until")[:_MOST]
    return [
        Learned(row.domain, row.policy_id, Policy(Mode(row.mode), row.max_age, tuple(row.mx)), row.until)
        for row in rows
    ]


def save(one: Learned) -> None:
    kept = {
        "policy_id": one.id,
        "mode": one.policy.mode,
        "max_age": one.policy.max_age,
        "mx": list(one.policy.mx),
        "until": one.until,
    }
    StsPolicy.objects.update_or_create(domain=one.domain, defaults=kept)


def drop_expired(now: datetime) -> int:
    return StsPolicy.objects.filter(until__lte=now).delete()[0]
