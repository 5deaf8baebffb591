"""Erasing one person: nobody can say any more who they were; that e-mails were sent stays, under a pseudonym."""

import json
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from bienrecu.domain.audit import Action
from bienrecu.store.audit import note
from bienrecu.store.models import AuditEntry, Contact, Draft, PeopleImport, Recipient, Suppression, Unsubscription, User
from bienrecu.store.pseudonym import address_of, code_of, name_of, strip

_BATCH = 200


class StillToLeave(Exception):
    """An e-mail to them, or to others together with them, waits to be sent: first it leaves, or is cancelled."""


def emails_of(contact: Contact) -> QuerySet[Recipient]:
    """What was sent to them; also before they were a contact, to the same name and address. Others may share the
    mailbox: theirs is left alone."""
    same = Q(contact=None, address__iexact=contact.email, name__iexact=contact.name)
    rows = Recipient.objects.filter(organisation=contact.organisation, message__confidential=False)
    return rows.filter(Q(contact=contact) | same)


def erase(contact: Contact, *, by: User | None, now: datetime) -> None:
    """Cannot be undone. All or nothing. Raises StillToLeave."""
    with transaction.atomic():
        kept = Contact.objects.select_for_update().select_related("organisation").get(pk=contact.pk)
        if kept.erased_at:
            return
        # Nor to others: what the engine is about to send them is packed against what it has read already.
        together = Recipient.objects.filter(message__in=emails_of(kept).values("message"), due_at__isnull=False)
        if together.exists():
            raise StillToLeave
        for rows in _batches(emails_of(kept)):
            strip(kept.organisation, rows, keep_contact=True)
        _forget_elsewhere(kept)
        code = code_of(kept.organisation, kept.email)
        kept.first_name, kept.last_name, kept.company = "", name_of(kept.organisation, code), ""
        kept.email = address_of(code)
        kept.tracking_consent_at, kept.erased_at, kept.archived_at = None, now, now
        kept.save()
        note(kept.organisation, by, Action.CONTACT_ERASED, kept)


def _batches(rows: QuerySet[Recipient]) -> Iterator[list[Recipient]]:
    ids = list(rows.order_by("id").values_list("id", flat=True))
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        yield list(Recipient.objects.filter(id__in=part).select_related("message").order_by("id"))


def _forget_elsewhere(contact: Contact) -> None:
    organisation, code = contact.organisation, code_of(contact.organisation, contact.email)
    Suppression.objects.filter(organisation=organisation, address__iexact=contact.email).delete()
    Unsubscription.objects.filter(organisation=organisation, address=contact.email.lower()).delete()
    named = [name for name in (contact.name, contact.email, str(contact)) if name]
    entries = AuditEntry.objects.filter(organisation=organisation, target__in=named)
    entries.update(target=name_of(organisation, code), detail={})
    for draft in Draft.objects.filter(contacts=contact):
        draft.contacts.remove(contact)
    for imported in PeopleImport.objects.filter(organisation=organisation).iterator(20):
        _forget_in(imported, contact)


def _forget_in(imported: PeopleImport, contact: Contact) -> None:
    """The lines of a file that name them, and what taking it back would restore."""
    address = contact.email.lower()
    rows = [row for row in imported.rows if address not in json.dumps(row, ensure_ascii=False).lower()]
    changed = imported.made.get("changed", {})
    if len(rows) != len(imported.rows) or str(contact.pk) in changed:
        changed.pop(str(contact.pk), None)
        imported.rows = rows
        imported.save(update_fields=["rows", "made"])
