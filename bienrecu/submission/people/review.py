"""What can be said of each line of a file before anything of it is imported: what is wrong, what looks mistyped."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from bienrecu.domain.address import Address, AddressError
from bienrecu.domain.searchable import searchable
from bienrecu.domain.spelling import suggestion
from bienrecu.store.models import ContactRole
from bienrecu.submission.people.columns import Field, Mapped, cell


class Trouble(StrEnum):
    """Why a line cannot be imported. The values are stored."""

    NO_ADDRESS = "no_address"
    SEVERAL_ADDRESSES = "several_addresses"
    MALFORMED = "malformed"
    TOO_LONG = "too_long"
    TWICE = "twice"


class Doubt(StrEnum):
    """What of a line is left out, though the line is imported. The values are stored."""

    ROLE_UNKNOWN = "role_unknown"
    CONSENT_UNCLEAR = "consent_unclear"


class Decision(StrEnum):
    """What was answered to a suggestion. The values are stored."""

    NONE = ""
    ACCEPTED = "accepted"
    KEPT = "kept"


@dataclass(slots=True)
class Line:
    """`number` as a spreadsheet shows it. `first` is the line that says the same already (Trouble.TWICE).
    `address` is as it was typed, in its usual form when it has one; `suggestion` what was probably meant."""

    number: int
    cells: list[str]
    address: str = ""
    trouble: str = ""
    first: int = 0
    suggestion: str = ""
    decision: str = Decision.NONE
    doubts: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.trouble and not self.is_doubtful

    @property
    def is_doubtful(self) -> bool:
        """Somebody has to say which address is meant; nothing else is wrong."""
        return bool(self.suggestion) and not self.decision and self.trouble in ("", Trouble.MALFORMED)

    @property
    def is_bad(self) -> bool:
        return bool(self.trouble) and not self.is_doubtful

    def stored(self) -> list[Any]:
        return [getattr(self, name) for name in _STORED]


_STORED = tuple(Line.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of a file. `consent` is a date, or yes or no, or nothing."""

    address: str
    first_name: str
    last_name: str
    company: str
    role: ContactRole | None
    consent: date | bool | None


def lines_of(stored: Iterable[Sequence[Any]]) -> list[Line]:
    """As they are kept in the database, in the order of the fields of Line."""
    return [Line(*values) for values in stored]


def review(lines: Iterable[Line], mapped: Mapped, today: date) -> None:
    """Judges each line anew, whatever was decided before."""
    lines = list(lines)
    suggested = cache(suggestion)  # the same few domains come again and again
    for line in lines:
        line.decision, line.first = Decision.NONE, 0
        _judge(line, mapped, today, suggested)
    find_repeated(lines, mapped)


def find_repeated(lines: Iterable[Line], mapped: Mapped) -> None:
    """Marks who is in the file twice. To be called again when an address has changed: it may meet another."""
    seen: dict[tuple[str, str, str], int] = {}
    for line in lines:
        if line.trouble == Trouble.TWICE:
            line.trouble, line.first = "", 0
        if line.trouble or line.is_doubtful:
            continue
        first = seen.setdefault(_who(line, mapped), line.number)
        if first != line.number:
            line.trouble, line.first = Trouble.TWICE, first


def decide(line: Line, decision: Decision) -> None:
    """Answers the suggestion of `line`. A malformed address cannot be kept."""
    if not line.is_doubtful or (decision is Decision.KEPT and line.trouble):
        return
    line.decision = decision
    if decision is Decision.ACCEPTED:
        line.trouble = ""


def address(line: Line) -> str:
    """As it will be imported."""
    return line.suggestion if line.decision == Decision.ACCEPTED else line.address


def entry(line: Line, mapped: Mapped) -> Entry:
    """The person of a good line."""
    said = {name: cell(line.cells, mapped.get(name)) for name in Field}
    return Entry(
        address(line),
        said[Field.FIRST_NAME],
        said[Field.LAST_NAME],
        said[Field.COMPANY],
        role_named(said[Field.ROLE]),
        None if Doubt.CONSENT_UNCLEAR in line.doubts else consent_said(said[Field.CONSENT]),
    )


def _judge(line: Line, mapped: Mapped, today: date, suggested: Callable[[str], str | None]) -> None:
    typed = _bare(cell(line.cells, mapped.get(Field.EMAIL)))
    well_written = _well_written(typed)
    line.address, line.suggestion = well_written or typed, ""
    line.trouble = "" if well_written else _address_trouble(typed)
    local, at, domain = typed.rpartition("@")
    if at and line.trouble in ("", Trouble.MALFORMED) and (meant := suggested(domain)):
        line.suggestion = _well_written(f"{local.strip(' ,;')}@{meant}")
    if not line.trouble and any(len(cell(line.cells, mapped.get(name))) > most for name, most in _LONGEST.items()):
        line.trouble = Trouble.TOO_LONG
    line.doubts = list(_doubts(line, mapped, today))


# As the database has them.
_LONGEST = {Field.FIRST_NAME: 100, Field.LAST_NAME: 100, Field.COMPANY: 200}


def _address_trouble(typed: str) -> Trouble:
    if not typed:
        return Trouble.NO_ADDRESS
    return Trouble.SEVERAL_ADDRESSES if typed.count("@") > 1 else Trouble.MALFORMED


def _well_written(typed: str) -> str:
    """The usual form of an address; empty when it has none."""
    try:
        return str(Address.parse(typed))
    except AddressError:
        return ""


def _doubts(line: Line, mapped: Mapped, today: date) -> Iterable[Doubt]:
    role = cell(line.cells, mapped.get(Field.ROLE))
    if role and role_named(role) is None:
        yield Doubt.ROLE_UNKNOWN
    consent = cell(line.cells, mapped.get(Field.CONSENT))
    said = consent_said(consent)
    if consent and (said is None or (not isinstance(said, bool) and said > today)):
        yield Doubt.CONSENT_UNCLEAR


def _who(line: Line, mapped: Mapped) -> tuple[str, str, str]:
    names = (cell(line.cells, mapped.get(name)) for name in (Field.FIRST_NAME, Field.LAST_NAME))
    return (address(line).lower(), *(searchable(name) for name in names))  # type: ignore[return-value]


_ANGLE = re.compile(r"[^<>]*<([^<>]*)>")


def _bare(typed: str) -> str:
    """The address of "Awa Diallo <awa@exemple.fr>" or "mailto:awa@exemple.fr"."""
    if angle := _ANGLE.fullmatch(typed):
        typed = angle[1]
    return typed.removeprefix("mailto:").strip(" ;,")


_ROLES = {
    ContactRole.PARTICIPANT: """
        participant participante stagiaire apprenant apprenante eleve etudiant etudiante learner trainee student
    """,
    ContactRole.TRAINER: """
        trainer formateur formatrice intervenant intervenante animateur animatrice teacher instructor
    """,
    ContactRole.COMPANY: "company entreprise societe client cliente employeur employer financeur",
}
_ROLE_NAMED = {word: role for role, words in _ROLES.items() for word in words.split()}


def role_named(text: str) -> ContactRole | None:
    """None for a word that names no role, in either language."""
    word = searchable(text).strip()
    return _ROLE_NAMED.get(word) or _ROLE_NAMED.get(word.removesuffix("s"))


_YES = frozenset("oui o yes y true vrai 1 x ok accord accepte d'accord".split())
_NO = frozenset("non n no false faux 0 refus refuse".split())
_DAY = re.compile(r"(?:(\d{4})-(\d\d?)-(\d\d?)|(\d\d?)[/.-](\d\d?)[/.-](\d{4}))(?:[T ].*)?")


def consent_said(text: str) -> date | bool | None:
    """ "oui", "non", or the day they agreed: 2027-01-31 or 31/01/2027. None when it says nothing understood."""
    word = searchable(text).strip()
    if word in _YES or word in _NO:
        return word in _YES
    if not (found := _DAY.fullmatch(text.strip())):
        return None
    year, month, day = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
    try:
        agreed = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return agreed if agreed.year >= 1990 else None
