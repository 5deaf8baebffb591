"""Keys for programs: made, shown once, revoked."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bienrecu.store import api_keys
from bienrecu.store.models import Role
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.api.key import MOST_A_MINUTE
from bienrecu.web.roles import needs
from bienrecu.web.settings_forms import ApiKeyForm


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.ADMINISTRATOR)
def index(request: MemberRequest) -> HttpResponse:
    """The secret stands in the answer to the POST, and nowhere else: a page that is loaded again makes no second key,
    for its name is taken."""
    form = ApiKeyForm(request.POST or None)
    made, secret = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = api_keys.make(
                request.organisation, form.cleaned_data["name"], by=request.user, now=timezone.now()
            )
            form = ApiKeyForm()
        except api_keys.NameTaken:
            form.add_error("name", _("A key has this name already: revoke it first, or choose another name."))
    keys = request.organisation.api_keys.select_related("by").order_by("revoked_at", "-created_at", "-id")
    context = {
        "form": form,
        "made": made,
        "secret": secret,
        "live": keys.filter(revoked_at=None),
        "revoked": keys.exclude(revoked_at=None)[: api_keys.MOST],
        "most": MOST_A_MINUTE,
    }
    return render(request, "web/settings/api_keys.html", context, status=422 if form.errors else 200)


@require_POST
@member
@needs(Role.ADMINISTRATOR)
def revoke(request: MemberRequest, id: int) -> HttpResponse:
    key = api_keys.revoke(request.organisation, id, by=request.user, now=timezone.now())
    if key is None and not request.organisation.api_keys.filter(id=id).exists():
        raise Http404
    if key is not None:
        messages.success(request, _("The key “%s” opens nothing any more.") % key.name)
    return redirect("api_keys", slug=request.organisation.slug)
