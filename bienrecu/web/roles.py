"""What a role may do: each may also do what those below it may."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from bienrecu.store.models import Role
from bienrecu.web.access import MemberRequest

_RANK = {Role.READER: 0, Role.SENDER: 1, Role.ADMINISTRATOR: 2}


def may(request: MemberRequest, role: Role) -> bool:
    """Whether the person who asks may do what `role` may, in this organisation."""
    return _RANK[Role(request.membership.role)] >= _RANK[role]


def needs(role: Role) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """For views that `member` already guards: others than `role` and above get the page that says so (403)."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may(request, role):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate
