"""Asking for no more e-mails of a type, and taking it back: the person themselves, or their mail program for them."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from bienrecu.domain.event import Kind
from bienrecu.store import record
from bienrecu.store.models import Message, Recipient, Unsubscription


def current(recipient: Recipient) -> Unsubscription | None:
    """That the person wants no more e-mails of this one's type, if so."""
    return _of(recipient).filter(ended_at=None).first()


def unsubscribe(recipient: Recipient, now: datetime) -> Unsubscription:
    """Once, however often it is asked. What was scheduled for them and has not begun to leave is taken back."""
    with transaction.atomic():
        wish, is_new = _of(recipient).get_or_create(
            organisation=recipient.organisation,
            address=recipient.address.lower(),
            type=recipient.type,
            ended_at=None,
            defaults={"recipient": recipient, "at": now},
        )
        if is_new:
            record.add([record.NewEvent(recipient.pk, Kind.UNSUBSCRIBED, now, f"unsubscribed:{wish.pk}")])
            _take_back_scheduled(recipient, now)
    return wish


def subscribe_again(recipient: Recipient, now: datetime) -> None:
    """Nothing happens when they asked for nothing."""
    with transaction.atomic():
        wish = _of(recipient).select_for_update().filter(ended_at=None).first()
        if wish is None:
            return
        wish.ended_at = now
        wish.save(update_fields=["ended_at"])
        record.add([record.NewEvent(recipient.pk, Kind.SUBSCRIBED_AGAIN, now, f"subscribed_again:{wish.pk}")])


def _of(recipient: Recipient) -> QuerySet[Unsubscription]:
    return Unsubscription.objects.filter(
        organisation=recipient.organisation_id, address=recipient.address.lower(), type=recipient.type
    )


def _take_back_scheduled(recipient: Recipient, now: datetime) -> None:
    rows = Recipient.objects.select_for_update().filter(
        organisation=recipient.organisation_id,
        address__in={recipient.address, recipient.address.lower()},
        type=recipient.type,
        message__confidential=False,
        message__scheduled_at__gt=now,
        due_at__gt=now,
        claimed_by=None,
        failed_attempts=0,
    )
    waiting = list(rows.order_by("id"))
    record.forget(waiting)
    for row in waiting:
        message = Message.objects.filter(pk=row.message_id)
        message.update(recipient_count=F("recipient_count") - 1)
        message.filter(recipient_count=0).update(cancelled_at=now)
