"""Filters as they stand in the query string of an address, so that a link shows what its sender saw.

Whatever stands in an address comes from strangers: what cannot be read is left out."""

from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import TypeVar

from django.http import QueryDict

from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.store.models import ContactRole
from bienrecu.store.models.mail import EmailType
from bienrecu.store.queries.filters import MAX_TEXT, Filters

_E = TypeVar("_E", bound=Enum)

_STATUSES = {status.code: status for status in Status}


def read(query: QueryDict) -> Filters:
    return Filters(
        text=_text(query, "q"),
        since=_day(query, "from"),
        until=_day(query, "to"),
        types=_choices(query, "type", EmailType),
        recipient=_text(query, "recipient"),
        roles=_choices(query, "role", ContactRole),
        subject=_text(query, "subject"),
        attachment={"yes": True, "no": False}.get(query.get("attachment", "")),
        statuses=tuple(dict.fromkeys(_STATUSES[code] for code in query.getlist("status") if code in _STATUSES)),
        reasons=_choices(query, "reason", Reason),
    )


def pairs(filters: Filters) -> Iterator[tuple[str, str]]:
    """What `read` reads, name and value; nothing for what is not filtered."""
    attachment = {True: "yes", False: "no", None: ""}[filters.attachment]
    texts = [("q", filters.text), ("recipient", filters.recipient), ("subject", filters.subject)]
    days = [(name, day.isoformat() if day else "") for name, day in (("from", filters.since), ("to", filters.until))]
    yield from ((name, value) for name, value in [*texts, *days, ("attachment", attachment)] if value)
    yield from (("type", value) for value in filters.types)
    yield from (("role", value) for value in filters.roles)
    yield from (("status", status.code) for status in filters.statuses)
    yield from (("reason", value) for value in filters.reasons)


def is_sane(day: date) -> bool:
    """Beyond these years, a day has no next one, or no time in every zone."""
    return 1900 <= day.year <= 2999


def _text(query: QueryDict, name: str) -> str:
    return query.get(name, "").replace("\0", "").strip()[:MAX_TEXT]


def _day(query: QueryDict, name: str) -> date | None:
    try:
        day = date.fromisoformat(query.get(name, ""))
    except ValueError:
        return None
    return day if is_sane(day) else None


def _choices(query: QueryDict, name: str, kind: type[_E]) -> tuple[_E, ...]:
    known = {str(choice.value): choice for choice in kind}
    return tuple(dict.fromkeys(known[value] for value in query.getlist(name) if value in known))
