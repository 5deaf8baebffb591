"""Comprendre les statuts: what the six of them and the reasons say, and what they do not."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bienrecu.domain.reason import Failure, Reason, facts
from bienrecu.domain.status import Status
from bienrecu.web.history_filters import SHOWN
from bienrecu.wording import reasons, statuses
from bienrecu.wording.reasons import ReasonWords

_FAILURES = {Status.RECEPTION_IMPOSSIBLE: Failure.RECEPTION_IMPOSSIBLE, Status.SEND_ERROR: Failure.SEND_ERROR}


@require_safe
def understand_statuses(request: HttpRequest) -> HttpResponse:
    context = {
        "statuses": [(status, statuses.words(status)) for status in SHOWN],
        "failures": [(statuses.label(status), list(_reasons(failure))) for status, failure in _FAILURES.items()],
    }
    return render(request, "web/statuses.html", context)


def _reasons(failure: Failure) -> Iterator[tuple[Reason, ReasonWords, str]]:
    for reason in Reason:
        if facts(reason).failure is failure:
            yield reason, reasons.words(reason), reasons.who(reason)
