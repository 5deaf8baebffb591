"""People named in a sentence; how far a sending has come."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import ngettext

from bienrecu.domain.reason import Reason
from bienrecu.store.models import Contact, TrainingSession
from bienrecu.store.queries import sending
from bienrecu.wording.reasons import words

register = template.Library()

_MOST_NAMED = 10


@register.filter
def names(contacts: Iterable[Contact]) -> str:
    """ "Awa Diallo, Paul Martin and 3 more"; somebody without a name by their address."""
    return _listed([contact.name or contact.email for contact in contacts])


@register.filter
def failed(contacts: Iterable[tuple[Contact, Reason]]) -> str:
    """The same, each with why."""
    return _listed([f"{contact.name or contact.email} ({words(reason).label})" for contact, reason in contacts])


def _listed(called: list[str]) -> str:
    shown, more = ", ".join(called[:_MOST_NAMED]), len(called) - _MOST_NAMED
    if more <= 0:
        return shown
    return shown + ngettext(" and {n} more", " and {n} more", more).format(n=more)


@register.inclusion_tag("web/writing/_progress.html", takes_context=True)
def sending_progress(context: dict[str, Any], session: TrainingSession) -> dict[str, Any]:
    """Nothing while nothing leaves."""
    return {"progress": sending.under_way(session, timezone.now()), "organisation": context["organisation"]}
