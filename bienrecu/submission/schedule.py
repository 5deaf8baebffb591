"""A message that is to leave later leaves at another time."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from bienrecu.domain.audit import Action
from bienrecu.store import queue, warm_up
from bienrecu.store.audit import note
from bienrecu.store.content import redated
from bienrecu.store.models import Message, RecipientContent, User
from bienrecu.submission.post import has_begun


def reschedule(message: Message, at: datetime, *, by: User | None) -> bool:
    """Lets `message` leave at `at`. False when it is too late: something of it has left, or it was cancelled."""
    with transaction.atomic():
        rows = list(message.recipients.select_for_update().order_by("id"))
        message.refresh_from_db()
        if message.cancelled_at or not rows or any(map(has_begun, rows)):
            return False
        message.recipients.filter(due_at__isnull=False).update(due_at=at, due_since=at)
        warm_up.place(message, timezone.now())
        _redate(message, at)
        before, message.scheduled_at = message.scheduled_at, at
        message.save(update_fields=["scheduled_at"])
        told = {"before": before.isoformat() if before else "", "after": at.isoformat()}
        note(message.organisation, by, Action.EMAIL_RESCHEDULED, message.subject, **told)
        queue.notify()
    return True


def _redate(message: Message, at: datetime) -> None:
    dictionary = bytes(message.content.dictionary)
    kept = list(RecipientContent.objects.filter(recipient__message=message))
    for one in kept:
        one.head = redated(bytes(one.head), dictionary, at)
    RecipientContent.objects.bulk_update(kept, ["head"], batch_size=500)
