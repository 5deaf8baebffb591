"""What every page shows around its subject: the organisations of the person who asks, the languages."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from bienrecu.store.models import Membership, Organisation
from bienrecu.store.queries import follow_up
from bienrecu.web.access import memberships
from bienrecu.web.alarms import alarms
from bienrecu.wording import types


def page(request: HttpRequest) -> dict[str, Any]:
    membership = getattr(request, "membership", None)
    return {
        "membership": membership,
        "role": types.user_role(membership.role) if membership else "",
        "organisation": membership.organisation if membership else None,
        "memberships": getattr(request, "memberships", None) or SimpleLazyObject(lambda: _memberships(request)),
        "languages": settings.LANGUAGES,
        "to_handle_count": SimpleLazyObject(lambda: _to_handle(membership.organisation)) if membership else "",
        "alarms": SimpleLazyObject(lambda: alarms(membership)) if membership else (),
    }


def _to_handle(organisation: Organisation) -> str:
    """How many e-mails wait for somebody, as shown beside the page that lists them."""
    now = timezone.localtime()
    count = follow_up.count(organisation, now.date(), now)
    return f"{follow_up.LIMIT}+" if count > follow_up.LIMIT else str(count or "")


def _memberships(request: HttpRequest) -> list[Membership]:
    user = getattr(request, "user", None)
    return memberships(user) if user is not None and user.is_authenticated else []
