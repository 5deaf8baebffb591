"""The warm-up of a new domain: where it stands, and the question before it ends."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bienrecu.store.models import Role
from bienrecu.store.queries.warm_up import stages
from bienrecu.submission import warm_up
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import the_domain
from bienrecu.web.roles import needs
from bienrecu.web.warm_up import present


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.ADMINISTRATOR)
def end(request: MemberRequest, id: int) -> HttpResponse:
    """Asks first: what has left cannot be called back."""
    domain = the_domain(request, id)
    if request.method == "POST":
        warm_up.end(domain, request.user)
        messages.success(request, _("%s is treated as known: nothing of it waits any more.") % domain.name)
        return redirect("domain", slug=request.organisation.slug, id=domain.pk)
    context = {"domain": domain, "warm_up": present(stages(domain, timezone.now()))}
    return render(request, "web/settings/end_warm_up.html", context)
