"""What applying an import writes: contacts, who takes part, answers about opening. All that it makes is told, so that
it can be undone."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from bienrecu.domain.searchable import searchable
from bienrecu.store import sql
from bienrecu.store.models import Consent, Contact, ContactRole, Enrolment, PeopleImport, User
from bienrecu.submission.consent import Source, settle
from bienrecu.submission.people.matching import Known, parts
from bienrecu.submission.people.review import Entry

_AT_ONCE = 2000  # people; what is made of more is not held together in memory

Made = dict[str, Any]
"""Ids: `contacts` that are new, `enrolled` contacts, `consents`; `changed`, the fields of known contacts by their id,
each before and after; `withdrawn`, how many had withdrawn their consent, which a mere yes does not undo."""


def make(of: PeopleImport, entries: Iterable[Entry], by: User, now: datetime) -> Made:
    """To be called in a transaction."""
    made: Made = {"contacts": [], "enrolled": [], "consents": [], "changed": {}, "known": 0, "withdrawn": 0}
    for part in parts(entries, _AT_ONCE):
        contacts = _contacts(of, part, made)
        if of.session is not None:
            _enrol(of, contacts, made)
        _consents(contacts, part, by, now, made)
    sql.has_grown("store_contact", len(made["contacts"]))
    return made


def _contacts(of: PeopleImport, entries: Sequence[Entry], made: Made) -> list[Contact]:
    """One for each entry, in their order."""
    known = Known(of.organisation, (entry.address for entry in entries))
    new: list[Contact] = []
    changed: dict[int, Contact] = {}
    contacts = []
    for entry in entries:
        contact = known.find(entry.address, entry)
        if contact is None:
            contact = Contact(organisation=of.organisation, email=entry.address)
            new.append(contact)
            known.add(contact)
        elif contact.id:
            made["known"] += 1
        if (differing := _take(contact, entry)) and contact.id:
            changed[contact.id] = contact
            made["changed"].setdefault(str(contact.id), {}).update(differing)
        contacts.append(contact)
    Contact.objects.bulk_create(new, batch_size=500)
    _update(changed.values())
    made["contacts"] += [contact.id for contact in new]
    return contacts


def _update(contacts: Iterable[Contact]) -> None:
    contacts = list(contacts)
    for contact in contacts:
        contact.search = contact.searched()
    fields = ["first_name", "last_name", "company", "role", "archived_at", "search"]
    Contact.objects.bulk_update(contacts, fields, batch_size=100)


def _take(contact: Contact, entry: Entry) -> dict[str, list[Any]]:
    """Completes `contact`; each field that changed, before and after. A name is filled in, never replaced: who has
    another name is somebody else, and DUPONT is no better than Dupont."""
    wanted: dict[str, Any] = {}
    if not contact.name:
        wanted |= {"first_name": entry.first_name, "last_name": entry.last_name}
    if entry.company and searchable(entry.company) != searchable(contact.company):
        wanted["company"] = entry.company
    if entry.role or not contact.id:
        wanted["role"] = str(entry.role or ContactRole.PARTICIPANT)
    wanted["archived_at"] = None
    changed = {}
    for name, value in wanted.items():
        before = getattr(contact, name)
        if before != value:
            setattr(contact, name, value)
            changed[name] = [before.isoformat() if isinstance(before, datetime) else before, value]
    return changed


def _enrol(of: PeopleImport, contacts: Sequence[Contact], made: Made) -> None:
    ids = {contact.id for contact in contacts}
    there = Enrolment.objects.filter(session=of.session, contact__in=ids).values_list("contact_id", flat=True)
    missing = sorted(ids - set(there))
    Enrolment.objects.bulk_create((Enrolment(session=of.session, contact_id=id) for id in missing), batch_size=500)
    made["enrolled"] += missing


def _consents(contacts: Sequence[Contact], entries: Sequence[Entry], by: User, now: datetime, made: Made) -> None:
    said = {contact.id: (contact, entry.consent) for contact, entry in zip(contacts, entries, strict=True)}
    said = {id: (contact, consent) for id, (contact, consent) in said.items() if consent is not None}
    if not said:
        return
    latest = dict(
        Consent.objects.filter(contact__in=list(said)).order_by("at", "id").values_list("contact_id", "granted")
    )
    answers = []
    for id, (contact, consent) in said.items():
        if consent is True and latest.get(id) is False:
            made["withdrawn"] += 1  # a list may be older than what the person said since
            continue
        at = now if isinstance(consent, bool) else _noon(consent)
        if consent is not latest.get(id) and at != contact.tracking_consent_at:
            answers.append(Consent(contact=contact, granted=consent is not False, at=at, source=Source.IMPORT, by=by))
    Consent.objects.bulk_create(answers, batch_size=500)
    settle(answer.contact_id for answer in answers)
    made["consents"] += [answer.id for answer in answers]


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))
