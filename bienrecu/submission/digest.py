"""A mail to whoever looks after a session when some of its e-mails fail: at most one an hour, all failures in it.

It belongs to no session and is in no History, so that one that fails itself never makes another one."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bienrecu.domain.reason import Reason, is_on_our_side
from bienrecu.store.models import Digest, Event, Membership, Role, TrainingSession, User
from bienrecu.store.queries import follow_up
from bienrecu.submission.links import to_handle_url
from bienrecu.submission.notice import notify
from bienrecu.submission.request import Refused
from bienrecu.wording import reasons

EVERY = timedelta(hours=1)
# The failures of one message come within a few minutes: one mail tells them all.
GATHER = timedelta(minutes=5)
# An event recorded a moment ago may get into the database after one with a higher number.
WRITTEN = timedelta(minutes=1)
# Older failures are no news: they stand on the page.
NEWS = timedelta(days=7)
MOST = 20  # failures listed

_log = logging.getLogger(__name__)


def send_due(now: datetime) -> int:
    """Sends the mails whose time has come; how many sessions they tell of."""
    return sum(_send(session, now) for session in follow_up.sessions_with_failures(now - NEWS))


def _send(session: TrainingSession, now: datetime) -> bool:
    try:
        with transaction.atomic():
            return _tell(session, now)
    except Refused as why:
        _log.warning("the failures of session %s could not be told: %s", session.pk, why)
        return False


def _tell(session: TrainingSession, now: datetime) -> bool:
    # The row is held to the end: two processes never tell the same.
    last, _is_new = Digest.objects.select_for_update().get_or_create(session=session, defaults={"sent_at": now - EVERY})
    events = follow_up.failures_after(session, last.last_event, now - WRITTEN)
    if last.sent_at > now - EVERY or not any(event.recorded_at <= now - GATHER for event in events):
        return False
    last.sent_at, last.last_event = now, max(event.id for event in events)
    last.save()
    for user in readers(session):
        _mail(session, user, events, key=f"digest:{session.pk}:{last.last_event}:{user.pk}")
    return True


def readers(session: TrainingSession) -> list[User]:
    """The owner of the session; when there is none who can be written to, the administrators."""
    members = Membership.objects.filter(organisation=session.organisation, user__is_active=True)
    people = [one.user for one in members.filter(user=session.owner).select_related("user")]
    admins = members.filter(role=Role.ADMINISTRATOR).select_related("user").order_by("user")
    return _reachable(session, people) or _reachable(session, [one.user for one in admins])


def _reachable(session: TrainingSession, users: Sequence[User]) -> list[User]:
    return [user for user in users if follow_up.held_back(session.organisation, user.email) is None]


def _mail(session: TrainingSession, user: User, events: Sequence[Event], key: str) -> None:
    count = len(events)
    with translation.override(user.language or session.organisation.language):
        subject = ngettext("{n} e-mail did not arrive: {session}", "{n} e-mails did not arrive: {session}", count)
        notify(
            session.organisation,
            user.email,
            name=user.name,
            subject=subject.format(n=count, session=session.title),
            text=_text(session, events),
            key=key,
        )


def _text(session: TrainingSession, events: Sequence[Event]) -> str:
    troubles = _troubles(events)
    others = [event for event in events if event.reason not in troubles]
    failures = [_trouble(Reason(reason), count) for reason, count in troubles.items()]
    failures += [_line(event) for event in others[:MOST]]
    if more := len(others) - len(others[:MOST]):
        failures.append(ngettext("and {n} more", "and {n} more", more).format(n=more))
    return "\n\n".join(
        (
            _("Hello,"),
            _("In the session “{title}”, these e-mails did not reach their recipients:").format(title=session.title),
            "\n".join(f"• {line}" for line in failures),
            _("What to do about each stands on this page:"),
            to_handle_url(session.organisation.slug),
            _("You get such a mail at most once an hour, and only when something failed."),
        )
    )


def _troubles(events: Sequence[Event]) -> dict[str, int]:
    """What is wrong on our side is one trouble, not so many failures: the reasons, and how many e-mails each holds."""
    counts = Counter(event.reason for event in events if event.reason and is_on_our_side(Reason(event.reason)))
    return {reason: count for reason, count in counts.most_common() if count >= follow_up.ONE_CAUSE}


def _trouble(reason: Reason, count: int) -> str:
    said = reasons.words(reason)
    return _("{count} e-mails for one cause: {title}. {advice}").format(
        count=count, title=said.title, advice=said.advice
    )


def _line(event: Event) -> str:
    row = event.recipient
    who = f"{row.name} ({row.address})" if row.name else row.address
    why = reasons.label(Reason(event.reason or Reason.UNDETERMINED))
    return _("{who}, “{subject}”: {why}").format(who=who, subject=row.subject, why=why)
