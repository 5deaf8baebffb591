"""The warm-up of a new domain, as whoever sends is told of it, and as an administrator may end it."""

from collections import Counter
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from bienrecu.domain.audit import Action
from bienrecu.domain.rehearsal import is_rehearsed
from bienrecu.store import queue, warm_up
from bienrecu.store.audit import note
from bienrecu.store.models import SendingDomain, User
from bienrecu.submission.post import holder_of
from bienrecu.submission.request import Request


def days_of(request: Request, now: datetime) -> tuple[str, list[tuple[date, int]]] | None:
    """The new domain that holds some of `request` for other days, and how many leave on which day, where the
    organisation is; None: nothing is held."""
    holder = holder_of(request)
    if holder is None:
        return None
    destinations = (person.address.rpartition("@")[2].lower() for person in request.recipients)
    people = Counter(name for name in destinations if not is_rehearsed(name))
    zone = ZoneInfo(request.organisation.time_zone)
    first = request.scheduled_at or now
    days = [(at.astimezone(zone).date(), n) for at, n in warm_up.forecast(holder, people, first, now).items()]
    is_spread = bool(days) and days[-1][0] > first.astimezone(zone).date()
    return (holder.name, days) if is_spread else None


def end(domain: SendingDomain, by: User) -> None:
    """For a domain that the world knows already: all that it holds leaves."""
    with transaction.atomic():
        locked = SendingDomain.objects.select_for_update().get(pk=domain.pk)
        if locked.warming_since is None:
            return
        warm_up.end(locked)
        note(domain.organisation, by, Action.WARM_UP_ENDED, domain.name)
        queue.notify()
