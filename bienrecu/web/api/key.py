"""Who asks: a program that shows a key of an organisation (RFC 6750 §2.1). No cookie, so no forged request either."""

import hashlib
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from bienrecu.store import api_keys
from bienrecu.store.models import Organisation
from bienrecu.web.api.answer import ApiError, refuse
from bienrecu.web.throttle import asked

MOST_A_MINUTE = 60
"""Requests with one key; beyond as many wrong keys from one address, it is told to wait."""

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
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    key = api_keys.of_secret(secret.strip(), timezone.now()) if scheme.lower() == "bearer" else None
    if key is None:
        if asked(wrong, 60) > MOST_A_MINUTE:
            raise _too_often()
        text = "Send a key of your organisation: Authorization: Bearer br_…"
        raise ApiError(401, "key_wrong", text, WWW_Authenticate='Bearer realm="Bien Recu"')
    if asked(f"api:{key.pk}", 60) > MOST_A_MINUTE:
        raise _too_often()
    return key.organisation


def _too_often() -> ApiError:
    return ApiError(429, "too_often", f"At most {MOST_A_MINUTE} requests a minute.", Retry_After="60")
