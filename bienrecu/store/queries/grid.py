"""Who has received what: the people of a session, and for each type of e-mail what became of theirs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from bienrecu.domain.status import Status
from bienrecu.store.models import Contact, Recipient, TrainingSession
from bienrecu.store.models.mail import EmailType

PAGE = 100
MOST_OTHERS = 1000
"""E-mails shown of those that went to nobody of the session."""

_COLUMNS = ("id", "contact_id", "resend_of_id", "type", "name", "address", "role", "status", "flags", "reason", "since")
_HELD = (Status.OPENED, Status.RECEIVED)


@dataclass(frozen=True, slots=True)
class Person:
    """`emails`: by type, the oldest first, one for each that was sent to them: the one that tells most of those that
    were sent again."""

    name: str
    address: str
    role: str
    emails: dict[EmailType, list[Recipient]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grid:
    """`others` are not, or no longer, of the session. `page` counts from 1; only the last one shows others."""

    types: list[EmailType]
    people: list[Person]
    others: list[Person]
    page: int
    pages: int
    is_cut: bool


def grid(session: TrainingSession, page: int) -> Grid:
    contacts = session.participants.order_by("last_name", "first_name", "id")
    total = contacts.count()
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    people = _of_contacts(session, list(contacts[(page - 1) * PAGE : page * PAGE]))
    rest = _others(session, contacts) if page == pages else []
    others = _of_strangers(rest)
    used = {kind for person in (*people, *others) for kind in person.emails}
    return Grid([t for t in EmailType if t in used], people, others, page, pages, len(rest) == MOST_OTHERS)


def _of_contacts(session: TrainingSession, contacts: Sequence[Contact]) -> list[Person]:
    rows = _rows(session).filter(contact__in=[contact.id for contact in contacts])
    by_contact: dict[int | None, list[Recipient]] = {}
    for row in rows:
        by_contact.setdefault(row.contact_id, []).append(row)
    return [
        Person(contact.name, contact.email, contact.role, _by_type(by_contact.get(contact.id, [])))
        for contact in contacts
    ]


def _others(session: TrainingSession, contacts: QuerySet[Contact]) -> list[Recipient]:
    return list(_rows(session).exclude(contact__in=contacts.order_by().values("id"))[:MOST_OTHERS])


def _of_strangers(rows: Sequence[Recipient]) -> list[Person]:
    """Who has no record is known by name and address; a resend to another address belongs to the same person."""
    of: dict[int, tuple[str, str]] = {}
    found: dict[tuple[str, str], list[Recipient]] = {}
    for row in rows:
        who = of.get(row.resend_of_id or 0, (row.name, row.address.lower()))
        of[row.id] = who
        found.setdefault(who, []).append(row)
    people = [Person(same[0].name, same[-1].address, same[0].role, _by_type(same)) for same in found.values()]
    return sorted(people, key=lambda person: (person.name.lower(), person.address))


def _rows(session: TrainingSession) -> QuerySet[Recipient]:
    return Recipient.objects.filter(session=session).order_by("id").only(*_COLUMNS)


def _by_type(rows: Iterable[Recipient]) -> dict[EmailType, list[Recipient]]:
    found: dict[EmailType, list[Recipient]] = {}
    for line in _lines(rows):
        found.setdefault(EmailType(line[0].type), []).append(_telling(line))
    return found


def _lines(rows: Iterable[Recipient]) -> Iterator[list[Recipient]]:
    """Each original with its resends."""
    first: dict[int, int] = {}
    lines: dict[int, list[Recipient]] = {}
    for row in rows:
        first[row.id] = first.get(row.resend_of_id or 0, row.id)
        lines.setdefault(first[row.id], []).append(row)
    yield from lines.values()


def _telling(line: Sequence[Recipient]) -> Recipient:
    """The one that arrived; when none has, the last one."""
    for status in _HELD:
        for row in reversed(line):
            if row.status == status:
                return row
    return line[-1]
