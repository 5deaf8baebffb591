"""Retours non compris: what came back and nothing explains; somebody reads it, and says what it is about."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bienrecu.domain.whole_number import whole_number
from bienrecu.protocol.message.parse import to_text
from bienrecu.store.models import Report, Role
from bienrecu.store.queries import emails
from bienrecu.store.queries import returns as asked
from bienrecu.submission import returns as acts
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import or_404
from bienrecu.web.roles import may, needs
from bienrecu.wording import statuses

_SHOWN = 64 * 1024


@dataclass(frozen=True, slots=True)
class Candidate:
    """An e-mail that a return may be about."""

    id: int
    name: str
    address: str
    subject: str
    label: str


@require_safe
@member
def index(request: MemberRequest) -> HttpResponse:
    found = asked.not_understood(request.organisation, of_nobody=_sees_of_nobody(request))
    return render(request, "web/returns/index.html", {"reports": found, "most": asked.MOST})


@require_safe
@member
def show(request: MemberRequest, id: int) -> HttpResponse:
    """Its text, never as HTML; and the e-mails that it may be about, searched for."""
    report = _find(request, id)
    wanted = request.GET.get("q", "")[:200].strip()
    rows = asked.candidates(request.organisation, wanted) if wanted else []
    if report.recipient and not wanted:
        rows = [report.recipient]
    context = {
        "report": report,
        "text": to_text(bytes(report.raw[:_SHOWN])),
        "is_cut": len(report.raw) > _SHOWN,
        "wanted": wanted,
        "candidates": [
            Candidate(row.id, row.name, row.address, row.subject, statuses.label(statuses.Status(row.status)))
            for row in rows
        ],
    }
    return render(request, "web/returns/show.html", context)


@require_POST
@member
@needs(Role.SENDER)
def attach(request: MemberRequest, id: int) -> HttpResponse:
    report, chosen = _find(request, id), request.POST.get("recipient", "")
    recipient = emails.find(request.organisation, whole_number(chosen))
    if recipient is None:
        messages.error(request, _("Choose the e-mail that it is about."))
        return redirect("return", request.organisation.slug, report.id)
    words = to_text(bytes(report.raw[:_SHOWN]))
    acts.attach(report, recipient, words, failed=request.POST.get("says") == "failed", by=request.user)
    messages.success(request, _("It stands with the e-mail to {address} now.").format(address=recipient.address))
    return redirect("email", request.organisation.slug, recipient.id)


@require_POST
@member
@needs(Role.SENDER)
def dismiss(request: MemberRequest, id: int) -> HttpResponse:
    acts.dismiss(_find(request, id), request.organisation, request.user)
    messages.success(request, _("It is put away. It is kept as long as e-mails are."))
    return redirect("returns", request.organisation.slug)


def _sees_of_nobody(request: MemberRequest) -> bool:
    """What names nobody may concern anybody: shown only where there is but one organisation."""
    return may(request, Role.ADMINISTRATOR) and asked.is_alone(request.organisation)


def _find(request: MemberRequest, id: int) -> Report:
    return or_404(asked.find(request.organisation, id, of_nobody=_sees_of_nobody(request)))
