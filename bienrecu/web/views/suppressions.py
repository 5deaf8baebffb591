"""Adresses mises de côté: those that are not written to any more, why, until when; and how to write to one again."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bienrecu.domain.reason import Reason
from bienrecu.store.models import Recipient, Role, Suppression
from bienrecu.store.queries import suppressions as asked_for
from bienrecu.submission import suppressions as acts
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import or_404
from bienrecu.web.roles import may, needs
from bienrecu.wording import reasons


@dataclass(frozen=True, slots=True)
class Shown:
    """`evidence` is the e-mail that failed, None when it is not kept any more or is nobody's business."""

    row: Suppression
    name: str
    label: str
    evidence: Recipient | None


@require_safe
@member
def index(request: MemberRequest) -> HttpResponse:
    asked = asked_for.Asked.read(request.GET)
    found = asked_for.page(request.organisation, asked)
    context = {
        "asked": asked,
        "rows": [_shown(row) for row in found.rows],
        "older": asked.older(found.older) if found.older else "",
        "reasons": [(reason.value, reasons.label(reason)) for reason in asked_for.REASONS],
        "may_lift": may(request, Role.SENDER) and not asked.lifted,
    }
    return render(request, "web/suppressions/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def lift(request: MemberRequest, id: int) -> HttpResponse:
    """Asks first; what is lifted already stays so."""
    found = or_404(asked_for.find(request.organisation, id))
    if request.method != "POST":
        words = reasons.words(Reason(found.reason))
        return render(request, "web/suppressions/lift.html", {"one": _shown(found), "words": words})
    acts.lift(found, request.user)
    messages.success(request, _("{address} is written to again from now on.").format(address=found.address))
    return redirect("suppressions", request.organisation.slug)


def _shown(row: Suppression) -> Shown:
    recipient = row.event.recipient if row.event else None
    evidence = None if recipient is None or recipient.message.confidential else recipient
    return Shown(row, evidence.name if evidence else "", reasons.label(Reason(row.reason)), evidence)
