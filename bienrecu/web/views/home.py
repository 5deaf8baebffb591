"""The door: which organisation, which language, is the machine well."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bienrecu.web.access import CURRENT, MemberRequest, as_member, current, member


@require_safe
@never_cache
@login_required
@as_member
def home(request: MemberRequest) -> HttpResponse:
    membership = current(request)
    return redirect("sessions", membership.organisation.slug) if membership else _nowhere(request)


def _nowhere(request: MemberRequest) -> HttpResponse:
    return render(request, "web/no_organisation.html")


@member
@require_POST
def switch(request: MemberRequest) -> HttpResponse:
    request.session[CURRENT] = request.organisation.slug
    return redirect("sessions", slug=request.organisation.slug)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Kept on the person, and in a cookie for before they log in."""
    chosen = request.POST.get("language", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = redirect(back)
    if chosen in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            request.user.language = chosen
            request.user.save(update_fields=["language"])
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, 365 * 24 * 3600, samesite="Lax", secure=secure)
    return response


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the pages can reach the database; anything else, or nothing, when they cannot."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
