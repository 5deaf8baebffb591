"""The first steps: put away, or shown again; and the session in which one rehearses."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bienrecu.store.models import Role
from bienrecu.web import rehearsal
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.roles import needs


@require_POST
@member
@needs(Role.SENDER)
def hide(request: MemberRequest) -> HttpResponse:
    """For the person who asks, in this organisation."""
    request.membership.hides_first_steps = request.POST.get("show") != "1"
    request.membership.save(update_fields=["hides_first_steps"])
    if request.membership.hides_first_steps:
        messages.success(request, _("The first steps are put away. The page “Understanding the statuses” stays."))
    return redirect("sessions", request.organisation.slug)


@require_POST
@member
@needs(Role.SENDER)
def rehearse(request: MemberRequest) -> HttpResponse:
    if not settings.BIENRECU.simulator:
        raise Http404
    session = rehearsal.prepare(request.organisation, by=request.user)
    messages.success(request, _("Here are people who do not exist. Write to them: each status will be seen."))
    return redirect("participants", request.organisation.slug, session.id)
