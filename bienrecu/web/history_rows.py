"""A row of History as people read it."""

from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

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
class HistoryRow:
    """`at` is when it was sent or, until then, asked for (`is_sent`); `asked` when that was notably earlier.
    `version` changes whenever something of it does."""

    id: int
    version: int
    at: datetime
    is_sent: bool
    day: str
    asked: datetime | None
    type: str
    name: str
    address: str
    role: str
    subject: str
    attachment_count: int
    status: Status
    label: str
    since: datetime | None
    note: str


def present(row: Row, organisation: Organisation, now: datetime, act: tuple[Kind, datetime] | None) -> HistoryRow:
    """`now` in the reader's time zone."""
    status = Status(row.status)
    at = row.sent_at or row.requested_at
    waited = (at - row.requested_at).total_seconds() > _PROMPT
    reason = Reason(row.reason) if row.reason else None
    return HistoryRow(
        id=row.id,
        version=crc32(repr(row).encode()),
        at=at,
        is_sent=row.sent_at is not None,
        day=when.weekday(at, now),
        asked=row.requested_at if waited else None,
        type=types.email_type(row.type),
        name=row.name,
        address=row.address,
        role=types.contact_role(row.role) if row.role else "",
        subject=row.subject,
        attachment_count=row.attachment_count,
        status=status,
        label=statuses.label(status),
        since=_since(row, status, at),
        note=row_note(status, reason, Flag(row.flags), _facts(row, status, organisation, now, act)),
    )


def _since(row: Row, status: Status, at: datetime) -> datetime | None:
    """When the status was reached, where neither the date beside it nor its note says so already."""
    if status in (Status.REQUESTED, Status.OPENED):
        return None
    return row.since if abs((row.since - at).total_seconds()) > _PROMPT else None


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
        **waiting(row, now),
    )


def waiting(row: Row | Recipient, now: datetime) -> dict[str, datetime | None]:
    """When what has not left will be tried, or tried again."""
    again = row.due_at if row.failed_attempts else None
    is_scheduled = row.failed_attempts == 0 and row.due_at is not None and row.due_at > now
    return {"next_attempt_at": again, "scheduled_at": row.due_at if is_scheduled else None}
