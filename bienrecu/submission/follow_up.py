"""Dealing with what did not arrive: sending all of it again, noting that it was handed over, reminding."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from bienrecu.domain.audit import Action
from bienrecu.domain.event import Kind
from bienrecu.store import record
from bienrecu.store.audit import note
from bienrecu.store.models import Message, Organisation, Recipient, User
from bienrecu.store.queries import follow_up
from bienrecu.submission.resend import Preface, already_sent, resend, verdicts
from bienrecu.wording import when


@dataclass(frozen=True, slots=True)
class Failures:
    """Failures that wait for somebody: those that may be sent again as they are, and those that need more."""

    allowed: list[Recipient]
    others: list[Recipient]


def failures(recipients: Iterable[Recipient]) -> Failures:
    """Of `recipients`, of one organisation. What was dealt with meanwhile is in neither."""
    waiting = [row for row in recipients if row.unsettled_since is not None]
    found = verdicts(waiting)
    return Failures(
        [row for row in waiting if found[row.id].is_allowed], [row for row in waiting if not found[row.id].is_allowed]
    )


def resend_failures(
    organisation: Organisation, recipients: Iterable[Recipient], *, by: User | None, key: str
) -> list[Recipient]:
    """Sends again those of `recipients` that still wait for somebody and may be sent as they are; the new rows.

    Raises Refused when what is sent itself is wrong; then nothing is sent."""
    with transaction.atomic():
        rows = follow_up.locked(recipients)
        return already_sent(organisation, key) or resend(failures(rows).allowed, by=by, key=key)


def hand_over(recipient: Recipient, *, by: User | None, at: datetime, words: str) -> None:
    """Notes that `recipient` got it another way: `words` say how, and to whom. The status stays: it is of the e-mail.

    The same note twice in a day is one."""
    key = hashlib.sha256(f"{by and by.pk} {timezone.localdate(at)} {words}".encode()).hexdigest()[:32]
    with transaction.atomic():
        if recipient.events.filter(key=f"note:{key}").exists():
            return
        record.add([record.NewEvent(recipient.id, Kind.NOTE, at, f"note:{key}", words=words, by_id=by and by.pk)])
        note(recipient.organisation, by, Action.HANDED_OVER_OTHERWISE, recipient.address, subject=recipient.subject)


def remind(message: Message, *, by: User | None, key: str) -> list[Recipient]:
    """Sends `message` again to those who have not confirmed it, with a word about that at its top; the new rows."""
    with transaction.atomic():
        # Who asks at the same time waits here, and then finds what was sent.
        Message.objects.select_for_update().get(id=message.id)
        earlier = already_sent(message.organisation, key)
        return earlier or resend(to_remind(message), by=by, key=key, confirmed=True, preface=_preface(message))


def to_remind(message: Message) -> list[Recipient]:
    """Who has not confirmed `message` and can be written to."""
    waiting = follow_up.not_confirmed(message)
    found = verdicts(waiting)
    return [row for row in waiting if not found[row.id].is_blocked]


def _preface(message: Message) -> Preface:
    zone = ZoneInfo(message.organisation.time_zone)
    with translation.override(message.written_in):
        sent = (message.scheduled_at or message.requested_at).astimezone(zone)
        text = _("We have no confirmation yet that the e-mail below, of {day}, has reached you.")
        ask = _("Please confirm it with the link at the end of this e-mail.")
        day = when.day(sent, timezone.localtime(timezone=zone))
        return Preface(_("Reminder: "), format_html("<p>{}<br>{}</p>\n<hr>\n", text.format(day=day), ask))
