"""A CSV file of recipients: comma or semicolon, UTF-8 or Windows-1252, columns named in French or English."""

import csv
import io
from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from bienrecu.domain.searchable import searchable
from bienrecu.store.models import Contact, ContactRole, Enrolment, TrainingSession
from bienrecu.submission.request import Person

MOST_OCTETS = 20_000_000
_COLUMNS = {
    "email": ("email", "e-mail", "mail", "courriel", "adresse", "adresse e-mail", "adresse email", "address"),
    "first_name": ("prenom", "first name", "first_name", "firstname"),
    "last_name": ("nom", "last name", "last_name", "lastname", "name", "nom de famille"),
    "company": ("entreprise", "societe", "company"),
    "role": ("role",),
}
_ROLES = {
    "participant": ContactRole.PARTICIPANT, "stagiaire": ContactRole.PARTICIPANT, "apprenant": ContactRole.PARTICIPANT,
    "trainer": ContactRole.TRAINER, "formateur": ContactRole.TRAINER, "formatrice": ContactRole.TRAINER,
    "company": ContactRole.COMPANY, "entreprise": ContactRole.COMPANY,
}  # fmt: skip


class BadFile(ValueError):
    """The file cannot be read as a list of people; the text says why."""


def read_people(raw: bytes, session: TrainingSession) -> list[Person]:
    """The people of the file; their contacts are found or made, and enrolled in `session`. Raises BadFile.

    To be called in the transaction that posts: when that is refused, no contact is left behind."""
    people = [_person(row) for row in _rows(raw)]
    contacts = _contacts(people, session)
    return [replace(person, contact=contacts[_identity(person)]) for person in people]


def _rows(raw: bytes) -> Iterable[dict[str, str]]:
    if len(raw) > MOST_OCTETS:
        raise BadFile(_("it is larger than %d MB") % (MOST_OCTETS // 1_000_000))
    text = _decoded(raw)
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(";,\t", key=first.count))
    try:
        names = [_column(name) for name in next(reader, [])]
        if "email" not in names:
            raise BadFile(_("its first line names no column “email”; it has: %s") % (", ".join(names) or "-"))
        return [dict(zip(names, map(str.strip, row), strict=False)) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        raise BadFile(
            _("line %(line)d cannot be read (%(error)s)") % {"line": reader.line_num, "error": error}
        ) from None


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _column(name: str) -> str:
    plain = searchable(name).strip()
    return next((field for field, names in _COLUMNS.items() if plain in names), plain)


def _person(row: dict[str, str]) -> Person:
    known = {name: row.get(name, "") for name in ("first_name", "last_name", "company")}
    role = _ROLES.get(searchable(row.get("role", "")), ContactRole.PARTICIPANT)
    variables = {name: value for name, value in row.items() if name not in _COLUMNS}
    return Person(row.get("email", ""), **known, role=role, variables=variables)


def _identity(person: Person | Contact) -> tuple[str, str, str]:
    address = person.address if isinstance(person, Person) else person.email
    return address.lower(), person.first_name.lower(), person.last_name.lower()


def _contacts(people: list[Person], session: TrainingSession) -> dict[tuple[str, str, str], Contact]:
    addresses = {person.address for person in people}
    known = {_identity(c): c for c in Contact.objects.filter(organisation=session.organisation, email__in=addresses)}
    missing = {_identity(person): person for person in people if _identity(person) not in known}
    made = Contact.objects.bulk_create(_contact(person, session) for person in missing.values())
    known |= dict(zip(missing, made, strict=True))
    enrolled = (Enrolment(session=session, contact=known[who]) for who in {_identity(person) for person in people})
    Enrolment.objects.bulk_create(enrolled, ignore_conflicts=True)
    return known


def _contact(person: Person, session: TrainingSession) -> Contact:
    return Contact(
        organisation=session.organisation,
        email=person.address,
        first_name=person.first_name,
        last_name=person.last_name,
        company=person.company,
        role=person.role,
    )
