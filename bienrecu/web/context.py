"""What every page shows around its subject: the organisations of the person who asks, the languages."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from bienrecu.store.models import Membership
from bienrecu.wording import types


def page(request: HttpRequest) -> dict[str, Any]:
    membership = getattr(request, "membership", None)
    return {
        "membership": membership,
        "role": types.user_role(membership.role) if membership else "",
        "organisation": membership.organisation if membership else None,
        "memberships": SimpleLazyObject(lambda: _memberships(request)),
        "languages": settings.LANGUAGES,
    }


def _memberships(request: HttpRequest) -> list[Membership]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    return list(Membership.objects.filter(user=user).select_related("organisation").order_by("organisation__name"))
