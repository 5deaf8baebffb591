"""How long each kind of data is kept, and deleting what is older.

What goes, what stays and why: docs/decisions/0015-what-stays-of-an-old-e-mail.md. Everything here may be done twice, or
stop at any moment: it works in small transactions, and a message is done once its content is gone."""

from calendar import monthrange
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from bienrecu.domain.audit import Action
from bienrecu.domain.event import Kind
from bienrecu.store import record
from bienrecu.store.audit import note
from bienrecu.store.models import (
    AuditEntry,
    DomainReport,
    Event,
    Export,
    HelpAnswer,
    Invitation,
    Message,
    MessageContent,
    Organisation,
    PeopleImport,
    Recipient,
    Suppression,
)
from bienrecu.store.pseudonym import strip

_BATCH = 200
_EVERY = 6 * 3600  # seconds between two looks at an organisation
# A mail about an account holds a link that works for some days: after that it is of no use to anybody.
_ACCOUNT_MAILS = timedelta(days=30)
_OPENINGS = (Kind.OPENED, Kind.MACHINE_LOAD)


@dataclass(frozen=True, slots=True)
class Due:
    """How much is older than its limit. `emails` are counted by recipient."""

    emails: int
    openings: int
    audit: int

    def __bool__(self) -> bool:
        return bool(self.emails or self.openings or self.audit)


def months_before(now: datetime, months: int) -> datetime:
    """The same day of the month, or its last: 31 March less one month is 28 February."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1]))


def due(organisation: Organisation, now: datetime) -> Due:
    """What `purge` would delete now, with the limits that `organisation` carries, saved or not."""
    messages = _old_messages(organisation, now)
    return Due(
        Recipient.objects.filter(message__in=messages).count(),
        _old_openings(organisation, now).count(),
        _old_entries(organisation, now).count(),
    )


def purge_due(now: datetime) -> None:
    """Purges every organisation, each at most every six hours, whichever process asks."""
    for organisation in Organisation.objects.order_by("id").iterator():
        if cache.add(f"purge:{organisation.pk}", 1, _EVERY):
            purge(organisation, now)


def purge(organisation: Organisation, now: datetime) -> Due:
    """Deletes what is older than its limit; says how much that was."""
    done = Due(_purge_emails(organisation, now), _purge_openings(organisation, now), _purge_audit(organisation, now))
    _purge_around(organisation, now)
    if done:
        note(organisation, None, Action.DATA_PURGED, **asdict(done))
    return done


def _old_messages(organisation: Organisation, now: datetime) -> QuerySet[Message]:
    """Of which nothing waits any more; counted from the session's end, or from the request if that came later."""
    limit = months_before(now, organisation.keep_emails_months)
    ended = Q(session__ends_on__lt=limit.date()) | Q(session__ends_on=None, session__starts_on__lt=limit.date())
    dateless = Q(session=None) | Q(session__ends_on=None, session__starts_on=None)
    waiting = Recipient.objects.filter(message=OuterRef("pk"), due_at__isnull=False)
    kept = Message.objects.filter(organisation=organisation, content__isnull=False, requested_at__lt=limit)
    return kept.filter(ended | dateless).exclude(Exists(waiting))


def _purge_emails(organisation: Organisation, now: datetime) -> int:
    count = 0
    for message_id in list(_old_messages(organisation, now).order_by("id").values_list("id", flat=True)):
        while stripped := _strip_some(organisation, message_id):
            count += stripped
        # Of a message that was cancelled, nobody had a part of their own.
        MessageContent.objects.filter(message=message_id).delete()
    return count


def _strip_some(organisation: Organisation, message_id: int) -> int:
    """Whoever has no content any more is done."""
    with transaction.atomic():
        kept = Recipient.objects.filter(message=message_id, content__isnull=False).exclude(content__head=b"")
        todo = kept.select_related("message")
        rows = list(todo.order_by("-id")[:_BATCH])  # the last first: the others are packed against the first one's text
        strip(organisation, rows)
    return len(rows)


def _old_openings(organisation: Organisation, now: datetime) -> QuerySet[Event]:
    limit = months_before(now, organisation.keep_openings_months)
    return Event.objects.filter(organisation=organisation, kind__in=_OPENINGS, at__lt=limit)


def _purge_openings(organisation: Organisation, now: datetime) -> int:
    """An e-mail of which only the opening told that it was opened is Received again: no more is known now."""
    count = 0
    while batch := list(_old_openings(organisation, now).order_by("id").values_list("id", "recipient_id")[:_BATCH]):
        record.expire(batch)
        count += len(batch)
    return count


def _old_entries(organisation: Organisation, now: datetime) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(
        organisation=organisation, at__lt=months_before(now, organisation.keep_audit_months)
    )


def _purge_audit(organisation: Organisation, now: datetime) -> int:
    count = 0
    while ids := list(_old_entries(organisation, now).order_by("id").values_list("id", flat=True)[:_BATCH]):
        count += AuditEntry.objects.filter(id__in=ids).delete()[0]
    return count


def _purge_around(organisation: Organisation, now: datetime) -> None:
    """What is old and of use to nobody: not counted."""
    emails = months_before(now, organisation.keep_emails_months)
    audit = months_before(now, organisation.keep_audit_months)
    accounts = Message.objects.filter(organisation=organisation, confidential=True)
    accounts.filter(requested_at__lt=now - _ACCOUNT_MAILS).delete()
    Export.objects.filter(organisation=organisation, asked_at__lt=emails).delete()
    PeopleImport.objects.filter(organisation=organisation, created_at__lt=emails).delete()
    Suppression.objects.filter(organisation=organisation, lifted_at__lt=emails).delete()
    DomainReport.objects.filter(organisation=organisation, end__lt=emails).delete()
    Invitation.objects.filter(organisation=organisation, created_at__lt=audit).delete()
    HelpAnswer.objects.filter(organisation=organisation, at__lt=audit).delete()
