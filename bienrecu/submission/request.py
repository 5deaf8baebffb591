"""What is asked for, and how it is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bienrecu.protocol.message import Attachment
from bienrecu.store.models import Contact, Organisation, Recipient, TrainingSession, User


@dataclass(frozen=True, slots=True)
class Person:
    """One recipient. `variables` are those of the template that are theirs alone, on top of name and company."""

    address: str
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    role: str = ""
    contact: Contact | None = None
    resend_of: Recipient | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @classmethod
    def of(cls, contact: Contact) -> "Person":
        return cls(
            contact.email, contact.first_name, contact.last_name, contact.company, str(contact.role), contact=contact
        )


@dataclass(frozen=True, slots=True)
class FileByLink:
    """A file to be downloaded, from a page that the e-mail links to. `size` in octets."""

    name: str
    content_type: str
    size: int
    content: bytes


@dataclass(frozen=True, slots=True)
class About:
    """What an e-mail is about, as far as its sender may depend on it. `ours`: it is our own, about an account."""

    type: str = ""
    session: TrainingSession | None = None
    ours: bool = False


ANYTHING = About()
_OURS = About(ours=True)


@dataclass(frozen=True, slots=True)
class Request:
    """A message to send. `subject` and `html` are templates. Repeating a request with the same `key` sends once.

    `reply_address` and `language` are the organisation's unless given."""

    organisation: Organisation
    type: str
    key: str
    subject: str
    html: str
    recipients: Sequence[Person]
    session: TrainingSession | None = None
    attachments: Sequence[Attachment] = ()
    links: Sequence[FileByLink] = ()
    scheduled_at: datetime | None = None
    requested_by: User | None = None
    reply_address: str = ""
    language: str = ""

    @property
    def about(self) -> About:
        return _OURS if self.confidential else About(self.type, self.session)

    @property
    def written_in(self) -> str:
        return self.language or self.organisation.language

    confidential: bool = False  # about an account: see Message


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request is refused: a sentence for the person who asked, and whom it is about (none: everybody)."""

    code: str
    sentence: str
    recipient: str = ""


class Refused(Exception):
    """Nothing was stored, nothing leaves."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{p.recipient}: {p.sentence}" if p.recipient else p.sentence for p in problems))
        self.problems = tuple(problems)
