"""Lines of an imported file as people read them: what is wrong, what looks mistyped, what is left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from bienrecu.submission.people.columns import Field, Mapped, cell
from bienrecu.submission.people.review import Doubt, Line, Trouble, address, entry
from bienrecu.wording.types import contact_role

_MOST_SHOWN = 60  # characters of a cell


@dataclass(frozen=True, slots=True)
class Bad:
    """`said` is what the line holds, to be found again in the file."""

    number: int
    said: str
    why: str


def fields() -> list[tuple[str, str]]:
    return [
        (Field.EMAIL, _("E-mail address")),
        (Field.FIRST_NAME, _("First name")),
        (Field.LAST_NAME, _("Last name")),
        (Field.COMPANY, _("Company")),
        (Field.ROLE, _("Role")),
        (Field.CONSENT, _("Agrees to following of opening")),
    ]


def columns(names: Sequence[str], mapped: Mapped, samples: Sequence[Line]) -> list[dict[str, Any]]:
    field_of = {at: name for name, at in mapped.items()}
    return [
        {
            "at": at,
            "name": name or _("Column %s") % _letters(at),
            "field": field_of.get(at, ""),
            "samples": [shown for line in samples if (shown := _short(cell(line.cells, at)))],
        }
        for at, name in enumerate(names)
    ]


def bad(line: Line) -> Bad:
    return Bad(line.number, _short(" · ".join(filter(None, line.cells))), _why(line))


def _why(line: Line) -> str:
    if line.is_doubtful:
        return _("%s looks mistyped, and nobody said which address is right") % _short(line.address)
    return {
        Trouble.NO_ADDRESS: _("has no e-mail address"),
        Trouble.SEVERAL_ADDRESSES: _("has several addresses in one cell: keep one, or a line for each"),
        Trouble.MALFORMED: _("“%s” is not of the form name@domain") % _short(line.address),
        Trouble.TOO_LONG: _("has a name of more than 100 characters, or a company of more than 200"),
        Trouble.TWICE: _("the same person stands at line %d already") % line.first,
    }[Trouble(line.trouble)]


def partial(line: Line, mapped: Mapped) -> Bad:
    said = {
        Doubt.ROLE_UNKNOWN: _("the role “%s” is not known: imported as participant, or with the role they had")
        % _short(cell(line.cells, mapped.get(Field.ROLE))),
        Doubt.CONSENT_UNCLEAR: _("“%s” is neither yes, no, nor a past date: imported without an answer")
        % _short(cell(line.cells, mapped.get(Field.CONSENT))),
    }
    return Bad(line.number, _short(address(line)), " · ".join(said[Doubt(one)] for one in line.doubts))


def person(line: Line, mapped: Mapped) -> Mapping[str, Any]:
    read = entry(line, mapped)
    name = f"{read.first_name} {read.last_name}".strip()
    role = contact_role(read.role) if read.role else ""
    return {"number": line.number, "name": name, "address": read.address, "company": read.company, "role": role}


def _short(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"


def _letters(at: int) -> str:
    """As spreadsheets call a column: A, Z, AA."""
    at, letter = divmod(at, 26)
    return (_letters(at - 1) if at else "") + chr(65 + letter)
