"""Whose pages: every one of an organisation goes through the membership of the person who asks."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRefresh
from django_htmx.middleware import HtmxDetails

from bienrecu.store.models import Membership, Organisation, User

CURRENT = "organisation"
"""In the session: the slug of the organisation chosen last."""


class MemberRequest(HttpRequest):
    """What `member` has added: the organisation of the address, where the person who asks is a member."""

    user: User
    htmx: HtmxDetails
    memberships: list[Membership]
    membership: Membership
    organisation: Organisation


def member(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views under /o/<slug>/. Others' organisations are not there: 404, not 403, which would say that they are."""

    @never_cache
    @wraps(view)
    def only_members(request: MemberRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_login(request)
        request.memberships = memberships(request.user)
        membership = next((one for one in request.memberships if one.organisation.slug == slug), None)
        if membership is None:
            raise Http404
        request.membership, request.organisation = membership, membership.organisation
        zone = request.user.time_zone or request.organisation.time_zone
        with timezone.override(ZoneInfo(zone)):
            return view(request, *args, **kwargs)

    return only_members


def as_member(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For pages that everybody may see: to somebody who is logged in, as a page of their organisation."""

    @wraps(view)
    def with_membership(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            request.memberships = memberships(request.user)
            membership = current(request)
            if membership:
                request.membership, request.organisation = membership, membership.organisation
        return view(request, *args, **kwargs)

    return with_membership


def current(request: MemberRequest) -> Membership | None:
    """Of the organisation chosen last, else of the first by name."""
    chosen = request.session.get(CURRENT)
    of_slug = {one.organisation.slug: one for one in request.memberships}
    return of_slug.get(chosen) or next(iter(request.memberships), None)


def memberships(user: User) -> list[Membership]:
    """In the order of the organisations' names."""
    return list(Membership.objects.filter(user=user).select_related("organisation").order_by("organisation__name"))


def _to_login(request: MemberRequest) -> HttpResponse:
    # A part of a page cannot become the login page: the whole page is asked for again.
    return HttpResponseClientRefresh() if request.htmx else redirect_to_login(request.get_full_path())
