"""Importing a file of people: read and kept, shown with what is wrong in it, applied when asked, undone if wanted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bienrecu.domain.audit import Action
from bienrecu.store import audit
from bienrecu.store.models import Contact, Organisation, PeopleImport, TrainingSession, User
from bienrecu.submission.people import columns, review
from bienrecu.submission.people.apply import make
from bienrecu.submission.people.columns import Field, Mapped
from bienrecu.submission.people.limits import BadFile
from bienrecu.submission.people.matching import Known, parts
from bienrecu.submission.people.review import Decision, Line
from bienrecu.submission.people.table import read_table
from bienrecu.submission.people.undo import unmake

_FORGOTTEN = timedelta(days=7)  # an import that was left at its preview
_AT_ONCE = 2000


@dataclass(slots=True)
class Preview:
    """What applying would do. `shared` are good lines with the address of somebody else, who is named."""

    lines: list[Line]
    new: int = 0
    known: int = 0
    shared: list[tuple[Line, Contact]] = field(default_factory=list)

    @property
    def good(self) -> int:
        return self.new + self.known

    @property
    def bad(self) -> list[Line]:
        return [line for line in self.lines if line.is_bad]

    @property
    def doubtful(self) -> list[Line]:
        return [line for line in self.lines if line.is_doubtful]

    @property
    def partial(self) -> list[Line]:
        """Good lines of which something is left out."""
        return [line for line in self.lines if line.doubts and line.is_good]


def start(
    organisation: Organisation, session: TrainingSession | None, file_name: str, raw: bytes, *, by: User
) -> PeopleImport:
    """Reads the file and keeps what it says. Raises BadFile. Nothing of it is in the contacts yet."""
    names, lines = _named(raw)
    rows = [(line.number, line.cells) for line in lines]
    kept = PeopleImport(organisation=organisation, session=session, by=by, file_name=file_name[:255], columns=names)
    _judge(kept, lines, columns.guessed(names, rows))
    stale = PeopleImport.objects.filter(organisation=organisation, applied_at=None)
    with transaction.atomic():
        stale.filter(created_at__lt=timezone.now() - _FORGOTTEN).delete()
        kept.save()
    return kept


def _named(raw: bytes) -> tuple[list[str], list[Line]]:
    """The names of the columns, empty where they have none, and the lines below."""
    rows = read_table(raw)
    heading = columns.heading(rows)
    names = rows[heading][1] if heading is not None else []
    lines = [Line(number, cells) for number, cells in rows[0 if heading is None else heading + 1 :]]
    if not lines:
        raise BadFile(_("it names nobody"))
    width = max(len(line.cells) for line in lines)
    return [*names, *[""] * (width - len(names))], lines


def map_columns(of: PeopleImport, mapped: Mapped) -> bool:
    """Reads the same lines otherwise; what was decided about them is asked again. False once it is applied."""
    with transaction.atomic():
        if (kept := _open(of)) is None:
            return False
        _judge(kept, review.lines_of(kept.rows), mapped)
        kept.save(update_fields=["mapping", "rows"])
    return True


def decide(of: PeopleImport, decision: Decision, numbers: Iterable[int] | None = None) -> bool:
    """Answers the suggestions of those lines, or of all that are open. False once it is applied."""
    with transaction.atomic():
        if (kept := _open(of)) is None:
            return False
        lines, wanted = review.lines_of(kept.rows), None if numbers is None else set(numbers)
        for line in lines:
            if wanted is None or line.number in wanted:
                review.decide(line, decision)
        review.find_repeated(lines, mapping(kept))
        _store(kept, lines)
        kept.save(update_fields=["rows"])
    return True


def preview(of: PeopleImport) -> Preview:
    """As things stand in the contacts now."""
    found, mapped = Preview(review.lines_of(of.rows)), mapping(of)
    good = (line for line in found.lines if line.is_good) if Field.EMAIL in mapped else ()
    for part in parts(good, _AT_ONCE):
        entries = [review.entry(line, mapped) for line in part]
        known = Known(of.organisation, (entry.address for entry in entries))
        for line, entry in zip(part, entries, strict=True):
            if known.find(entry.address, entry):
                found.known += 1
                continue
            found.new += 1
            found.shared += [(line, other) for other in known.at(entry.address)[:1]]
    return found


def apply(of: PeopleImport, *, by: User) -> bool:
    """Imports the good lines, all or none of them; the others are kept to be shown. False when done already."""
    with transaction.atomic():
        if (kept := _open(of)) is None:
            return False
        mapped = mapping(kept)
        lines = review.lines_of(kept.rows) if Field.EMAIL in mapped else []
        good = [line for line in lines if line.is_good]
        if not good:
            return False
        now = timezone.now()
        kept.made = make(kept, (review.entry(line, mapped) for line in good), by, now)
        kept.applied_at = now
        _store(kept, [line for line in lines if not line.is_good])
        kept.save(update_fields=["made", "applied_at", "rows"])
        counts = {"new": len(kept.made["contacts"]), "lines": len(good)}
        audit.note(kept.organisation, by, Action.PEOPLE_IMPORTED, kept.file_name, **counts)
    return True


def undo(of: PeopleImport, *, by: User) -> bool:
    """Takes back what applying made, but what something refers to since. False when that was done already."""
    with transaction.atomic():
        kept = PeopleImport.objects.select_for_update(of=("self",)).get(id=of.id)
        if kept.applied_at is None or kept.undone_at is not None:
            return False
        kept.made = unmake(kept)
        kept.undone_at = timezone.now()
        kept.rows = []
        kept.save(update_fields=["made", "undone_at", "rows"])
        audit.note(kept.organisation, by, Action.IMPORT_UNDONE, kept.file_name, removed=kept.made["removed"])
    return True


def discard(of: PeopleImport) -> None:
    """Forgets a file of which nothing was imported."""
    PeopleImport.objects.filter(id=of.id, applied_at=None).delete()


def mapping(of: PeopleImport) -> dict[Field, int]:
    return {Field(name): column for name, column in of.mapping.items()}


def _open(of: PeopleImport) -> PeopleImport | None:
    """Nobody else changes it until the end of the transaction. None once it is applied."""
    kept = PeopleImport.objects.select_for_update(of=("self",)).select_related("organisation", "session").get(id=of.id)
    return kept if kept.applied_at is None else None


def _judge(of: PeopleImport, lines: Sequence[Line], mapped: Mapped) -> None:
    review.review(lines, mapped, timezone.localdate())
    of.mapping = {str(name): column for name, column in mapped.items()}
    _store(of, lines)


def _store(of: PeopleImport, lines: Iterable[Line]) -> None:
    of.rows = [line.stored() for line in lines]
