"""What is filtered, as people read it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bienrecu.store.queries.filters import Filters
from bienrecu.wording import reasons, statuses, types


def said(filters: Filters) -> Iterator[tuple[str, Filters]]:
    """Each thing that is filtered, with the filters that remain without it."""
    for text, name in (
        (_("Search: “{words}”"), "text"),
        (_("Recipient: “{words}”"), "recipient"),
        (_("Subject: “{words}”"), "subject"),
    ):
        if words := getattr(filters, name):
            yield text.format(words=words), replace(filters, **{name: ""})
    if filters.since:
        yield _("From {day}").format(day=dated(filters.since)), replace(filters, since=None)
    if filters.until:
        yield _("Until {day}").format(day=dated(filters.until)), replace(filters, until=None)
    yield from _chosen(filters, "types", types.email_type)
    yield from _chosen(filters, "roles", types.contact_role)
    if filters.attachment is not None:
        text = _("With attachments") if filters.attachment else _("Without attachments")
        yield text, replace(filters, attachment=None)
    yield from _chosen(filters, "statuses", statuses.label)
    yield from _chosen(filters, "reasons", reasons.label)


def _chosen(filters: Filters, name: str, label_of: Callable[[Any], str]) -> Iterator[tuple[str, Filters]]:
    values: Sequence[Any] = getattr(filters, name)
    for value in values:
        yield label_of(value), replace(filters, **{name: tuple(v for v in values if v != value)})


def dated(day: date) -> str:
    """ "12 January 2027", "1er janvier 2027"."""
    number = _("1st") if day.day == 1 else str(day.day)
    return f"{number} {date_format(day, 'F Y')}"
