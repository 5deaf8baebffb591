"""What waits for somebody: failures that nobody has dealt with, e-mails that a session to come is still without."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason, is_on_our_side
from bienrecu.domain.status import SETTLED, Flag, Status
from bienrecu.store.models import (
    Event,
    Message,
    Organisation,
    Recipient,
    RecipientContent,
    Suppression,
    TrainingSession,
    Unsubscription,
)

MOST = 200
"""Rows of each kind shown at once; beyond LIMIT a count says "more than"."""
LIMIT = 99

SOON = timedelta(days=7)
VERY_SOON = timedelta(days=2)
# What left a moment ago needs no attention, however soon its session begins.
PATIENCE = timedelta(minutes=30)
# A resend that nobody has heard of for longer is no news any more.
RESENT_LATELY = timedelta(days=7)

_FAILED = (Kind.REFUSED, Kind.RETURNED, Kind.EXPIRED, Kind.UNSENDABLE, Kind.SUPPRESSED)
_UNDER_WAY = (Status.REQUESTED, Status.SENT)


@dataclass(frozen=True, slots=True)
class ToHandle:
    """`urgent` and `others` failed, the former for a session that begins soon or has begun; `silent` neither arrived
    nor failed, although their session begins very soon; `resent` were sent again, and their fate is not known yet."""

    urgent: Sequence[Recipient]
    silent: Sequence[Recipient]
    others: Sequence[Recipient]
    resent: Sequence[Recipient]

    @property
    def is_cut(self) -> bool:
        return any(len(rows) == MOST for rows in (self.urgent, self.silent, self.others))


def to_handle(organisation: Organisation, today: date, now: datetime) -> ToHandle:
    failed = _shown(unsettled(organisation))
    soon = _sessions(organisation, today, SOON)
    return ToHandle(
        urgent=failed.filter(session__in=soon).order_by("session__starts_on", "-unsettled_since", "-id")[:MOST],
        silent=_shown(_silent(organisation, today, now)).order_by("session__starts_on", "-requested_at", "-id")[:MOST],
        others=failed.filter(~Q(session__in=soon) | Q(session=None)).order_by("-unsettled_since", "-id")[:MOST],
        resent=_shown(_resent(organisation, now)).order_by("-requested_at", "-id")[:MOST],
    )


def count(organisation: Organisation, today: date, now: datetime) -> int:
    """How many rows `to_handle` asks somebody to deal with; LIMIT + 1 stands for more than LIMIT."""
    failed = unsettled(organisation).order_by()[: LIMIT + 1].count()
    silent = _silent(organisation, today, now).order_by()[: LIMIT + 1].count() if failed <= LIMIT else 0
    return min(failed + silent, LIMIT + 1)


ONE_CAUSE = 5
"""Failures for one reason on our side that make it one trouble, rather than so many failures."""


def troubles(organisation: Organisation, now: datetime) -> list[tuple[Reason, int]]:
    """What is wrong on our side, and how many e-mails lately failed for it, the most first."""
    reasons = [reason for reason in Reason if is_on_our_side(reason)]
    rows = unsettled(organisation).filter(reason__in=reasons, unsettled_since__gt=now - RESENT_LATELY)
    found = rows.order_by().values("reason").annotate(n=Count("id")).filter(n__gte=ONE_CAUSE).order_by("-n")
    return [(Reason(one["reason"]), one["n"]) for one in found]


def unsettled(organisation: Organisation) -> QuerySet[Recipient]:
    """Failures that nobody has dealt with; mails about accounts are nobody else's business."""
    return Recipient.objects.filter(
        organisation=organisation, unsettled_since__isnull=False, message__confidential=False
    )


def unsettled_of(session: TrainingSession) -> list[Recipient]:
    return list(_shown(unsettled(session.organisation).filter(session=session)).order_by("id"))


def some(organisation: Organisation, ids: Collection[int]) -> list[Recipient]:
    """Those of `ids` that are that organisation's."""
    return list(Recipient.objects.filter(organisation=organisation, id__in=ids, message__confidential=False))


def unsettled_count(session: TrainingSession) -> int:
    """LIMIT + 1 stands for more than LIMIT."""
    return unsettled(session.organisation).filter(session=session).order_by()[: LIMIT + 1].count()


def sessions_with_failures(since: datetime) -> list[TrainingSession]:
    """Of all organisations: those where something failed after `since` that nobody has dealt with."""
    failed = Recipient.objects.filter(unsettled_since__gt=since, session__isnull=False, message__confidential=False)
    sessions = TrainingSession.objects.filter(id__in=failed.values("session"))
    return list(sessions.select_related("organisation", "owner").order_by("id"))


def failures_after(session: TrainingSession, event: int, before: datetime) -> list[Event]:
    """What failed in `session` after `event`, was recorded `before`, and waits for somebody: one event for each
    recipient, the last, in the order of their ids."""
    rows = unsettled(session.organisation).filter(session=session)
    events = Event.objects.filter(recipient__in=rows, id__gt=event, kind__in=_FAILED, recorded_at__lt=before)
    return list({one.recipient_id: one for one in events.select_related("recipient").order_by("id")}.values())


def _sessions(organisation: Organisation, today: date, within: timedelta) -> QuerySet[TrainingSession]:
    """Those that begin `within` so many days, or have begun and are not over."""
    dated = TrainingSession.objects.annotate(last_day=Coalesce("ends_on", "starts_on"))
    return dated.filter(organisation=organisation, starts_on__lte=today + within, last_day__gte=today)


def _silent(organisation: Organisation, today: date, now: datetime) -> QuerySet[Recipient]:
    waiting = Recipient.objects.filter(
        session__in=_sessions(organisation, today, VERY_SOON).values("id"),
        status__in=_UNDER_WAY,
        due_since__lte=now - PATIENCE,
    )
    return waiting.annotate(settled=F("flags").bitand(int(SETTLED))).filter(settled=0)


def _resent(organisation: Organisation, now: datetime) -> QuerySet[Recipient]:
    return Recipient.objects.filter(
        organisation=organisation,
        resend_of__isnull=False,
        requested_at__gt=now - RESENT_LATELY,
        status__in=_UNDER_WAY,
    )


def _shown(rows: QuerySet[Recipient]) -> QuerySet[Recipient]:
    return rows.select_related("session", "contact", "organisation")


def locked(recipients: Iterable[Recipient]) -> list[Recipient]:
    """The same rows as they stand now, in the order of their ids, held until the transaction ends."""
    ids = [row.id for row in recipients]
    held = list(Recipient.objects.filter(id__in=ids).select_for_update().order_by("id").values_list("id", flat=True))
    rows = Recipient.objects.filter(id__in=held).order_by("id")
    return list(rows.select_related("organisation", "contact", "message__session", "message__content"))


def sent_with(organisation: Organisation, key: str) -> list[Recipient]:
    """The rows of the message that was sent with `key`, and of those whose keys begin with it."""
    messages = Message.objects.filter(organisation=organisation)
    if not messages.filter(key=key).exists():
        return []  # looking for the others takes longer
    return list(Recipient.objects.filter(message__in=messages.filter(key__startswith=key)).order_by("id"))


@dataclass(frozen=True, slots=True)
class Known:
    """What decides whether rows may be sent again. Addresses in lower case."""

    held_back: dict[str, Suppression]
    lifted: dict[str, datetime]  # when last
    kept: set[int]  # rows whose content is kept
    unsubscribed: set[tuple[str, str]]  # address and type of e-mail


def known(organisation: Organisation, ids: Collection[int], addresses: Collection[str]) -> Known:
    """All that the rules of resending need to know, in as many questions for one row as for many."""
    rows = Suppression.objects.filter(organisation=organisation, address__in=addresses)
    lifted = rows.filter(lifted_at__isnull=False).values_list("address").annotate(last=Max("lifted_at"))
    live = rows.filter(lifted_at=None).select_related("event")
    kept = RecipientContent.objects.filter(recipient__in=ids).exclude(head=b"").values_list("recipient", flat=True)
    wishes = Unsubscription.objects.filter(organisation=organisation, address__in=addresses, ended_at=None)
    return Known(
        {row.address: row for row in live}, dict(lifted), set(kept), set(wishes.values_list("address", "type"))
    )


def held_back(organisation: Organisation, address: str) -> Suppression | None:
    """The suppression that holds for `address`, in whatever case it is written."""
    live = Suppression.objects.filter(organisation=organisation, address=address.lower(), lifted_at=None)
    return live.select_related("event").first()


def resends(recipient: Recipient) -> list[Recipient]:
    """The latest first."""
    return list(recipient.resends.order_by("-requested_at", "-id"))


def message(organisation: Organisation, id: int) -> Message | None:
    found = Message.objects.filter(organisation=organisation, id=id, confidential=False)
    return found.select_related("session").first()


def lines(rows: Sequence[Recipient]) -> list[list[Recipient]]:
    """Each of `rows` with its resends and theirs, the oldest first."""
    found = {row.id: [row] for row in rows}
    of = {row.id: row.id for row in rows}
    last = list(of)
    while last:
        again = list(_shown(Recipient.objects.filter(resend_of__in=last)).order_by("id"))
        for row in again:
            of[row.id] = of[row.resend_of_id]
            found[of[row.id]].append(row)
        last = [row.id for row in again]
    return list(found.values())


def not_confirmed(message: Message) -> list[Recipient]:
    """The last e-mail to each recipient of `message` who has it, or may have it, and has confirmed none of them. Who
    replied, or got it another way, is asked nothing more."""
    reached = (Status.SENT, Status.RECEIVED, Status.OPENED)
    told = lines(list(_shown(message.recipients.all()).order_by("id")))
    replies = Event.objects.filter(recipient__in=[row.id for line in told for row in line], kind=Kind.REPLIED)
    replied = set(replies.values_list("recipient_id", flat=True))
    answered = Flag.CONFIRMED | Flag.NOTED
    silent = [line for line in told if not any(row.flags & answered or row.id in replied for row in line)]
    return [line[-1] for line in silent if line[-1].status in reached]


@dataclass(frozen=True, slots=True)
class Confirmations:
    """Of `total` people to whom `message` went, at once or again, `confirmed` pressed "Confirm receipt"."""

    message: Message
    total: int
    confirmed: int


_CONFIRMED = """
WITH RECURSIVE line(message_id, first, id, flags) AS (
    SELECT message_id, id, id, flags FROM store_recipient WHERE message_id IN ({messages})
    UNION ALL
    SELECT line.message_id, line.first, again.id, again.flags
    FROM store_recipient again JOIN line ON again.resend_of_id = line.id)
SELECT message_id, COUNT(DISTINCT first), COUNT(DISTINCT CASE WHEN flags & {confirmed} <> 0 THEN first END)
FROM line GROUP BY message_id
"""


def confirmations(session: TrainingSession, now: datetime, most: int) -> list[Confirmations]:
    """Of the latest messages that have left; resends count for their originals."""
    again = Recipient.objects.filter(message=OuterRef("id"), resend_of__isnull=False)
    sent = session.messages.filter(~Exists(again), Q(scheduled_at=None) | Q(scheduled_at__lte=now), cancelled_at=None)
    messages = {row.id: row for row in sent.order_by("-requested_at", "-id")[:most]}
    if not messages:
        return []
    with connection.cursor() as cursor:
        # Nothing but numbers of ours goes into the text.
        cursor.execute(_CONFIRMED.format(messages=",".join(map(str, messages)), confirmed=int(Flag.CONFIRMED)))
        counts = {id: (total, confirmed) for id, total, confirmed in cursor.fetchall()}
    return [Confirmations(row, *counts[id]) for id, row in messages.items() if id in counts]


def scheduled(session: TrainingSession, now: datetime) -> list[Message]:
    """Messages not yet due, the next one first."""
    waiting = session.messages.filter(cancelled_at=None, scheduled_at__gt=now)
    return list(waiting.select_related("requested_by").order_by("scheduled_at", "id"))


def cancelled(session: TrainingSession, most: int) -> list[Message]:
    """The latest first."""
    rows = session.messages.filter(cancelled_at__isnull=False).select_related("cancelled_by", "requested_by")
    return list(rows.order_by("-cancelled_at", "-id")[:most])
