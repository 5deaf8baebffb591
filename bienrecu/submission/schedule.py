"""A message that is to leave later leaves at another time."""

import re
from datetime import datetime
from email.utils import format_datetime

from django.db import transaction

from bienrecu.domain.audit import Action
from bienrecu.store import queue
from bienrecu.store.audit import note
from bienrecu.store.content import pack, unpack
from bienrecu.store.models import Message, RecipientContent, User
from bienrecu.submission.post import has_begun

_DATE = re.compile(rb"^Date: [^\r\n]*\r\n", re.MULTILINE)


def reschedule(message: Message, at: datetime, *, by: User | None) -> bool:
    """Lets `message` leave at `at`. False when it is too late: something of it has left, or it was cancelled."""
    with transaction.atomic():
        rows = list(message.recipients.select_for_update().order_by("id"))
        message.refresh_from_db()
        if message.cancelled_at or not rows or any(map(has_begun, rows)):
            return False
        message.recipients.filter(due_at__isnull=False).update(due_at=at, due_since=at)
        _redate(message, at)
        before, message.scheduled_at = message.scheduled_at, at
        message.save(update_fields=["scheduled_at"])
        told = {"before": before.isoformat() if before else "", "after": at.isoformat()}
        note(message.organisation, by, Action.EMAIL_RESCHEDULED, message.subject, **told)
        queue.notify()
    return True


def _redate(message: Message, at: datetime) -> None:
    """Its Date field says when it leaves (RFC 5322 §3.6.1): mail systems distrust one of another day."""
    dictionary = bytes(message.content.dictionary)
    date = f"Date: {format_datetime(at)}\r\n".encode()
    kept = list(RecipientContent.objects.filter(recipient__message=message))
    for one in kept:
        one.head = pack(_DATE.sub(date, unpack(bytes(one.head), dictionary), count=1), dictionary)
    RecipientContent.objects.bulk_update(kept, ["head"], batch_size=500)
