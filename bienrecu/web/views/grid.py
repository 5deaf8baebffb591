"""Session › Suivi › E-mails: who has received what, at a glance, on screen and on paper."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bienrecu.domain.status import Flag, Status
from bienrecu.domain.whole_number import whole_number
from bienrecu.store.models import Recipient
from bienrecu.store.queries import follow_up
from bienrecu.store.queries.grid import MOST_OTHERS, Person, grid
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import the_session
from bienrecu.web.remedies import may_send
from bienrecu.wording import flags, statuses, types

_MOST_MESSAGES = 12
# What is worth a word beside a status here, the weightiest first.
_WORTH = (Flag.NOTED, Flag.CONFIRMED, Flag.COMPLAINT)


@dataclass(frozen=True, slots=True)
class Cell:
    id: int
    status: Status
    label: str
    note: str


@require_safe
@member
def index(request: MemberRequest, session_id: int) -> HttpResponse:
    session = the_session(request, session_id)
    found = grid(session, whole_number(request.GET.get("page", "")))
    context = {
        "session": session,
        "heading": _("Who received what"),
        "tab": "grid",
        "types": [types.email_type(one) for one in found.types],
        "people": [_person(one, found.types) for one in found.people],
        "others": [_person(one, found.types) for one in found.others],
        "grid": found,
        "most": MOST_OTHERS,
        "confirmations": follow_up.confirmations(session, timezone.now(), _MOST_MESSAGES),
        "may_send": may_send(request),
    }
    return render(request, "web/grid/index.html", context)


def _person(person: Person, kinds: list[Any]) -> dict[str, Any]:
    """`cells`: for each type its name and what was sent of it, the newest first."""
    cells = [(types.email_type(kind), [_cell(row) for row in reversed(person.emails.get(kind, []))]) for kind in kinds]
    role = types.contact_role(person.role) if person.role else ""
    return {"name": person.name, "address": person.address, "role": role, "cells": cells}


def _cell(row: Recipient) -> Cell:
    status, beside = Status(row.status), Flag(row.flags)
    note = next((flags.words(flag).note for flag in _WORTH if flag in beside), "")
    return Cell(row.id, status, statuses.label(status), note)
