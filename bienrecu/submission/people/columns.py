"""Which column of a file says what: recognised by its name, in French or English, or by what stands in it."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from bienrecu.domain.searchable import searchable
from bienrecu.submission.people.limits import Row


class Field(StrEnum):
    """What a column may say about somebody. The values are stored in imports."""

    EMAIL = "email"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    COMPANY = "company"
    ROLE = "role"
    CONSENT = "consent"


Mapped = Mapping[Field, int]
"""The column of each field that has one, counted from 0."""

# The name that says most comes first: an "adresse" beside an "e-mail" is where somebody lives.
_NAMES = {
    Field.EMAIL: """
        e mail|email|mail|courriel|mel|adresse e mail|adresse email|adresse mail|adresse electronique
        adresse de messagerie|adresse courriel|email address|e mail address|mail address|email professionnel
        e mail professionnel|mail professionnel|email pro|mail pro|email personnel|adresse|address
    """,
    Field.FIRST_NAME: "prenom|prenoms|first name|firstname|given name|forename",
    Field.LAST_NAME: """
        nom|nom de famille|nom d usage|nom usuel|last name|lastname|surname|family name|name|nom de naissance
        nom complet|full name|nom et prenom|nom prenom
    """,
    Field.COMPANY: """
        entreprise|societe|organisme|organisation|raison sociale|employeur|company|company name|employer|organization
        etablissement|structure|client
    """,
    Field.ROLE: "role|fonction dans la session|qualite|statut|type",
    Field.CONSENT: """
        consentement|consent|accord|accord suivi|suivi d ouverture|accord suivi d ouverture|consentement suivi
        consentement suivi d ouverture|opt in|optin|tracking consent|open tracking
    """,
}
_RANKED = {
    field: [name.strip() for line in names.split("\n") for name in line.split("|") if name.strip()]
    for field, names in _NAMES.items()
}
_WITHIN = 10  # rows that may stand above the names: a title, a date
_LOOKED_AT = 50
_NO_LETTER = re.compile(r"[\W_]+")


def heading(rows: Sequence[Row]) -> int | None:
    """The index of the row that names the columns; None when the list begins at once."""
    best, most = None, 0
    for index, (_number, cells) in enumerate(rows[:_WITHIN]):
        if any("@" in cell for cell in cells):
            break
        known = len(recognised(cells))
        if known > most:
            best, most = index, known
    if best is None and rows and not any("@" in cell for cell in rows[0][1]):
        return 0
    return best


def recognised(names: Sequence[str]) -> dict[Field, int]:
    """Which column holds which field, by the names of the columns alone; counted from 0."""
    plain = [_NO_LETTER.sub(" ", searchable(name)).strip() for name in names]
    found: dict[Field, int] = {}
    for field, ranked in _RANKED.items():
        at = next((plain.index(name) for name in ranked if name in plain), None)
        if at is not None and at not in found.values():
            found[field] = at
    return found


def guessed(names: Sequence[str], rows: Sequence[Row]) -> dict[Field, int]:
    """By their names; the addresses otherwise by their @."""
    found = recognised(names)
    if Field.EMAIL not in found:
        seen = [cells for _, cells in rows[:_LOOKED_AT]]
        counts = [
            sum("@" in cells[at] for cells in seen if at < len(cells)) for at in range(max(map(len, seen), default=0))
        ]
        if counts and max(counts) * 2 >= len(seen):
            at = counts.index(max(counts))
            found = {field: column for field, column in found.items() if column != at}
            found[Field.EMAIL] = at
    return found


def cell(cells: Sequence[str], column: int | None) -> str:
    """ "" where a line is shorter than the others."""
    return cells[column] if column is not None and column < len(cells) else ""
