"""Importing people: the file, what would come of it, and what came of it. The address of an import shows where it
stands, so that a reload or another day finds it again."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bienrecu.domain.whole_number import whole_number
from bienrecu.store.models import PeopleImport, Role, TrainingSession
from bienrecu.submission.people import imports
from bienrecu.submission.people.columns import Field
from bienrecu.submission.people.limits import MOST_COLUMNS, MOST_OCTETS, BadFile
from bienrecu.submission.people.review import Decision, Line, lines_of
from bienrecu.web import import_rows
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import or_404, the_session
from bienrecu.web.people_forms import FileForm
from bienrecu.web.roles import needs

_SAMPLES = 3
_LINES = 100  # a page
_FIELDS = frozenset(Field)  # Python 3.11 has no "in" of an Enum for what is not one of it
_EARLIER = 10


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def upload(request: MemberRequest, session_id: int | None = None) -> HttpResponse:
    """Into the contacts, and into a session when started there."""
    session = None if session_id is None else the_session(request, session_id)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            raw = file.read(MOST_OCTETS + 1)
            made = imports.start(request.organisation, session, file.name, raw, by=request.user)
            return redirect("import", request.organisation.slug, made.id)
        except BadFile as error:
            form.add_error("file", _("This file cannot be used: %s.") % error)
    context = {"form": form, "session": session, "earlier": _earlier(request, session)}
    return render(request, "web/imports/upload.html", context, status=422 if form.errors else 200)


def _earlier(request: MemberRequest, session: TrainingSession | None) -> list[PeopleImport]:
    made = PeopleImport.objects.filter(organisation=request.organisation).select_related("by", "session")
    if session:
        made = made.filter(session=session)
    return list(made.defer("rows", "made").order_by("-id")[:_EARLIER])


@require_safe
@member
@needs(Role.SENDER)
def show(request: MemberRequest, id: int) -> HttpResponse:
    people_import = _find(request, id)
    if people_import.applied_at is not None:
        return render(request, "web/imports/done.html", _done(request, people_import))
    return render(request, "web/imports/preview.html", _preview(request, people_import))


def _preview(request: MemberRequest, of: PeopleImport) -> dict[str, Any]:
    found, mapped = imports.preview(of), imports.mapping(of)
    good = (line for line in found.lines if line.is_good)
    return {
        "import": of,
        "preview": found,
        "is_mapped": Field.EMAIL in mapped,
        "fields": import_rows.fields(),
        "columns": import_rows.columns(of.columns, mapped, found.lines[:_SAMPLES]),
        "most_columns": MOST_COLUMNS,
        "bad": _numbered(request, "bad", found.bad, import_rows.bad),
        "doubtful": _numbered(request, "doubtful", found.doubtful, lambda line: line),
        "partial": _numbered(request, "partial", found.partial, lambda line: import_rows.partial(line, mapped)),
        "sample": [import_rows.person(line, mapped) for line in islice(good, _SAMPLES)] if found.good else [],
    }


def _done(request: MemberRequest, of: PeopleImport) -> dict[str, Any]:
    return {
        "import": of,
        "new": len(of.made.get("contacts", ())),
        "enrolled": len(of.made.get("enrolled", ())),
        "changed": len(of.made.get("changed", ())),
        "consents": len(of.made.get("consents", ())),
        "left": _numbered(request, "left", lines_of(of.rows), import_rows.bad),
    }


def _numbered(request: MemberRequest, name: str, lines: list[Line], said: Callable[[Line], Any]) -> dict[str, Any]:
    """A page of `lines` as `said`; which one stands in the address under `name`."""
    page = Paginator(lines, _LINES).get_page(request.GET.get(name))
    return {"page": page, "rows": [said(line) for line in page], "count": len(lines), "name": name}


@require_POST
@member
@needs(Role.SENDER)
def columns(request: MemberRequest, id: int) -> HttpResponse:
    people_import = _find(request, id)
    chosen = [(request.POST.get(f"column-{at}", ""), at) for at in range(len(people_import.columns))]
    mapped = {Field(name): at for name, at in reversed(chosen) if name in _FIELDS}
    if Field.EMAIL not in mapped:
        messages.error(request, _("Say which column holds the e-mail addresses."))
    elif len(mapped) < sum(name in _FIELDS for name, _at in chosen):
        messages.error(request, _("Two columns say the same: choose one of them."))
    elif imports.map_columns(people_import, mapped):
        messages.success(request, _("The file is read with these columns."))
    return _to(request, people_import)


@require_POST
@member
@needs(Role.SENDER)
def decide(request: MemberRequest, id: int) -> HttpResponse:
    """Accepts or keeps: one line, or all that are open."""
    people_import = _find(request, id)
    for decision in (Decision.ACCEPTED, Decision.KEPT):
        number = request.POST.get(decision, "")
        if number == "all":
            imports.decide(people_import, decision)
        elif line := whole_number(number):
            imports.decide(people_import, decision, [line])
    return _to(request, people_import, "#doubtful")


@require_POST
@member
@needs(Role.SENDER)
def apply(request: MemberRequest, id: int) -> HttpResponse:
    """However often it is pressed, the file is imported once."""
    people_import = _find(request, id)
    if imports.apply(people_import, by=request.user):
        people_import.refresh_from_db()
        made = people_import.made
        count = len(made["contacts"]) + made["known"]
        messages.success(request, ngettext("%d line is imported.", "%d lines are imported.", count) % count)
    return _to(request, people_import)


@require_POST
@member
@needs(Role.SENDER)
def undo(request: MemberRequest, id: int) -> HttpResponse:
    people_import = _find(request, id)
    if imports.undo(people_import, by=request.user):
        messages.success(request, _("The import is undone."))
    return _to(request, people_import)


@require_POST
@member
@needs(Role.SENDER)
def discard(request: MemberRequest, id: int) -> HttpResponse:
    people_import = _find(request, id)
    if people_import.applied_at is not None:
        return _to(request, people_import)
    imports.discard(people_import)
    messages.success(request, _("The file is forgotten. Nothing of it was imported."))
    if people_import.session_id:
        return redirect("participants", request.organisation.slug, people_import.session_id)
    return redirect("contacts", request.organisation.slug)


def _to(request: MemberRequest, people_import: PeopleImport, anchor: str = "") -> HttpResponse:
    response = redirect("import", request.organisation.slug, people_import.id)
    response["Location"] += anchor
    return response


def _find(request: MemberRequest, id: int) -> PeopleImport:
    made = PeopleImport.objects.select_related("organisation", "session", "by")
    return or_404(made.filter(organisation=request.organisation, id=id).first())
