"""How far the sending of an e-mail has come."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from bienrecu.domain.status import Status
from bienrecu.store.models import Message, Recipient, TrainingSession

_RECENT = timedelta(hours=1)
_SOON = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Progress:
    """`dealt_with`: sent, refused, tried at least once, or kept for another day as its domain is new."""

    message: Message
    dealt_with: int

    @property
    def total(self) -> int:
        return self.message.recipient_count

    @property
    def is_over(self) -> bool:
        return self.dealt_with == self.total


def under_way(session: TrainingSession, now: datetime) -> Progress | None:
    """That of the session's latest e-mail, while it leaves; None when nothing is leaving."""
    sent = Message.objects.filter(session=session, cancelled_at=None, scheduled_at=None)
    latest = sent.filter(requested_at__gt=now - _RECENT).order_by("-requested_at", "-id").first()
    if latest is None:
        return None
    found = progress(latest)
    return None if found.is_over else found


def progress(message: Message) -> Progress:
    """Who waits for another day, as the plan of a new domain has it, is dealt with for now."""
    waiting = Recipient.objects.filter(message=message, status=Status.REQUESTED, failed_attempts=0)
    kept = Q(warm_up__isnull=False, due_at__gt=timezone.now() + _SOON)
    return Progress(message, message.recipient_count - waiting.exclude(kept).count())
