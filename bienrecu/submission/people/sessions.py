"""Training sessions: made and changed."""

from collections.abc import Iterable
from itertools import count

from django.db import transaction
from django.utils.text import slugify

from bienrecu.domain.audit import Action
from bienrecu.store import audit
from bienrecu.store.models import Organisation, TrainingSession, User

_LONGEST = 60  # characters of a reference


def proposed_reference(organisation: Organisation, title: str) -> str:
    """One that is free: "securite-incendie", "securite-incendie-2"."""
    base = slugify(title)[: _LONGEST - 5].strip("-") or "session"
    taken = set(
        TrainingSession.objects.filter(organisation=organisation, reference__startswith=base).values_list(
            "reference", flat=True
        )
    )
    numbered = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return next(reference for reference in numbered if reference not in taken)


def is_taken(session: TrainingSession) -> bool:
    """Whether another session of the organisation has the same reference."""
    same = TrainingSession.objects.filter(organisation=session.organisation, reference=session.reference)
    return same.exclude(id=session.id).exists()


def create(session: TrainingSession, *, by: User) -> None:
    with transaction.atomic():
        session.save()
        audit.note(session.organisation, by, Action.SESSION_CREATED, session)


def change(session: TrainingSession, fields: Iterable[str], *, by: User) -> None:
    with transaction.atomic():
        session.save(update_fields=list(fields))
        audit.note(session.organisation, by, Action.SESSION_CHANGED, session, changed=sorted(fields))
