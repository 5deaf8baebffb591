"""The recipients of one e-mail from a file, for the command: names of columns that are not ours become variables."""

from dataclasses import replace

from django.utils.translation import gettext as _

from bienrecu.domain.searchable import searchable
from bienrecu.store.models import Contact, ContactRole, Enrolment, TrainingSession
from bienrecu.submission.people import columns
from bienrecu.submission.people.columns import Field, Mapped, cell
from bienrecu.submission.people.limits import BadFile
from bienrecu.submission.people.matching import Known
from bienrecu.submission.people.review import role_named
from bienrecu.submission.people.table import read_table
from bienrecu.submission.request import Person


def read_people(raw: bytes, session: TrainingSession) -> list[Person]:
    """The people of the file; their contacts are found or made, and enrolled in `session`. Raises BadFile.

    To be called in the transaction that posts: when that is refused, no contact is left behind."""
    rows = read_table(raw)
    names = rows[0][1] if rows else []
    mapped = columns.recognised(names)
    if Field.EMAIL not in mapped:
        raise BadFile(_("its first line names no column “email”; it has: %s") % (", ".join(names) or "-"))
    people = [_person(cells, names, mapped) for _number, cells in rows[1:]]
    return _with_contacts(people, session)


def _person(cells: list[str], names: list[str], mapped: Mapped) -> Person:
    said = {field: cell(cells, mapped.get(field)) for field in Field}
    others = [(name, at) for at, name in enumerate(names) if name and at not in mapped.values()]
    return Person(
        said[Field.EMAIL],
        said[Field.FIRST_NAME],
        said[Field.LAST_NAME],
        said[Field.COMPANY],
        role_named(said[Field.ROLE]) or ContactRole.PARTICIPANT,
        variables={searchable(name): cell(cells, at) for name, at in others},
    )


def _with_contacts(people: list[Person], session: TrainingSession) -> list[Person]:
    known = Known(session.organisation, (person.address for person in people))
    made: list[Contact] = []
    found: list[Contact] = []
    for person in people:
        contact = known.find(person.address, person)
        if contact is None:
            contact = _contact(person, session)
            made.append(contact)
            known.add(contact)
        found.append(contact)
    Contact.objects.bulk_create(made, batch_size=500)
    enrolments = {contact.id: Enrolment(session=session, contact=contact) for contact in found}
    Enrolment.objects.bulk_create(enrolments.values(), batch_size=500, ignore_conflicts=True)
    return [replace(person, contact=contact) for person, contact in zip(people, found, strict=True)]


def _contact(person: Person, session: TrainingSession) -> Contact:
    return Contact(
        organisation=session.organisation,
        email=person.address,
        first_name=person.first_name,
        last_name=person.last_name,
        company=person.company,
        role=person.role,
    )
