"""How far an organisation that begins has come."""

from dataclasses import dataclass

from bienrecu.store.models import Organisation, Recipient, TrainingSession

_FEW = 200
"""E-mails: an organisation that has sent more does not begin any more, and is not counted any further."""


@dataclass(frozen=True, slots=True)
class Beginnings:
    """What a new organisation has done already."""

    is_new: bool
    has_session: bool
    has_rehearsed: bool
    has_sent: bool


def beginnings(organisation: Organisation, rehearsal: str) -> Beginnings:
    """`rehearsal` is the domain where what is sent never leaves the machine."""
    of_sessions = Recipient.objects.filter(organisation=organisation, session__isnull=False)
    destinations = list(of_sessions.values_list("destination", flat=True)[: _FEW + 1])
    rehearsed = [f".{one}".endswith(f".{rehearsal}") for one in destinations]
    return Beginnings(
        is_new=len(destinations) <= _FEW,
        has_session=TrainingSession.objects.filter(organisation=organisation).exists(),
        has_rehearsed=any(rehearsed),
        has_sent=not all(rehearsed),
    )
