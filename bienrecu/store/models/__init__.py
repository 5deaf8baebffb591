"""The tables: who uses the service, whom they write to, what was sent, what became of it."""

from bienrecu.store.models.follow_up import Attempt, Engine, Event, Report, SessionCount, Suppression
from bienrecu.store.models.mail import Attachment, Message, MessageContent, Recipient, RecipientContent
from bienrecu.store.models.organisation import Membership, Organisation, Role, User
from bienrecu.store.models.people import Contact, ContactRole, Enrolment, TrainingSession

__all__ = [
    "Attachment",
    "Attempt",
    "Contact",
    "ContactRole",
    "Engine",
    "Enrolment",
    "Event",
    "Membership",
    "Message",
    "MessageContent",
    "Organisation",
    "Recipient",
    "RecipientContent",
    "Report",
    "Role",
    "SessionCount",
    "Suppression",
    "TrainingSession",
    "User",
]
