"""Comprendre un refus: whoever pastes what a server or a returned mail says reads what it means."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bienrecu.explorer.explain import MOST, explain
from bienrecu.web.access import as_member
from bienrecu.web.throttle import asked

_TIMES, _SECONDS = 30, 60  # questions of one person or address, at most, in so many seconds


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@as_member
def explain_refusal(request: HttpRequest) -> HttpResponse:
    """For everybody with an account; for everybody when the administrator of the installation opens it. What is pasted
    is answered and forgotten."""
    if not (request.user.is_authenticated or settings.BIENRECU.public_explorer):
        return redirect_to_login(request.get_full_path())
    if request.method != "POST":
        return render(request, "web/explain.html", {"most": MOST})
    text = request.POST.get("text", "")[:MOST]
    context = {"text": text, "most": MOST}
    if not text.strip():
        return render(request, "web/explain.html", context | {"problem": _("Paste something first.")}, status=422)
    if _asks_too_often(request):
        problem = _("That is many questions at once: wait a minute.")
        return render(request, "web/explain.html", context | {"problem": problem}, status=429)
    return render(request, "web/explain.html", context | {"found": explain(text.encode("utf-8", "replace"))})


def _asks_too_often(request: HttpRequest) -> bool:
    who = f"user {request.user.pk}" if request.user.is_authenticated else f"address {request.META.get('REMOTE_ADDR')}"
    return asked(f"explain {who}".replace(" ", ":"), _SECONDS) > _TIMES
