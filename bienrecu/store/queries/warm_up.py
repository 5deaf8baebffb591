"""Where the warm-up of a new domain stands, operator by operator."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, Max

from bienrecu.domain import warm_up
from bienrecu.domain.large_operator import CODES
from bienrecu.store import operators
from bienrecu.store.models import Recipient, SendingDay, SendingDomain
from bienrecu.store.warm_up import steps_of


@dataclass(frozen=True, slots=True)
class Stage:
    """`allowed` may leave today for `operator` (None: any number), `begun` have; `waiting` leave by `last`."""

    operator: str
    allowed: int | None
    begun: int
    waiting: int
    last: datetime | None


def stages(domain: SendingDomain, now: datetime) -> list[Stage]:
    """Empty when nothing of `domain` is held: it is not new, or not any more."""
    if not is_warming(domain, now):
        return []
    today = now.astimezone(UTC).date()
    days = SendingDay.objects.filter(organisation=domain.organisation_id, domain=domain.name, day=today)
    begun = dict(days.values_list("operator", "let_go"))
    waiting, last = _waiting(domain)
    return [
        Stage(
            code,
            warm_up.allowance(steps_of(domain, code, today), code),
            begun.get(code, 0),
            waiting[code],
            last.get(code),
        )
        for code in CODES
    ]


def is_warming(domain: SendingDomain, now: datetime) -> bool:
    return domain.may_send and domain.warming_since is not None and now - domain.warming_since < warm_up.LONGEST


def _waiting(domain: SendingDomain) -> tuple[Counter[str], dict[str, datetime]]:
    waiting: Counter[str] = Counter()
    last: dict[str, datetime] = {}
    held = Recipient.objects.filter(warm_up=domain, claimed_by=None, due_at__isnull=False)
    rows = list(held.values_list("destination").annotate(n=Count("id"), at=Max("due_at")))
    operator_of = operators.of_domains(destination for destination, *_others in rows)
    for destination, count, at in rows:
        code = operator_of[destination]
        waiting[code] += count
        last[code] = max(at, last.get(code, at))
    return waiting, last
