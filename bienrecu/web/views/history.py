"""Session › Suivi › E-mails › Historique: what became of each e-mail of a session.

One address, three answers: the whole page; the part below the title when a filter, an order or a page is asked for;
and for a page that looks again every few seconds, nothing (204) or the rows and counts as they stand now."""

import hashlib
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from bienrecu.domain.status import FAILURES, Status
from bienrecu.store.models import TrainingSession
from bienrecu.store.queries import follow_up
from bienrecu.store.queries.filters import EVERYBODY
from bienrecu.store.queries.history import LIMIT, START, Cursor, Page, Question, acts, counts, page
from bienrecu.web import history_address, history_filters
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import the_session
from bienrecu.web.history_address import HistoryAddress
from bienrecu.web.history_rows import present
from bienrecu.web.remedies import may_send

_WHOLE, _PART, _ROWS = "web/history.html", "web/history/_history.html", "web/history/_live.html"


@require_safe
@member
def history(request: MemberRequest, session_id: int) -> HttpResponse:
    session = the_session(request, session_id)
    address = history_address.read(request.GET)
    zone = timezone.get_current_timezone()
    kept = counts(session.id)
    found = page(Question(session.id, address.filters, address.order, zone), kept, address.cursor)
    version = _version(kept, found)
    if request.htmx and request.GET.get("seen") == version:
        return HttpResponse(status=204)
    context = _context(request, session, address, kept, found, version)
    response = render(request, _template(request), context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _template(request: MemberRequest) -> str:
    if not request.htmx or request.htmx.history_restore_request:
        return _WHOLE
    return _ROWS if "seen" in request.GET else _PART


def _version(kept: dict[Status, int], found: Page) -> str:
    """The same as long as the page would look the same."""
    told = repr((kept, found.count, found.before, found.after, found.rows))
    return hashlib.blake2b(told.encode(), digest_size=9).hexdigest()


def _context(
    request: MemberRequest,
    session: TrainingSession,
    address: HistoryAddress,
    kept: dict[Status, int],
    found: Page,
    version: str,
) -> dict[str, Any]:
    now = timezone.localtime()
    acted = acts(found.rows)
    query = address.query
    return {
        "session": session,
        "tab": "history",
        "may_send": may_send(request),
        "failures": _failures(session, kept),
        "back": quote(request.path + query.removesuffix("?"), safe=""),
        "address": address,
        "filters": address.filters,
        "sort": address.sort,
        "poll": f"{request.path}{query}{'&' if len(query) > 1 else ''}seen={version}",
        "participants": session.participants.count(),
        "rows": [present(row, request.organisation, now, acted.get(row.id)) for row in found.rows],
        "found": found,
        "limit": LIMIT,
        "total": sum(kept.values()),
        "counters": list(history_filters.counters(address, kept)),
        "bar": history_filters.bar(kept),
        "columns": history_filters.columns(address),
        "choices": history_filters.choices(address.filters),
        "tags": history_filters.tags(address),
        "everything": address.filtered(EVERYBODY),
        "first": address.at(START),
        "previous": address.at(found.before) if found.before else "",
        "next": address.at(found.after) if found.after else "",
        "last": address.at(Cursor(backward=True)),
    }


def _failures(session: TrainingSession, kept: dict[Status, int]) -> int:
    """How many wait for somebody, counted up to a little beyond what is worth a number."""
    return follow_up.unsettled_count(session) if any(kept[status] for status in FAILURES) else 0
