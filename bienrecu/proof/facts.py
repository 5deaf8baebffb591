"""What a record tells, before any words: plain values, the same for every format and language, and the very lines that
are carried inside the file for `bienrecu verify`. Times are in UTC."""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct, field

from bienrecu.domain.status import Flag, Status

SCHEMA = 1

MOST_EVENTS = 300
"""Events told of one e-mail, the oldest first."""


class Format(StrEnum):
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"


MOST_EMAILS = {Format.PDF: 50_000, Format.XLSX: 200_000, Format.CSV: 200_000}
"""What is asked of more is not made: a PDF of 50,000 e-mails has 5,000 pages."""


class SessionFacts(Struct, frozen=True):
    id: int
    reference: str
    title: str
    place: str
    starts_on: date | None
    ends_on: date | None
    participants: int


class Header(Struct, frozen=True, tag_field="line", tag="record"):
    """What the record is of. `question` is the filter, as the query string of its page; `counts` goes by the code of
    the status."""

    export: int
    organisation: str
    organisation_slug: str
    session: SessionFacts
    question: str
    format: Format
    language: str
    time_zone: str
    made_by: str
    made_at: datetime
    emails: int
    counts: dict[str, int]
    not_received: int
    missing: int
    schema: int = SCHEMA


class AttachmentFacts(Struct, frozen=True):
    """`size` in octets; `linked`: a link to it stood in the e-mail."""

    name: str
    size: int
    sha256: str
    linked: bool = False


class MessageFacts(Struct, frozen=True, tag_field="line", tag="message"):
    """A request to send; the e-mails that follow it belong to it. `subject` is as written, with its variables."""

    id: int
    type: str
    subject: str
    sender: str
    reply_to: str
    requested_at: datetime
    requested_by: str
    attachments: list[AttachmentFacts] = field(default_factory=list)


class EventFacts(Struct, frozen=True, omit_defaults=True):
    """`words` is the other side's answer word for word, or a person's note; `server` who gave it."""

    id: int
    kind: str
    at: datetime
    reason: str = ""
    words: str = ""
    server: str = ""
    by: str = ""


class EmailFacts(Struct, frozen=True, tag_field="line", tag="email"):
    """One message for one person. `sha256` is of the exact bytes that went out, empty when nothing did; `more_events`
    how many events there are beyond those told."""

    id: int
    message: int
    type: str
    role: str
    name: str
    address: str
    subject: str
    requested_at: datetime
    sent_at: datetime | None
    status: str
    since: datetime
    reason: str
    flags: int
    sha256: str
    resend_of: int | None
    resends: list[int]
    events: list[EventFacts]
    more_events: int = 0

    @property
    def stands(self) -> Status:
        return Status[self.status.upper()]

    @property
    def has_arrived(self) -> bool:
        """With the recipient's mail service, as far as is known."""
        return self.stands in (Status.RECEIVED, Status.OPENED)

    @property
    def marks(self) -> Flag:
        return Flag(self.flags)


class Missing(Struct, frozen=True, tag_field="line", tag="missing"):
    """A participant to whom no e-mail of this type was ever asked for in the session."""

    type: str
    name: str
    address: str


Line = Header | MessageFacts | EmailFacts | Missing
