"""Who works in an organisation: roles, leaving, invitations."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bienrecu.store import members
from bienrecu.store.models import Invitation, Membership, Recipient, Role
from bienrecu.submission import invitations
from bienrecu.submission.request import Refused
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import or_404
from bienrecu.web.roles import needs
from bienrecu.web.settings_forms import InviteForm, roles
from bienrecu.wording import statuses


@require_safe
@member
@needs(Role.ADMINISTRATOR)
def index(request: MemberRequest) -> HttpResponse:
    return _page(request, InviteForm(organisation=request.organisation))


def _page(request: MemberRequest, form: InviteForm) -> HttpResponse:
    people = request.organisation.memberships.select_related("user").order_by("user__name", "user__email")
    context: dict[str, Any] = {
        "form": form,
        "people": people,
        "roles": roles(),
        "invitations": [_present(one) for one in invitations.open_ones(request.organisation)],
    }
    return render(request, "web/settings/users.html", context, status=422 if form.errors else 200)


def _present(invitation: Invitation) -> dict[str, Any]:
    sent = Recipient.objects.filter(
        organisation=invitation.organisation, message__key=invitations.key(invitation)
    ).first()
    expires = invitations.expires(invitation)
    return {
        "invitation": invitation,
        "expires": expires,
        "expired": expires < timezone.now(),
        "status": statuses.label(statuses.Status(sent.status)) if sent else "",
        "code": statuses.Status(sent.status).code if sent else "",
    }


@require_POST
@member
@needs(Role.ADMINISTRATOR)
def change_role(request: MemberRequest, id: int) -> HttpResponse:
    membership = _membership(request, id)
    role = request.POST.get("role", "")
    if role in Role.values:
        try:
            members.change_role(membership, Role(role), by=request.user)
            messages.success(request, _("%s's role is changed.") % membership.user)
        except members.LastAdministrator:
            messages.error(request, _last())
    # Who gives away their own rights has nothing left to see there.
    back = "home" if membership.user == request.user and role != Role.ADMINISTRATOR else None
    return redirect(back) if back else _back(request)


@require_POST
@member
@needs(Role.ADMINISTRATOR)
def remove(request: MemberRequest, id: int) -> HttpResponse:
    membership = _membership(request, id)
    try:
        members.remove(membership, by=request.user)
    except members.LastAdministrator:
        messages.error(request, _last())
        return _back(request)
    messages.success(request, _("%s is no longer a user of your organisation.") % membership.user)
    return redirect("home") if membership.user == request.user else _back(request)


@require_POST
@member
@needs(Role.ADMINISTRATOR)
def invite(request: MemberRequest) -> HttpResponse:
    form = InviteForm(request.POST, organisation=request.organisation)
    if not form.is_valid():
        return _page(request, form)
    email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
    try:
        invitations.invite(request.organisation, email, role, by=request.user)
    except Refused as refused:
        form.add_error("email", [problem.sentence for problem in refused.problems])
        return _page(request, form)
    messages.success(request, _("The invitation to %s is on its way.") % email)
    return _back(request)


@require_POST
@member
@needs(Role.ADMINISTRATOR)
def invite_again(request: MemberRequest, id: int) -> HttpResponse:
    invitation = _invitation(request, id)
    try:
        invitations.send_again(invitation, by=request.user)
        messages.success(request, _("The invitation to %s is on its way.") % invitation.email)
    except Refused as refused:
        messages.error(request, " ".join(problem.sentence for problem in refused.problems))
    return _back(request)


@require_POST
@member
@needs(Role.ADMINISTRATOR)
def cancel_invitation(request: MemberRequest, id: int) -> HttpResponse:
    invitation = _invitation(request, id)
    invitations.cancel(invitation, by=request.user)
    messages.success(
        request, _("The invitation to %s is cancelled: its link opens nothing any more.") % invitation.email
    )
    return _back(request)


def _membership(request: MemberRequest, id: int) -> Membership:
    mine = Membership.objects.select_related("user", "organisation")
    return or_404(mine.filter(organisation=request.organisation, pk=id).first())


def _invitation(request: MemberRequest, id: int) -> Invitation:
    mine = Invitation.objects.select_related("organisation")
    return or_404(mine.filter(organisation=request.organisation, pk=id, accepted_at=None, cancelled_at=None).first())


def _back(request: MemberRequest) -> HttpResponse:
    return redirect("users", slug=request.organisation.slug)


def _last() -> str:
    return _("An organisation keeps at least one administrator: make somebody else an administrator first.")
