"""One's own account, and the way in for who is invited."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bienrecu.store.models import Invitation, User
from bienrecu.submission import invitations
from bienrecu.web.access import CURRENT
from bienrecu.web.settings_forms import JoinForm, PersonForm
from bienrecu.wording.types import user_role

_INVITATION = "web/settings/invitation.html"
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        if form.cleaned_data["language"]:
            translation.activate(form.cleaned_data["language"])
        messages.success(request, _("Saved."))
        return redirect("my_account")
    return render(request, "web/settings/account.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Shows who asks; the button accepts. Who has an account joins with it, anybody else makes one."""
    found = invitations.find(token)
    if found is None:
        return _page(request, "web/settings/invitation_gone.html", {}, status=404)
    user = User.objects.filter(email__iexact=found.email).first()
    if request.user.is_authenticated and request.user != user:
        return _page(request, _INVITATION, {"invitation": found, "role": user_role(found.role), "somebody_else": True})
    if user is None:
        return _with_new_account(request, found)
    context = {"invitation": found, "role": user_role(found.role), "is_them": user == request.user}
    if request.method == "POST" and user == request.user:
        return _accept(request, found, user)
    return _page(request, _INVITATION, context)


def _with_new_account(request: HttpRequest, found: Invitation) -> HttpResponse:
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                user = User.objects.create_user(found.email, given["password"], name=given["name"])
        except IntegrityError:  # pressed twice: the account is there now
            return redirect(request.path)
        return _accept(request, found, user)
    context = {"invitation": found, "role": user_role(found.role), "form": form}
    return _page(request, _INVITATION, context, status=422 if form.errors else 200)


def _accept(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    if not invitations.accept(found, user):
        return redirect(request.path)
    if request.user != user:
        login(request, user, backend=_BACKEND)
    request.session[CURRENT] = found.organisation.slug
    messages.success(request, _("Welcome to %s.") % found.organisation.name)
    return redirect("sessions", slug=found.organisation.slug)


def _page(request: HttpRequest, template: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    response = render(request, template, context, status=status)
    # The address lets in who has it. ("no-referrer" would say so too, but then browsers post with a null origin.)
    response["Referrer-Policy"] = "same-origin"
    return response
