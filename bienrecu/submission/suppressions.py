"""Addresses that are not written to any more, and how somebody has them written to again."""

from django.utils import timezone

from bienrecu.domain.audit import Action
from bienrecu.store.audit import note
from bienrecu.store.models import Organisation, Suppression, User
from bienrecu.store.queries import follow_up


def lift(suppression: Suppression, by: User | None) -> None:
    """The evidence stays; only the next e-mail is tried again."""
    suppression.lifted_at, suppression.lifted_by = timezone.now(), by
    suppression.save(update_fields=["lifted_at", "lifted_by"])
    detail = {"reason": suppression.reason, "event": suppression.event_id}
    note(suppression.organisation, by, Action.SUPPRESSION_LIFTED, suppression.address, **detail)


def reactivate(organisation: Organisation, address: str, by: User | None) -> bool:
    """False when `address` was not held back, or is not any more."""
    held = follow_up.held_back(organisation, address)
    if held is not None:
        lift(held, by)
    return held is not None
