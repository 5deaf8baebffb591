"""Contacts: made and changed; who takes part in which session."""

from collections.abc import Iterable

from django.db import transaction

from bienrecu.domain.audit import Action
from bienrecu.store import audit
from bienrecu.store.models import Contact, Enrolment, Organisation, TrainingSession, User
from bienrecu.submission.people.matching import parts, with_addresses

FIELDS = ("first_name", "last_name", "email", "company", "role")


def sharing(organisation: Organisation, address: str, *, but: Contact | None = None) -> list[Contact]:
    """Who has that address already, whatever its case."""
    found = with_addresses(organisation, [address.lower()])
    return list(found.exclude(id=but.id) if but and but.id else found)


def create(contact: Contact, *, by: User, session: TrainingSession | None = None) -> None:
    with transaction.atomic():
        contact.save()
        audit.note(contact.organisation, by, Action.CONTACT_CREATED, contact)
        if session:
            enrol(session, [contact.id], by=by)


def change(contact: Contact, fields: Iterable[str], *, by: User) -> None:
    """Saves `fields`, of which the values have changed. E-mails already sent keep the address they went to."""
    with transaction.atomic():
        contact.save(update_fields=list(fields))
        audit.note(contact.organisation, by, Action.CONTACT_CHANGED, contact, changed=sorted(fields))


def enrol(session: TrainingSession, contact_ids: Iterable[int], *, by: User) -> int:
    """How many were added: who takes part already, is not of the organisation or is archived, is passed over."""
    wanted = Contact.objects.filter(organisation=session.organisation, archived_at=None, erased_at=None)
    added = 0
    with transaction.atomic():
        TrainingSession.objects.select_for_update().get(id=session.id)
        for part in parts(contact_ids, 1000):
            found = wanted.filter(id__in=part).exclude(sessions=session).values_list("id", flat=True)
            made = Enrolment.objects.bulk_create(Enrolment(session=session, contact_id=id) for id in found)
            added += len(made)
        if added:
            audit.note(session.organisation, by, Action.PARTICIPANTS_CHANGED, session, added=added)
    return added


def remove(session: TrainingSession, contact: Contact, *, by: User) -> bool:
    """Out of the session; e-mails already sent to them stay in its history. Whether they were in it."""
    with transaction.atomic():
        gone, _ = Enrolment.objects.filter(session=session, contact=contact).delete()
        if gone:
            audit.note(session.organisation, by, Action.PARTICIPANTS_CHANGED, session, removed=contact.name)
    return bool(gone)
