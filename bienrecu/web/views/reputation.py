"""*Réputation*: how mail services received what each domain sent lately."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bienrecu.store.models import Role
from bienrecu.store.queries.reputation import DAYS
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.reputation import parts
from bienrecu.web.roles import needs


@require_safe
@member
@needs(Role.SENDER)
def index(request: MemberRequest) -> HttpResponse:
    return render(request, "web/reputation/index.html", {"parts": parts(request), "shown_days": DAYS})
