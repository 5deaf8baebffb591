"""A row of History as people read it."""

from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bienrecu.domain import spelling
from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Flag, Status
from bienrecu.store.models import Organisation, Recipient
from bienrecu.store.queries.history import Row
from bienrecu.wording import statuses, types, when
from bienrecu.wording.facts import CardFacts
from bienrecu.wording.row import row_note

# A message leaves within a breath of being asked for: only a longer wait is worth a second date.
_PROMPT = 60


@dataclass(frozen=True, slots=True)
class Time:
    """A time for machines and for people."""

    iso: str
    said: str


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """Everything in words, because a template that formats fifty rows takes longer than all the rest of the page.

    `sent` is the hour on `day`, None when it was not sent; `asked` when it was asked for, where that says more.
    `version` changes whenever something of the row does."""

    id: int
    version: int
    href: str
    unfold: str
    actions: str
    day: str
    sent: Time | None
    asked: Time | None
    type: str
    name: str
    local_part: str
    domain: str
    role: str
    subject: str
    attachment_count: int
    attachments: str
    status: Status
    code: str
    label: str
    since: Time | None
    note: str


def present(row: Row, organisation: Organisation, now: datetime, act: tuple[Kind, datetime] | None) -> HistoryRow:
    """`now` in the reader's time zone."""
    status = Status(row.status)
    reason = Reason(row.reason) if row.reason else None
    who = row.name or row.address
    local_part, _at, domain = row.address.rpartition("@")
    n = row.attachment_count
    return HistoryRow(
        id=row.id,
        version=crc32(repr(row).encode()),
        href=reverse("email", args=(organisation.slug, row.id)),
        unfold=_("Show the e-mail “{subject}” sent to {name}").format(subject=row.subject, name=who),
        actions=_("Actions for the e-mail to {name}").format(name=who),
        day=when.weekday(row.sent_at, now) if row.sent_at else "",
        sent=_time(row.sent_at, now, "{at:%H:%M}") if row.sent_at else None,
        asked=_asked(row, now),
        type=types.email_type(row.type),
        name=row.name,
        local_part=local_part,
        domain=domain,
        role=types.contact_role(row.role) if row.role else "",
        subject=row.subject,
        attachment_count=n,
        attachments=ngettext("{n} attachment", "{n} attachments", n).format(n=n) if n else "",
        status=status,
        code=status.code,
        label=statuses.label(status),
        since=_since(row, status, now),
        note=row_note(status, reason, Flag(row.flags), _facts(row, status, organisation, now, act)),
    )


def _time(at: datetime, now: datetime, said: str) -> Time:
    here = at.astimezone(now.tzinfo)
    return Time(here.isoformat(timespec="seconds"), said.format(at=here, when=when.brief(at, now)))


def _asked(row: Row, now: datetime) -> Time | None:
    waited = row.sent_at is None or (row.sent_at - row.requested_at).total_seconds() > _PROMPT
    return _time(row.requested_at, now, _("requested {when}")) if waited else None


def _since(row: Row, status: Status, now: datetime) -> Time | None:
    """When the status was reached, where neither the date beside it nor its note says so already."""
    if status in (Status.REQUESTED, Status.OPENED):
        return None
    told = row.sent_at or row.requested_at
    return _time(row.since, now, "{when}") if abs((row.since - told).total_seconds()) > _PROMPT else None


def _facts(
    row: Row, status: Status, organisation: Organisation, now: datetime, act: tuple[Kind, datetime] | None
) -> CardFacts:
    # Lost once and taken since: the flag says that it was sent again.
    answer_lost = row.lost_answers > 1 or (row.lost_answers == 1 and Flag.POSSIBLE_DUPLICATE not in Flag(row.flags))
    kind, acted_at = act or (None, None)
    return CardFacts(
        now=now,
        since=row.since,
        name=row.name,
        address=row.address,
        relay=row.host if status is Status.SENT else "",
        answer_lost=answer_lost,
        act=kind,
        acted_at=acted_at,
        tracked=row.tracked,
        organisation_tracks=organisation.open_tracking,
        next_attempt_at=next_attempt_at(row),
        scheduled_at=scheduled_at(row, now),
        held=is_held(row),
        suggestion=spelling.suggestion(row.address.rpartition("@")[2]) or ""
        if row.reason == Reason.DOMAIN_UNKNOWN
        else "",
    )


def next_attempt_at(row: Row | Recipient) -> datetime | None:
    """When what was put off will be tried again."""
    return row.due_at if row.failed_attempts else None


def scheduled_at(row: Row | Recipient, now: datetime) -> datetime | None:
    """When what has not been tried is to leave, if that is not yet."""
    return row.due_at if row.due_at and row.due_at > now and not row.failed_attempts else None


def is_held(row: Row | Recipient) -> bool:
    """Whether it leaves later than was asked, because its domain is new."""
    return row.warm_up_id is not None and row.due_at is not None and row.due_at > row.due_since
