"""Nouvel e-mail: what to write, what was begun."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bienrecu.domain.whole_number import whole_number
from bienrecu.store.models import Draft, Role, TextModel, TrainingSession
from bienrecu.submission.texts import LANGUAGES, Text, product_text
from bienrecu.submission.writing import drafts
from bienrecu.submission.writing.audience import members
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import the_draft, the_session, the_text
from bienrecu.web.roles import needs
from bienrecu.web.writing import page
from bienrecu.wording import types

MOST_DRAFTS = 50


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def new_email(request: MemberRequest, session_id: int) -> HttpResponse:
    session = the_session(request, session_id)
    if request.method == "POST":
        draft = drafts.start(session, _chosen(request), request.user)
        return redirect("draft", slug=request.organisation.slug, id=draft.pk)
    context = {
        "session": session,
        "people": members(session).count(),
        "types": list(page.texts_by_type(request.organisation)),
        "language": request.organisation.language,
        "drafts": [_present(draft) for draft in _open(session)[:MOST_DRAFTS]],
    }
    return render(request, "web/writing/new.html", context)


def _chosen(request: MemberRequest) -> Text | TextModel:
    """What to begin with: "convocation", or "text-12" for a text of the organisation's own."""
    chosen, language = request.POST.get("with", ""), request.POST.get("language", "")
    if chosen.startswith("text-"):
        return the_text(request, whole_number(chosen[5:]))
    try:
        return product_text(chosen, language if language in LANGUAGES else request.organisation.language)
    except KeyError:
        raise Http404 from None


def _open(session: TrainingSession) -> QuerySet[Draft]:
    unsent = Draft.objects.filter(session=session, message=None).select_related("by")
    return unsent.annotate(file_count=Count("attachments")).order_by("-updated_at")


def _present(draft: Draft) -> dict[str, Any]:
    return {"draft": draft, "type": types.email_type(draft.type)}


@require_POST
@member
@needs(Role.SENDER)
def delete(request: MemberRequest, id: int) -> HttpResponse:
    draft = the_draft(request, id)
    session_id = draft.session_id
    draft.delete()
    messages.success(request, _("The draft is deleted."))
    return redirect("new_email", slug=request.organisation.slug, session_id=session_id)


@require_POST
@member
@needs(Role.SENDER)
def copy(request: MemberRequest, id: int) -> HttpResponse:
    made = drafts.copy(the_draft(request, id), request.user)
    return redirect("draft", slug=request.organisation.slug, id=made.pk)
