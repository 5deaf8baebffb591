"""Agreeing to have opening measured, and withdrawing it: whoever notes it, in one way.

Every answer is kept (model Consent); the latest one counts, by the day it was given, so that an older agreement noted
afterwards does not undo a withdrawal."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import Case, OuterRef, Subquery, When
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


def settle(contact_ids: Iterable[int]) -> None:
    """Makes those contacts' `tracking_consent_at` what their answers say."""
    answers = Consent.objects.filter(contact=OuterRef("pk")).order_by("-at", "-id")
    latest = answers.annotate(agreed_at=Case(When(granted=True, then="at"))).values("agreed_at")[:1]
    for part in parts(contact_ids, 1000):
        Contact.objects.filter(id__in=part).update(tracking_consent_at=Subquery(latest))


def _answer(answer: Consent) -> Consent:
    contact = answer.contact
    with transaction.atomic():
        Contact.objects.select_for_update().get(id=contact.id)  # two answers at once: the later one sees the other
        answer.save()
        settle([contact.id])
        contact.refresh_from_db(fields=["tracking_consent_at"])
        said = {
            "granted": answer.granted,
            "source": str(answer.source),
            "date": timezone.localdate(answer.at).isoformat(),
        }
        audit.note(contact.organisation, answer.by, Action.CONSENT_NOTED, contact, **said)
    return answer
