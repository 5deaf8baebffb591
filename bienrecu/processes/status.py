"""`bienrecu status`: where every e-mail stands."""

import json
from collections.abc import Iterable, Iterator

import click
from django.utils import timezone

from bienrecu.domain.status import Status
from bienrecu.processes.parties import organisation_named, session_named
from bienrecu.store.models import Recipient

_COLUMNS = ("session", "recipient", "type", "status", "since", "reason")


def run(*, session: str, organisation: str, as_json: bool) -> int:
    rows = _rows(session, organisation)
    if as_json:
        _print_json(rows)
    else:
        _print_table(list(rows))
    return 0


def _rows(reference: str, slug: str) -> Iterator[dict[str, str]]:
    found = Recipient.objects.order_by("-requested_at", "-id")
    if slug or reference:
        owner = organisation_named(slug)
        found = found.filter(organisation=owner)
        if reference:
            found = found.filter(session=session_named(owner, reference))
    fields = found.values_list("session__reference", "address", "type", "status", "since", "reason")
    for reference_, address, type_, status, since, reason in fields.iterator(2000):
        local = timezone.localtime(since).isoformat(timespec="seconds")
        yield dict(zip(_COLUMNS, (reference_ or "", address, type_, Status(status).code, local, reason), strict=True))


def _print_json(rows: Iterable[dict[str, str]]) -> None:
    """One element a line: a million rows need no memory, and the output is still one array."""
    separator = "["
    for row in rows:
        click.echo(separator + json.dumps(row, ensure_ascii=False), nl=False)
        separator = ",\n "
    click.echo("]" if separator != "[" else "[]")


def _print_table(rows: list[dict[str, str]]) -> None:
    if not rows:
        click.echo("No e-mail yet. bienrecu send sends one.")
        return
    widths = [max(len(name), *(len(row[name]) for row in rows)) for name in _COLUMNS]
    for row in [dict(zip(_COLUMNS, map(str.upper, _COLUMNS), strict=True)), *rows]:
        click.echo("  ".join(row[name].ljust(width) for name, width in zip(_COLUMNS, widths, strict=True)).rstrip())
