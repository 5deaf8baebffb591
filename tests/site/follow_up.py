"""What failed, what became of it, and the page that lists what is to be done about it."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from typing import Any, cast

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.store import record
from bienrecu.store.models import Contact, Recipient, TrainingSession, User
from bienrecu.store.queries.emails import exact_bytes
from tests.builders import a_recipient, a_user

FULL = [(Kind.REFUSED, Reason.MAILBOX_FULL)]


def at(name: str, row: Any, *more: Any) -> str:
    return reverse(name, args=[row.organisation.slug, *more])


def a_failure(session: TrainingSession, events: Any = FULL, **fields: Any) -> Recipient:
    fields = {"requested_at": timezone.now() - timedelta(hours=5)} | fields
    return a_recipient(session, events=events, **fields)


def starting(days: int, session: TrainingSession) -> TrainingSession:
    session.starts_on = timezone.localdate() + timedelta(days=days)
    session.save()
    return session


def to_handle(client: Client, session: TrainingSession) -> Any:
    return client.get(at("to_handle", session))


def badge(response: Any) -> str:
    found = re.search(r'class="badge">([^<]*)<', response.content.decode())
    return found[1] if found else ""


def failed(
    reason: Reason | None = Reason.ADDRESS_UNKNOWN, contact: Contact | None = None, **fields: object
) -> Recipient:
    fields = {"requested_at": timezone.now() - timedelta(hours=4)} | fields
    kind = Kind.SUPPRESSED if reason is Reason.ADDRESS_SUPPRESSED else Kind.REFUSED
    if contact is not None:
        fields |= {"contact": contact, "address": contact.email, "name": contact.name}
    return a_recipient(fields.pop("session", None), events=[(kind, reason)], **fields)  # type: ignore[arg-type]


def lived(row: Recipient, kind: Kind, reason: Reason | None = None) -> Recipient:
    record.add([record.NewEvent(row.id, kind, timezone.now(), f"lived:{kind}", reason)])
    Recipient.objects.filter(id=row.id).update(due_at=None)
    row.refresh_from_db()
    return row


def mail(row: Recipient) -> EmailMessage:
    exact = exact_bytes(row)
    assert exact
    return cast(EmailMessage, message_from_bytes(exact.data, policy=policy.default))


def body(row: Recipient) -> str:
    part = mail(row).get_body(("html",))
    assert part
    return unescape(part.get_content())


def camille(row: Recipient) -> User:
    return a_user(organisation=row.organisation)
