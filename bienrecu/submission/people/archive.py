"""Contacts and sessions put away with everything kept, and taken out again."""

from django.db import transaction
from django.utils import timezone

from bienrecu.domain.audit import Action
from bienrecu.store import audit
from bienrecu.store.models import Contact, TrainingSession, User


def archive(one: Contact | TrainingSession, *, by: User, restored: bool = False) -> bool:
    """Out of the lists, or back in them. False when it stands so already."""
    if (one.archived_at is None) is restored:
        return False
    action = Action.CONTACT_ARCHIVED if isinstance(one, Contact) else Action.SESSION_ARCHIVED
    with transaction.atomic():
        one.archived_at = None if restored else timezone.now()
        one.save(update_fields=["archived_at"])
        audit.note(one.organisation, by, action, one, restored=restored)
    return True
