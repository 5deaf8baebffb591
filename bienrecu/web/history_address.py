"""The address of a History page: filters, order and place in it, so that a link shows what its sender saw.

Whatever stands in an address comes from strangers: what cannot be read is left out."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict

from bienrecu.domain.status import Status
from bienrecu.store.queries import filter_query
from bienrecu.store.queries.filter_query import is_sane
from bienrecu.store.queries.filters import EVERYBODY, Filters
from bienrecu.store.queries.history import NEWEST_FIRST, START, Cursor, Order, Position, Sort

_LONGEST_CURSOR = 600
_LAST_PAGE = "end"


@dataclass(frozen=True, slots=True)
class HistoryAddress:
    filters: Filters = EVERYBODY
    order: Order = NEWEST_FIRST
    cursor: Cursor = START

    def filtered(self, filters: Filters) -> str:
        return replace(self, filters=filters, cursor=START).query

    def ordered(self, order: Order) -> str:
        return replace(self, order=order, cursor=START).query

    def at(self, cursor: Cursor) -> str:
        return replace(self, cursor=cursor).query

    @property
    def sort(self) -> str:
        """As it stands in the address; empty for the usual order."""
        return "".join(value for _, value in _of_order(self.order))

    @property
    def query(self) -> str:
        """ "?status=sent&q=awa"; "?" alone, which is the address without a query, when there is nothing to say."""
        return "?" + urlencode([*filter_query.pairs(self.filters), *_of_order(self.order), *_of_cursor(self.cursor)])


def read(query: QueryDict) -> HistoryAddress:
    return HistoryAddress(filter_query.read(query), _order(query.get("sort", "")), _cursor(query))


def _order(raw: str) -> Order:
    name = raw.removeprefix("-")
    if name not in {sort.value for sort in Sort}:
        return NEWEST_FIRST
    return Order(Sort(name), descending=raw.startswith("-"))


def _of_order(order: Order) -> Iterable[tuple[str, str]]:
    return [] if order == NEWEST_FIRST else [("sort", f"{'-' if order.descending else ''}{order.sort.value}")]


def _cursor(query: QueryDict) -> Cursor:
    if query.get("before") == _LAST_PAGE:
        return Cursor(backward=True)
    for name, backward in (("before", True), ("after", False)):
        if position := _position(query.get(name, ""), Sort.RECIPIENT if "recipient" in query.get("sort", "") else None):
            return Cursor(position, backward)
    return START


def _of_cursor(cursor: Cursor) -> Iterable[tuple[str, str]]:
    name = "before" if cursor.backward else "after"
    if cursor.position is None:
        return [(name, _LAST_PAGE)] if cursor.backward else []
    place = cursor.position
    key = place.key.isoformat() if isinstance(place.key, datetime) else place.key
    packed = json.dumps([int(place.status), key, place.id], ensure_ascii=False, separators=(",", ":"))
    return [(name, urlsafe_b64encode(packed.encode()).decode().rstrip("="))]


def _position(raw: str, sort: Sort | None) -> Position | None:
    """A name is a position in the order by recipient only, a time in the others only."""
    if not raw or len(raw) > _LONGEST_CURSOR:
        return None
    try:
        status, key, id = json.loads(urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
        return Position(Status(status), _name(key) if sort is Sort.RECIPIENT else _time(key), int(id))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def _name(raw: str) -> str:
    raw.encode()  # half a character is no text
    if "\0" in raw:
        raise ValueError("no database takes it")
    return raw


def _time(raw: str) -> datetime:
    found = datetime.fromisoformat(raw)
    if found.tzinfo is None or not is_sane(found):
        raise ValueError("not a time of ours")
    return found
