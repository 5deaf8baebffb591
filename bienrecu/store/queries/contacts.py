"""Contacts as lists show them: searched without accents, sorted by name, a page at a time from where it stopped."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from bienrecu.store.models import Contact, ContactRole, Organisation, Recipient, TrainingSession
from bienrecu.store.models.mail import SORT_NAME
from bienrecu.store.models.people import CONTACT_ORDER
from bienrecu.store.queries.filters import patterns
from bienrecu.store.queries.history import Row

PAGE = 50
LIMIT = 1000
"""Beyond this many, a count says "more than"."""
_ROW = tuple(Row.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class People:
    """Which contacts are meant. `but` leaves out those of that session, `session` everybody else."""

    organisation: Organisation
    text: str = ""
    role: ContactRole | None = None
    archived: bool = False
    session: TrainingSession | None = None
    but: TrainingSession | None = None

    @property
    def rows(self) -> QuerySet[Contact]:
        found = Contact.objects.filter(organisation=self.organisation, erased_at=None)
        if self.session is None:  # who takes part is shown, archived or not
            found = found.filter(archived_at__isnull=not self.archived)
        else:
            found = found.filter(enrolment__session=self.session)
        if self.but is not None:
            found = found.exclude(enrolment__session=self.but)
        if self.role is not None:
            found = found.filter(role=self.role)
        for pattern in patterns(self.text):
            found = found.filter(search__like=f"%{pattern}%")
        return found


@dataclass(frozen=True, slots=True)
class Place:
    """Between two contacts: after the one of that name and id, or before it when `backward`."""

    name: str
    id: int
    backward: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """`count` match in all, at most LIMIT + 1 are counted."""

    contacts: Sequence[Contact]
    count: int
    before: Place | None
    after: Place | None


def page(people: People, place: Place | None = None) -> Page:
    """Up to PAGE contacts from `place`. Backward to less than a page means: the first page, whole."""
    contacts, more = _walk(people.rows, place)
    backward = place is not None and place.backward
    if backward and not more:
        place, backward = None, False
        contacts, more = _walk(people.rows, None)
    before = more if backward else place is not None
    after = True if backward else more
    return Page(
        contacts,
        people.rows.order_by().values("id")[: LIMIT + 1].count(),
        Place(_name(contacts[0]), contacts[0].id, backward=True) if before and contacts else None,
        Place(_name(contacts[-1]), contacts[-1].id) if after and contacts else None,
    )


def _walk(rows: QuerySet[Contact], place: Place | None) -> tuple[list[Contact], bool]:
    rows = rows.annotate(sort_name=CONTACT_ORDER)
    side, sign = ("lt", "-") if place and place.backward else ("gt", "")
    if place:
        same = Q(sort_name=place.name, **{f"id__{side}": place.id})
        rows = rows.filter(same | Q(**{f"sort_name__{side}": place.name}), **{f"sort_name__{side}e": place.name})
    found = list(rows.order_by(f"{sign}sort_name", f"{sign}id")[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    return (found[::-1] if sign else found), more


def _name(contact: Contact) -> str:
    name: str = contact.sort_name  # type: ignore[attr-defined]
    return name


def find(organisation: Organisation, id: int) -> Contact | None:
    return Contact.objects.select_related("organisation").filter(organisation=organisation, id=id).first()


def emails(contact: Contact, before: int = 0) -> tuple[list[tuple[Row, int | None, str]], bool]:
    """The e-mails to somebody over all sessions, the latest first, up to PAGE of those before that id (0: of all):
    the row of each, its session's id and title. Whether there are more."""
    rows = Recipient.objects.filter(contact=contact).annotate(sort_name=SORT_NAME).order_by("-id")
    if before:
        rows = rows.filter(id__lt=before)
    found = list(rows.values_list(*_ROW, "session_id", "session__title")[: PAGE + 1])
    return [(Row(*values[:-2]), values[-2], values[-1] or "") for values in found[:PAGE]], len(found) > PAGE
