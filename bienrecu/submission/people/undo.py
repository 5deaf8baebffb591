"""Taking back an import: what it made goes, unless something refers to it since."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import models

from bienrecu.store.models import Consent, Contact, Enrolment, PeopleImport, Recipient
from bienrecu.submission.consent import settle
from bienrecu.submission.people.matching import parts

_AT_ONCE = 1000
_MOST_NAMED = 200


def unmake(of: PeopleImport) -> dict[str, Any]:
    """To be called in a transaction. What was `removed` and `restored`, in numbers; `kept`, the id and name of new
    contacts that stay (the first 200), and `kept_count` of them."""
    made = of.made
    _take_back_consents(made["consents"])
    for part in parts(made["enrolled"], _AT_ONCE):
        _take_out(of, part)
    restored = sum(_restore(part) for part in parts(made["changed"].items(), _AT_ONCE))
    kept: list[Contact] = []
    for part in parts(made["contacts"], _AT_ONCE):
        kept += _remove(part)
    removed = len(made["contacts"]) - len(kept)
    named = [[contact.id, str(contact)] for contact in kept[:_MOST_NAMED]]
    return {"removed": removed, "restored": restored, "kept": named, "kept_count": len(kept)}


def _take_back_consents(ids: Iterable[int]) -> None:
    for part in parts(ids, _AT_ONCE):
        answers = Consent.objects.filter(id__in=part)
        contact_ids = list(answers.values_list("contact_id", flat=True))
        answers.delete()
        settle(contact_ids)


def _take_out(of: PeopleImport, contact_ids: Collection[int]) -> None:
    """Who was written to stays in the session: its history would name somebody who never took part."""
    written = Recipient.objects.filter(session=of.session, contact__in=contact_ids).values("contact")
    there = Enrolment.objects.filter(session=of.session, contact__in=contact_ids)
    there.exclude(contact__in=written).delete()


def _restore(changed: Collection[tuple[str, dict[str, list[Any]]]]) -> int:
    """Puts back what nobody has changed since."""
    fields_of = {int(id): fields for id, fields in changed}
    contacts = list(Contact.objects.filter(id__in=list(fields_of), erased_at=None))
    for contact in contacts:
        for name, (before, after) in fields_of[contact.id].items():
            if getattr(contact, name) == after:
                setattr(contact, name, datetime.fromisoformat(before) if name == "archived_at" else before)
        contact.search = contact.searched()
    fields = ["first_name", "last_name", "company", "role", "archived_at", "search"]
    Contact.objects.bulk_update(contacts, fields, batch_size=100)
    return len(contacts)


def _remove(ids: Collection[int]) -> list[Contact]:
    """Removes the contacts that nothing refers to; those that stay."""
    contacts = list(Contact.objects.select_for_update().filter(id__in=ids).order_by("id"))
    referred = _referred(ids)
    Contact.objects.filter(id__in=set(ids) - referred).delete()
    return [contact for contact in contacts if contact.id in referred]


def _referred(ids: Collection[int]) -> set[int]:
    """Whatever refers to contacts now or will one day: e-mails, sessions, answers, drafts."""
    found: set[int] = set()
    for relation in Contact._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": ids})
            found.update(rows.values_list(relation.field.attname, flat=True).distinct())
    return found
