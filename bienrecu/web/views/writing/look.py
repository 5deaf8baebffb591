"""What each recipient would get, before anything leaves; and one to oneself."""

import re
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bienrecu.domain.whole_number import whole_number
from bienrecu.store.models import Draft, Role
from bienrecu.submission import content_filters
from bienrecu.submission.request import Person, Problem, Refused, Request
from bienrecu.submission.writing import drafts
from bienrecu.submission.writing.audience import Audience, audience_of
from bienrecu.submission.writing.draft_check import text_problems
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import the_draft
from bienrecu.web.preview import POLICY
from bienrecu.web.preview import preview as safe
from bienrecu.web.roles import needs
from bienrecu.web.writing import page
from bienrecu.web.writing.advice import filter_lines
from bienrecu.wording import types

_SHOWN = ("From", "Reply-To", "To", "Subject")
_QUOTED = re.compile(r'^"([^"\\]*)"(?= <)')  # a name, as RFC 5322 has it written


@require_safe
@member
@needs(Role.SENDER)
def preview(request: MemberRequest, id: int) -> HttpResponse:
    draft, audience, asked, number = _asked(request, id)
    context: dict[str, Any] = {
        "draft": draft,
        "session": draft.session,
        "type": types.email_type(draft.type),
        "number": number,
        "count": len(asked.recipients),
        "once": get_random_string(12),
        **page.files(draft),
    }
    if asked.recipients:
        context |= _of(asked, audience, number)
    return render(request, "web/writing/preview.html", context)


def _asked(request: MemberRequest, id: int) -> tuple[Draft, Audience, Request, int]:
    """The draft and whose copy is to be seen: `number`, from 1."""
    draft = the_draft(request, id)
    audience = audience_of(draft)
    asked = drafts.request_of(draft, with_files=False, audience=audience)
    number = whole_number((request.GET or request.POST).get("n", ""))
    return draft, audience, asked, min(max(number, 1), max(len(asked.recipients), 1))


def _of(asked: Request, audience: Audience, number: int) -> dict[str, Any]:
    person, contact = asked.recipients[number - 1], audience.people[number - 1]
    raw, problems = drafts.look(asked, person)
    shown = safe(raw) if raw else None
    return {
        "person": person,
        "contact": contact,
        "role": types.contact_role(person.role),
        "problems": _once([*text_problems(asked, timezone.now()), *problems]),
        "suppressed": dict(page.suppressed(audience)).get(contact, ""),
        "doubt": next((doubt.suggestion for doubt in audience.doubtful if doubt.contact == contact), ""),
        "shown": shown,
        "fields": [(name, _QUOTED.sub(r"\1", value)) for name, value in shown.fields if name in _SHOWN]
        if shown
        else [],
    }


def _once(problems: Sequence[Problem]) -> list[str]:
    return list(dict.fromkeys(problem.sentence for problem in problems))


@require_safe
@member
@needs(Role.SENDER)
def message(request: MemberRequest, id: int) -> HttpResponse:
    """The HTML of one copy, for a sandboxed frame."""
    _draft, _audience, asked, number = _asked(request, id)
    raw = drafts.look(asked, asked.recipients[number - 1])[0] if asked.recipients else b""
    if not raw:
        raise Http404
    response = HttpResponse(safe(raw).html)
    response["Content-Security-Policy"] = POLICY
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@member
@needs(Role.SENDER)
def filters(request: MemberRequest, id: int) -> HttpResponse:
    """What the content filters of this installation say: asked for once the page is there, as they may be slow."""
    draft = the_draft(request, id)
    raw = drafts.sample(drafts.request_of(draft))
    said = content_filters.ask(raw) if raw else []
    context = {
        "draft": draft,
        "session": draft.session,
        "type": types.email_type(draft.type),
        "said": filter_lines(said),
    }
    return render(request, "web/writing/_filters.html" if request.htmx else "web/writing/filters.html", context)


@require_POST
@member
@needs(Role.SENDER)
def rehearse(request: MemberRequest, id: int) -> HttpResponse:
    """What the page shows, to the address of the person who asks."""
    draft, _audience, asked, number = _asked(request, id)
    person: Person | None = asked.recipients[number - 1] if asked.recipients else None
    # Of one page, one e-mail: a double click is one test, a changed draft another.
    key = f"test:{draft.pk}:{drafts.version(draft)}:{number}:{request.POST.get('once', '')[:40]}"
    try:
        drafts.rehearse(draft, person, request.user, key)
    except Refused as refused:
        for sentence in _once(refused.problems):
            messages.error(request, sentence)
    else:
        messages.success(request, _("The test is on its way to %s.") % request.user.email)
    return redirect(f"{reverse('draft_preview', args=[request.organisation.slug, draft.pk])}?n={number}")
