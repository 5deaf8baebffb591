"""Agreeing to have opening measured, and withdrawing it: whoever notes it, in one way.

Every answer is kept (model Consent); the latest one counts, by the day it was given, so that an older agreement noted
afterwards does not undo a withdrawal."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from bienrecu.domain.audit import Action
from bienrecu.store import audit
from bienrecu.store.models import Consent, Contact, User
from bienrecu.submission.people.matching import parts

TEXT_VERSION = "2026-1"
"""The wording shown on our own page and form today. Changing the text means changing this."""


class Source(StrEnum):
    """How an answer came. The values are stored."""

    PAGE = "page"
    USER = "user"
    IMPORT = "import"


def give_consent(contact: Contact, at: datetime, source: Source, text_version: str, by: User | None = None) -> Consent:
    """`text_version` is the wording they were shown, empty when unknown; `by` the user who notes it."""
    return _answer(Consent(contact=contact, granted=True, at=at, source=source, text_version=text_version, by=by))


def withdraw(contact: Contact, at: datetime, source: Source, text_version: str, by: User | None = None) -> Consent:
    """Also refuses, for who had not answered yet. Holds for e-mails already sent (`tracking/consent.py`)."""
    return _answer(Consent(contact=contact, granted=False, at=at, source=source, text_version=text_version, by=by))


def settle(contacts: Iterable[Contact]) -> None:
    """Makes each contact's `tracking_consent_at` what their answers say."""
    for part in parts(contacts, 1000):
        latest: dict[int, Consent] = {}
        for answer in Consent.objects.filter(contact__in=part).order_by("at", "id"):
            latest[answer.contact_id] = answer
        for contact in part:
            answer = latest.get(contact.id)
            contact.tracking_consent_at = answer.at if answer and answer.granted else None
        Contact.objects.bulk_update(part, ["tracking_consent_at"], batch_size=200)


def _answer(answer: Consent) -> Consent:
    contact = answer.contact
    with transaction.atomic():
        Contact.objects.select_for_update().get(id=contact.id)  # two answers at once: the later one sees the other
        answer.save()
        settle([contact])
        said = {
            "granted": answer.granted,
            "source": str(answer.source),
            "date": timezone.localdate(answer.at).isoformat(),
        }
        audit.note(contact.organisation, answer.by, Action.CONSENT_NOTED, contact, **said)
    return answer
