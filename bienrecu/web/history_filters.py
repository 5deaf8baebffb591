"""What stands above the rows of History: counts, filters with their choices, what is filtered now, orders."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from django.utils.translation import gettext as _

from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.proof import filter_words
from bienrecu.store.models import ContactRole
from bienrecu.store.models.mail import EmailType
from bienrecu.store.queries.filters import Filters
from bienrecu.store.queries.history import Counts, Order, Sort
from bienrecu.web.history_address import HistoryAddress
from bienrecu.wording import reasons, statuses, types


@dataclass(frozen=True, slots=True)
class Counter:
    """How many e-mails stand at `status` (None: all), and the address that shows only these, or all again."""

    status: Status | None
    label: str
    number: int
    href: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Tag:
    """One thing that is filtered now, and the address without it."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Column:
    """`order` is the order it can be sorted in, "" when it cannot; `sorted` is as aria-sort says it."""

    name: str
    label: str
    is_filtered: bool
    href: str = ""
    sorted: str = ""
    clear: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    is_on: bool
    status: Status | None = None


def counters(address: HistoryAddress, kept: Counts) -> Iterator[Counter]:
    filters = address.filters
    everybody = address.filtered(replace(filters, statuses=()))
    yield Counter(None, _("All"), sum(kept.values()), everybody, not filters.statuses)
    for status in statuses.IN_ORDER:
        is_on = filters.statuses == (status,)
        href = everybody if is_on else address.filtered(replace(filters, statuses=(status,)))
        yield Counter(status, statuses.label(status), kept[status], href, status in filters.statuses)


def bar(kept: Counts, width: int = 1000) -> list[tuple[Status, float, float]]:
    """The statuses as parts of one bar: where each begins, how wide it is. A single e-mail can still be seen."""
    total = sum(kept.values())
    shown = [status for status in statuses.IN_ORDER if kept[status]]
    least = width / 100
    room = width - least * len(shown)
    parts, start = [], 0.0
    for status in shown:
        part = least + room * kept[status] / total
        parts.append((status, round(start, 1), round(part, 1)))
        start += part
    return parts


def columns(address: HistoryAddress) -> list[Column]:
    filters = address.filters

    def column(name: str, label: str, empty: Filters, sort: Sort | None = None) -> Column:
        is_sorted = address.order.sort is sort
        # Dates are most wanted latest first, words in the order of the alphabet.
        descending = not address.order.descending if is_sorted else sort is Sort.DATE
        return Column(
            name,
            label,
            is_filtered=empty != filters,
            href=address.ordered(Order(sort, descending)) if sort else "",
            sorted=("descending" if address.order.descending else "ascending") if is_sorted else "",
            clear=address.filtered(empty),
        )

    without = partial(replace, filters)
    return [
        column("date", _("Sent on"), without(since=None, until=None), Sort.DATE),
        column("type", _("Type"), without(types=())),
        column("recipient", _("Recipient"), without(recipient="", roles=()), Sort.RECIPIENT),
        column("subject", _("Subject"), without(subject="")),
        column("attachment", _("Attachments"), without(attachment=None)),
        column("status", _("Status"), without(statuses=(), reasons=()), Sort.STATUS),
    ]


def choices(filters: Filters) -> dict[str, list[Choice]]:
    """What each column's filter offers."""
    return {
        "type": [Choice(t, types.email_type(t), t in filters.types) for t in EmailType],
        "role": [Choice(r, types.contact_role(r), r in filters.roles) for r in ContactRole],
        "status": [Choice(s.code, statuses.label(s), s in filters.statuses, s) for s in statuses.IN_ORDER],
        "reason": sorted(
            (Choice(r, reasons.label(r), r in filters.reasons) for r in Reason), key=lambda choice: choice.label
        ),
        "attachment": [
            Choice("", _("All"), filters.attachment is None),
            Choice("yes", _("With attachments"), filters.attachment is True),
            Choice("no", _("Without attachments"), filters.attachment is False),
        ],
    }


def tags(address: HistoryAddress) -> list[Tag]:
    return [Tag(label, address.filtered(rest)) for label, rest in filter_words.said(address.filters)]
