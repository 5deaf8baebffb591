"""The page of one draft, which keeps itself."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bienrecu.domain.whole_number import whole_number
from bienrecu.store.models import Draft, Role
from bienrecu.submission.request import Problem
from bienrecu.submission.writing import draft_advice, draft_files, drafts
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import the_draft
from bienrecu.web.roles import needs
from bienrecu.web.writing import page
from bienrecu.web.writing.forms import DraftForm
from bienrecu.web.writing.kept import forget, keeps_text, kept
from bienrecu.web.writing.uploads import bounded_upload, dropped

# Where each button leads once all is saved.
_NEXT = {"preview": "draft_preview", "check": "draft_check", "text": "text_of_draft"}
_MEND = "mend:"  # followed by the rule of the advice that is followed


@bounded_upload
@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def draft(request: MemberRequest, id: int) -> HttpResponse:
    """Typing saves by itself (an answer in parts), buttons save and lead on; both the same way."""
    found = the_draft(request, id)
    if message := drafts.sent_as(found):
        part = "web/writing/_sent.html" if request.htmx else "web/writing/sent.html"
        return render(request, part, {"draft": found, "session": found.session, "message": message})
    if request.method == "POST":
        return _save(request, found)
    again = kept(request, found)
    form = DraftForm(again, draft=found)
    return render(request, "web/writing/draft.html", page.draft_page(request, found, form) | {"unsaved": bool(again)})


def _save(request: MemberRequest, found: Draft) -> HttpResponse:
    form = DraftForm(request.POST, draft=found)
    form.full_clean()
    seen = None if "overwrite" in request.POST else request.POST.get("seen", "")
    try:
        drafts.save(found, form.written(), seen=seen)
    except drafts.StaleDraftError:
        return _stale(request, found, form)
    except drafts.SentDraftError:
        return redirect("draft", slug=request.organisation.slug, id=found.pk)
    forget(request)
    if request.htmx:
        context = {"draft": found, "form": form, **page.saved(found, form)}
        return render(request, "web/writing/_saved.html", context)
    return _lead_on(request, found, form)


def _stale(request: MemberRequest, found: Draft, form: DraftForm) -> HttpResponse:
    """Both stay: that one in the database, this one in the form, until its writer has chosen."""
    if request.htmx:
        return render(request, "web/writing/_stale.html", {"draft": found})
    context = page.draft_page(request, found, form) | {"stale": True, "seen": request.POST.get("seen", "")}
    return render(request, "web/writing/draft.html", context, status=409)


def _lead_on(request: MemberRequest, found: Draft, form: DraftForm) -> HttpResponse:
    _take_files(request, found)
    then = request.POST.get("then", "")
    if form.errors:
        return render(request, "web/writing/draft.html", page.draft_page(request, found, form), status=422)
    if then.startswith(_MEND):
        draft_advice.mend(found, then.removeprefix(_MEND))
    elif then not in _NEXT:
        messages.success(request, _("The draft is saved."))
    return redirect(_NEXT.get(then, "draft"), slug=request.organisation.slug, id=found.pk)


def _take_files(request: MemberRequest, found: Draft) -> None:
    """Without script, files come and go with the rest of the page."""
    if id := whole_number(request.POST.get("remove", "")):
        found.attachments.filter(pk=id).delete()
    for problem in [*_chosen(request, found), *_add(request, found)]:
        messages.error(request, problem.sentence)


def _chosen(request: MemberRequest, found: Draft) -> list[Problem]:
    """How one of the files is to go, when that button was pressed: "link:12", "attach:12"."""
    way, _colon, id = request.POST.get("way", "").partition(":")
    if way not in ("link", "attach"):
        return []
    return draft_files.send_as_link(found, whole_number(id), linked=way == "link")


def _add(request: MemberRequest, found: Draft) -> list[Problem]:
    limit = page.files(found)["files_most"]
    too_large = [
        Problem("too_large", _("“%(name)s” was not added: the attachments may weigh %(limit)s together.") % words)
        for words in ({"name": draft_files.clean_name(name), "limit": limit} for name in dropped(request))
    ]
    return too_large + draft_files.add(found, request.FILES.getlist("files"))


@bounded_upload
@keeps_text
@require_POST
@member
@needs(Role.SENDER)
def files(request: MemberRequest, id: int) -> HttpResponse:
    """Files that were dropped onto the page: added at once."""
    found = the_draft(request, id)
    if not drafts.sent_as(found):
        return _files(request, found, _add(request, found))
    return _files(request, found, [])


@keeps_text
@require_POST
@member
@needs(Role.SENDER)
def remove_file(request: MemberRequest, id: int, file_id: int) -> HttpResponse:
    found = the_draft(request, id)
    if not drafts.sent_as(found):
        found.attachments.filter(pk=file_id).delete()
    return _files(request, found, [])


@keeps_text
@require_POST
@member
@needs(Role.SENDER)
def file_way(request: MemberRequest, id: int) -> HttpResponse:
    """Attached, or as a link."""
    found = the_draft(request, id)
    return _files(request, found, [] if drafts.sent_as(found) else _chosen(request, found))


def _files(request: MemberRequest, found: Draft, problems: list[Problem]) -> HttpResponse:
    if not request.htmx:
        return redirect(reverse("draft", args=[request.organisation.slug, found.pk]))
    context = {"draft": found, "problems": problems, **page.files(found)}
    return render(request, "web/writing/_files.html", context)
