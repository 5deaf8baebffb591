"""Lists of which a page at a time is read, the latest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

PAGE = 50

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """`older` is where the next page begins, 0 on the last one."""

    rows: Sequence[Row]
    older: int


def latest(rows: QuerySet[Row], before: int) -> Page[Row]:
    """Those older than `before`, an id (0: from the latest on). Ids follow time, so they are what pages are cut by: two
    rows of one moment are never torn apart."""
    ordered = rows.order_by("-id")
    found = list((ordered.filter(id__lt=before) if before else ordered)[: PAGE + 1])
    return Page(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else 0)
