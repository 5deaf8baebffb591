"""What failed, and the page that lists what is to be done about it."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.store.models import Recipient, TrainingSession
from tests.builders import a_recipient

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
