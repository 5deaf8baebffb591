"""The last page before sending, and what follows it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bienrecu.store.models import Contact, Draft, Message, Role
from bienrecu.store.queries import sending
from bienrecu.submission import content_filters
from bienrecu.submission.request import Problem, Refused, Request
from bienrecu.submission.warm_up import days_of
from bienrecu.submission.writing import draft_advice, drafts
from bienrecu.submission.writing.audience import PICKED, Audience, audience_of
from bienrecu.submission.writing.draft_check import problems_of, subject_for_all
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import or_404, the_draft
from bienrecu.web.roles import needs
from bienrecu.web.writing import advice
from bienrecu.wording import types
from bienrecu.wording.sending import spread, what_was_done, what_will_happen

_FORGOTTEN = "attachment_forgotten"
_SHOWN_PROBLEMS = 100
_NAMED_PEOPLE = 200


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def check(request: MemberRequest, id: int) -> HttpResponse:
    """GET says what will happen, and what is in the way; POST does it, once."""
    draft = the_draft(request, id)
    if request.method != "POST":
        return _sent(request, draft) if drafts.sent_as(draft) else _show(request, draft)
    try:
        drafts.send(
            draft, request.user, seen=request.POST.get("seen", ""), without_files="without_files" in request.POST
        )
    except drafts.StaleDraftError:
        messages.warning(
            request, _("Something has changed since this page was shown: nothing was sent. Read it again.")
        )
        return redirect("draft_check", slug=request.organisation.slug, id=draft.pk)
    except Refused as refused:
        return _show(request, draft, refused.problems)
    return _sent(request, draft)


def _show(request: MemberRequest, draft: Draft, refused: Sequence[Problem] | None = None) -> HttpResponse:
    audience = audience_of(draft)
    asked = drafts.request_of(draft, request.user, audience=audience)
    problems = problems_of(asked, timezone.now()) if refused is None else refused
    subject, now = subject_for_all(asked), timezone.localtime()
    context = {
        "draft": draft,
        "session": draft.session,
        "type": types.email_type(draft.type),
        "sentence": what_will_happen(
            len(asked.recipients),
            subject,
            len(asked.attachments),
            len(asked.links),
            draft.scheduled_at,
            now,
        ),
        "spread": _spread(asked, now),
        "count": len(asked.recipients),
        "named": audience.people[:_NAMED_PEOPLE],
        "unnamed": max(0, len(audience.people) - _NAMED_PEOPLE),
        "seen": drafts.reviewed(draft, asked),
        "told": audience,
        "forgotten": any(problem.code == _FORGOTTEN for problem in problems),
        "has_filter": content_filters.is_configured(),
        **_sorted(problems, audience),
        **advice.lines(draft, audience),
    }
    return render(request, "web/writing/check.html", context, status=422 if refused else 200)


def _spread(asked: Request, now: datetime) -> str:
    """What leaves today and what waits, when the domain is new."""
    found = days_of(asked, now)
    return spread(found[1], found[0], now) if found else ""


def _sorted(problems: Sequence[Problem], audience: Audience) -> dict[str, Any]:
    """The problems of the whole e-mail, and those of each person beside their name."""
    people: dict[str, list[Contact]] = defaultdict(list)
    for contact in audience.people:
        people[contact.email].append(contact)
    whose = [problem for problem in problems if problem.recipient]
    return {
        "problems": [problem for problem in problems if not problem.recipient and problem.code != _FORGOTTEN],
        "persons": [(people[problem.recipient], problem) for problem in whose[:_SHOWN_PROBLEMS]],
        "more": max(0, len(whose) - _SHOWN_PROBLEMS),
        "wrong_people": len({contact.pk for problem in whose for contact in people[problem.recipient]}),
    }


def _sent(request: MemberRequest, draft: Draft) -> HttpResponse:
    """Back to History, where it can be followed; whoever comes a second time is told the same."""
    message = or_404(drafts.sent_as(draft))
    asked = drafts.request_of(draft, with_files=False)
    text = what_was_done(message.recipient_count, subject_for_all(asked), message.scheduled_at, timezone.localtime())
    messages.success(request, text)
    return redirect("history", slug=request.organisation.slug, session_id=draft.session_id)


@require_POST
@member
@needs(Role.SENDER)
def mend(request: MemberRequest, id: int) -> HttpResponse:
    """Does what a piece of advice says."""
    draft = the_draft(request, id)
    if not drafts.sent_as(draft):
        draft_advice.mend(draft, request.POST.get("rule", ""))
    return redirect("draft_check", slug=request.organisation.slug, id=draft.pk)


@require_POST
@member
@needs(Role.SENDER)
def leave_out(request: MemberRequest, id: int) -> HttpResponse:
    """Those whose own problems are in the way are not written to; the others are."""
    draft = the_draft(request, id)
    audience = audience_of(draft)
    problems = problems_of(drafts.request_of(draft, request.user, audience=audience), timezone.now())
    wrong = {problem.recipient for problem in problems if problem.recipient}
    if wrong and not drafts.sent_as(draft):
        draft.audience = PICKED
        draft.save()
        draft.contacts.set(contact for contact in audience.people if contact.email not in wrong)
    return redirect("draft_check", slug=request.organisation.slug, id=draft.pk)


@require_safe
@member
def progress(request: MemberRequest, id: int) -> HttpResponse:
    """How far an e-mail that leaves has come; asked for again until it has left."""
    message = or_404(Message.objects.filter(organisation=request.organisation, id=id).first())
    return render(request, "web/writing/_progress.html", {"progress": sending.progress(message)})
