"""Addresses that are not written to any more, and how somebody has them written to again."""

from django.utils import timezone

from bienrecu.domain.audit import Action
from bienrecu.store.audit import note
from bienrecu.store.models import Organisation, Suppression, User
from bienrecu.store.queries import follow_up


def lift(suppression: Suppression, by: User | None) -> bool:
    """The evidence stays; only the next e-mail is tried again. False when it was lifted already."""
    live = Suppression.objects.filter(pk=suppression.pk, lifted_at=None)
    if not live.update(lifted_at=timezone.now(), lifted_by=by):
        return False
    detail = {"reason": suppression.reason, "event": suppression.event_id}
    note(suppression.organisation, by, Action.SUPPRESSION_LIFTED, suppression.address, **detail)
    return True


def reactivate(organisation: Organisation, address: str, by: User | None) -> bool:
    """False when `address` was not held back, or is not any more."""
    held = follow_up.held_back(organisation, address)
    return held is not None and lift(held, by)
