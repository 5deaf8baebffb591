"""*Diagnostic*: the check-up of an e-mail that failed, or of all that failed in a session."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bienrecu.domain.status import FAILURES
from bienrecu.store.queries import emails
from bienrecu.submission.session_check_up import check_up_of
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.check_up import grouped, nothing_explains, shown
from bienrecu.web.found import the_session


@require_safe
@member
def index(request: MemberRequest, id: int) -> HttpResponse:
    recipient = emails.find(request.organisation, id)
    if recipient is None or recipient.status not in FAILURES:
        raise Http404
    answers = shown(emails.case(recipient), request)
    context = {
        "recipient": recipient,
        "session": recipient.session,
        "answers": answers,
        "unexplained": nothing_explains(answers),
    }
    return render(request, "web/email/check_up.html", context)


@require_safe
@member
def of_session(request: MemberRequest, session_id: int) -> HttpResponse:
    session = the_session(request, session_id)
    groups = check_up_of(session)
    total = sum(group.count for group in groups)
    context = {
        "session": session,
        "tab": "",
        "groups": grouped(groups),
        "total": total,
        "most": max(g.count for g in groups) if groups else 0,
    }
    return render(request, "web/session_check_up.html", context)
