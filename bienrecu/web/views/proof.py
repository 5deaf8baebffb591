"""Session › Suivi › E-mails › Relevés: records for an audit, asked for here, made in the background.

Whoever sees History may have them: a record tells nothing that History does not show."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models.functions import Length
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bienrecu.proof import filter_words, words
from bienrecu.proof.ask import TooManyWaiting, ask
from bienrecu.proof.facts import MOST_EMAILS, Format
from bienrecu.proof.queue import SILENT
from bienrecu.store.models import Export, TrainingSession
from bienrecu.store.queries import filter_query
from bienrecu.store.queries.filters import Filters
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import or_404, the_session
from bienrecu.web.history_address import HistoryAddress
from bienrecu.wording.mark import N_

MOST = 50
"""Records listed, the newest first."""

_TYPES = {
    Format.PDF: "application/pdf",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}
_PROBLEMS = {
    "no_session": N_("The session does not exist any more."),
    "too_many": N_("There are too many e-mails for this format. Narrow the filter, or take another format."),
    "failed": N_("Something went wrong on our side. Ask for it again; if that fails too, tell the administrator."),
}


@require_safe
@member
def records(request: MemberRequest, session_id: int) -> HttpResponse:
    """What to ask for, and what was asked for before."""
    session, filters = the_session(request, session_id), filter_query.read(request.GET)
    context = {
        "session": session,
        "format": request.GET.get("format") if request.GET.get("format") in list(Format) else Format.PDF,
        "query": HistoryAddress(filters).query,
        "filtered": [label for label, _rest in filter_words.said(filters)],
        "records": [_present(one) for one in _exports(request).filter(session=session)[:MOST]],
        "limits": words.limits(),
        "most": {format.value: most for format, most in MOST_EMAILS.items()},
    }
    return render(request, "web/proof/records.html", context)


@require_POST
@member
def ask_for(request: MemberRequest, session_id: int) -> HttpResponse:
    session, filters = the_session(request, session_id), filter_query.read(request.GET)
    format, language = request.POST.get("format"), request.POST.get("language", request.LANGUAGE_CODE)
    page = reverse("records", args=[request.organisation.slug, session.id]) + HistoryAddress(filters).query
    if format not in list(Format) or language not in dict(settings.LANGUAGES):
        messages.error(request, _("Choose a format and a language."))
        return redirect(page)
    return redirect(page + _asked(request, session, Format(format), language, filters))


def _asked(request: MemberRequest, session: TrainingSession, format: Format, language: str, filters: Filters) -> str:
    """Where on the page the record stands."""
    try:
        export = ask(session, request.user, format, language, filters)
    except TooManyWaiting:
        messages.error(request, _("Many records are waiting to be made already. Ask again when they are done."))
        return ""
    return f"#record-{export.id}"


@require_safe
@member
def record(request: MemberRequest, id: int) -> HttpResponse:
    """One line of the list, for a page that looks how far it is."""
    one = or_404(_exports(request).filter(id=id).first())
    return render(request, "web/proof/_record.html", {**_present(one), "is_look": True})


@require_safe
@member
def file(request: MemberRequest, id: int) -> HttpResponse:
    one = or_404(Export.objects.filter(organisation=request.organisation, id=id).exclude(content=None).first())
    response = HttpResponse(bytes(one.content), content_type=_TYPES[Format(one.format)])
    response["Content-Disposition"] = f'attachment; filename="{one.file_name}"'
    return response


def _exports(request: MemberRequest) -> Any:
    found = Export.objects.filter(organisation=request.organisation).defer("content").select_related("by")
    return found.annotate(octets=Length("content")).order_by("-id")


def _present(export: Any) -> dict[str, Any]:
    filters = filter_query.read(QueryDict(export.question))
    return {
        "export": export,
        "format": export.format.upper(),
        "language": dict(settings.LANGUAGES)[export.language],
        "filtered": [label for label, _rest in filter_words.said(filters)],
        "is_made": export.finished_at is not None and not export.problem,
        "is_silent": export.claimed_at is not None and export.claimed_at < timezone.now() - SILENT,
        "problem": _(_PROBLEMS.get(export.problem, _PROBLEMS["failed"])) if export.problem else "",
        "percent": min(99, export.done * 100 // export.total) if export.total else 0,
        "octets": export.octets or 0,
    }
