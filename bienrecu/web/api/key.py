"""Who asks: a program that shows a key of an organisation (RFC 6750 §2.1). No cookie, so no forged request either."""

import hashlib
from collections.abc import Callable
from functools import wraps

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from bienrecu.store import api_keys
from bienrecu.store.models import Organisation
from bienrecu.web.api.answer import ApiError, refuse

MOST_A_MINUTE = 60
"""Requests with one key; and wrong keys from one address."""

Ask = Callable[[HttpRequest, Organisation], HttpResponse]


def with_key(view: Ask) -> Callable[[HttpRequest], HttpResponse]:
    """For POST. `view` may raise ApiError."""

    @csrf_exempt
    @wraps(view)
    def keyed(request: HttpRequest) -> HttpResponse:
        try:
            if request.method != "POST":
                raise ApiError(405, "method_not_allowed", "Use POST.", Allow="POST")
            return view(request, _organisation(request))
        except ApiError as error:
            return refuse(error)

    return keyed


def _organisation(request: HttpRequest) -> Organisation:
    address = request.META.get("REMOTE_ADDR", "")
    wrong = "api-wrong:" + hashlib.sha256(address.encode()).hexdigest()[:16]
    if cache.get(wrong, 0) >= MOST_A_MINUTE:
        raise _too_often()
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    key = api_keys.of_secret(secret.strip(), timezone.now()) if scheme.lower() == "bearer" else None
    if key is None:
        _count(wrong)
        text = "Send a key of your organisation: Authorization: Bearer br_…"
        raise ApiError(401, "key_wrong", text, WWW_Authenticate='Bearer realm="Bien Recu"')
    if _count(f"api:{key.pk}") > MOST_A_MINUTE:
        raise _too_often()
    return key.organisation


def _count(name: str) -> int:
    cache.add(name, 0, 60)
    try:
        return cache.incr(name)
    except ValueError:  # its minute has just ended
        return 1


def _too_often() -> ApiError:
    return ApiError(429, "too_often", f"At most {MOST_A_MINUTE} requests a minute.", Retry_After="60")
