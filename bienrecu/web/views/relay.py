"""*Your own mail account*: tried live before it is used, tried again, left."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bienrecu.domain.relay_account import Trouble
from bienrecu.store.models import RelayAccount, Role
from bienrecu.submission.relay import account
from bienrecu.submission.relay.trial import Found, try_out
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.relay_forms import RelayForm
from bienrecu.web.roles import needs
from bienrecu.wording import relay_account as words


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.ADMINISTRATOR)
def relay(request: MemberRequest) -> HttpResponse:
    kept = _kept(request)
    form, found = RelayForm(request.POST or None, kept=kept), None
    if request.method == "POST" and form.is_valid():
        found = try_out(form.account)
        if not found.trouble:
            account.keep(request.organisation, form.account, found, timezone.now(), request.user)
            messages.success(request, _("The account works: your e-mails leave through it from now on."))
            return redirect("relay", slug=request.organisation.slug)
    context = _standing(kept) | {"form": form, "failed": _words(found), "providers": words.PROVIDERS}
    return render(request, "web/settings/relay.html", context, status=422 if form.errors or found else 200)


def _kept(request: MemberRequest) -> RelayAccount | None:
    return RelayAccount.objects.filter(organisation=request.organisation).first()


def _words(found: Found | None) -> dict[str, str] | None:
    return {"sentence": words.trouble(found.trouble), "said": found.said} if found else None


def _standing(kept: RelayAccount | None) -> dict[str, Any]:
    if kept is None:
        return {"kept": None}
    trouble = words.trouble(Trouble(kept.trouble))
    return {"kept": kept, "trouble": trouble, "waiting": account.waiting(kept)}


@require_POST
@member
@needs(Role.ADMINISTRATOR)
def try_relay(request: MemberRequest) -> HttpResponse:
    kept = _kept(request)
    if kept and not account.try_again(kept, timezone.now()).trouble:
        messages.success(request, _("The account works."))
    return redirect("relay", slug=request.organisation.slug)


@require_POST
@member
@needs(Role.ADMINISTRATOR)
def remove_relay(request: MemberRequest) -> HttpResponse:
    if kept := _kept(request):
        account.remove(kept, request.user)
        messages.success(request, _("The account is removed, and its password with it."))
    return redirect("sender", slug=request.organisation.slug)
