"""What was written by somebody whose login expired meanwhile: kept until they are back, for them alone.

It waits in the session of their browser, which logging in carries on. Only a form that we gave out can put anything
there: it names its draft and its writer under our signature."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from bienrecu.store.models import Draft, User
from bienrecu.submission.mail_html import MOST_TEXT

_KEY = "written"
_SALT = "written"
_SOME_DAYS = 30 * 24 * 3600
_NOT_KEPT = ("csrfmiddlewaretoken", "then", "remove", "way")


def passport(draft: Draft, user: User) -> str:
    """To stand in the form of `draft`."""
    return signing.dumps([draft.pk, user.pk], salt=_SALT)


def keeps_text(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For the views that the page of a draft posts to: outside of `member`, which would only ask who it is."""

    @wraps(view)
    def keeper(request: HttpRequest, slug: str, id: int, **more: int) -> HttpResponse:
        if request.method != "POST" or request.user.is_authenticated:
            return view(request, slug, id, **more)
        _keep(request, id)
        if not request.headers.get("HX-Request"):
            return redirect_to_login(reverse("draft", args=[slug, id]))
        response = render(request, "web/writing/_logged_out.html")
        response["HX-Retarget"], response["HX-Reswap"] = "#draft-state", "innerHTML"
        return response

    return keeper


def _keep(request: HttpRequest, id: int) -> None:
    try:
        draft, user = signing.loads(request.POST.get("passport", ""), salt=_SALT, max_age=_SOME_DAYS)
    except (signing.BadSignature, ValueError):
        return
    fields = {name: values for name, values in request.POST.lists() if name not in _NOT_KEPT}
    if draft == id and len(repr(fields)) <= 2 * MOST_TEXT:
        request.session[_KEY] = {"draft": draft, "user": user, "fields": fields}


def kept(request: HttpRequest, draft: Draft) -> QueryDict | None:
    """What its writer had written before they had to log in again."""
    found: dict[str, Any] = request.session.get(_KEY) or {}
    if (found.get("draft"), found.get("user")) != (draft.pk, request.user.pk):
        return None
    fields = QueryDict(mutable=True)
    for name, values in found["fields"].items():
        fields.setlist(name, values)
    return fields


def forget(request: HttpRequest) -> None:
    """It is saved now."""
    request.session.pop(_KEY, None)
