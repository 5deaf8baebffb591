"""A new domain on a morning, and what of its e-mails is promised when."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from bienrecu.domain.sending_domain import DomainState
from bienrecu.store.models import Organisation, Recipient, SendingDomain

NOW = datetime(2027, 1, 5, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
THREE_DAYS_AGO = NOW - timedelta(days=3)


def a_new_domain(organisation: Organisation, *, since: datetime = THREE_DAYS_AGO) -> SendingDomain:
    organisation.sender_address = "envoi@of-exemple.fr"
    organisation.save()
    state = {"state": DomainState.VERIFIED, "state_since": since, "warming_since": since}
    return SendingDomain.objects.create(organisation=organisation, name="of-exemple.fr", **state)


def many(count: int, domain: str = "gmail.com") -> list[str]:
    return [f"p{number}@{domain}" for number in range(count)]


def by_day(*rows: Recipient) -> dict[int, int]:
    """How many of all rows that wait leave how many days from today."""
    waiting = Recipient.objects.filter(due_at__isnull=False, claimed_by=None)
    waiting = waiting.filter(id__in=[row.id for row in rows]) if rows else waiting
    days = Counter((at.date() - TODAY).days for at in waiting.values_list("due_at", flat=True) if at)
    return dict(sorted(days.items()))
