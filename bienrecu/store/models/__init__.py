"""The tables: who uses the service, whom they write to, what was sent, what became of it."""

from bienrecu.store.models.domain_report import DomainReport, ReportedFailure, ReportedSource, ReportKind
from bienrecu.store.models.follow_up import (
    Attempt,
    Digest,
    Engine,
    Event,
    Export,
    Report,
    Rereading,
    SessionCount,
    Suppression,
    Unsubscription,
)
from bienrecu.store.models.mail import (
    Attachment,
    EmailType,
    LinkedFile,
    Message,
    MessageContent,
    Recipient,
    RecipientContent,
)
from bienrecu.store.models.organisation import (
    AuditEntry,
    HelpAnswer,
    Invitation,
    Membership,
    Organisation,
    Role,
    User,
)
from bienrecu.store.models.people import Consent, Contact, ContactRole, Enrolment, PeopleImport, TrainingSession
<<<<<<< HEAD
from bienrecu.store.models.sender import DomainKey, RelayAccount, SenderException, SenderProof, SendingDomain
=======
from bienrecu.store.models.sender import DomainKey, RelayAccount, SenderProof, SendingDay, SendingDomain, Tally
>>>>>>> 5365660 (store: A new domain lets so many e-mails go a day; each that waits is promised its day, and the queue keeps to it.)
from bienrecu.store.models.writing import Draft, DraftAttachment, TextModel

__all__ = [
    "Attachment",
    "Attempt",
    "AuditEntry",
    "Consent",
    "Contact",
    "ContactRole",
    "Digest",
    "DomainKey",
    "DomainReport",
    "Draft",
    "DraftAttachment",
    "EmailType",
    "Engine",
    "Enrolment",
    "Event",
    "Export",
    "HelpAnswer",
    "Invitation",
    "LinkedFile",
    "Membership",
    "Message",
    "MessageContent",
    "Organisation",
    "PeopleImport",
    "Recipient",
    "RecipientContent",
    "RelayAccount",
    "Report",
    "ReportKind",
    "ReportedFailure",
    "ReportedSource",
    "Rereading",
    "Role",
    "SenderException",
    "SenderProof",
    "SendingDay",
    "SendingDomain",
    "SessionCount",
    "Suppression",
    "Tally",
    "TextModel",
    "TrainingSession",
    "Unsubscription",
    "User",
]
