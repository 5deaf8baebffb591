"""The training sessions of an organisation."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bienrecu.store.queries import sessions
from bienrecu.store.queries.sessions import Listed
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.history_filters import SHOWN, bar
from bienrecu.wording import statuses


@require_safe
@member
def index(request: MemberRequest) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "coming": [_present(one) for one in sessions.coming(request.organisation, today)],
        "past": [_present(one) for one in sessions.past(request.organisation, today)],
        "most": sessions.MOST,
    }
    return render(request, "web/sessions.html", context)


def _present(one: Listed) -> dict[str, Any]:
    parts = [(status, statuses.label(status), one.counts[status]) for status in SHOWN if one.counts[status]]
    return {
        "session": one.session,
        "participants": one.participants,
        "total": sum(one.counts.values()),
        "bar": bar(one.counts),
        "parts": parts,
    }
