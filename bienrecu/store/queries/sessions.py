"""The sessions of an organisation, with how their e-mails stand."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from bienrecu.domain.status import Status
from bienrecu.store.models import Organisation, SessionCount, TrainingSession

MOST = 100
"""Sessions listed at once, of those to come and of those past."""


@dataclass(frozen=True, slots=True)
class Listed:
    session: TrainingSession
    participants: int
    counts: dict[Status, int]


def find(organisation: Organisation, id: int) -> TrainingSession | None:
    return TrainingSession.objects.filter(organisation=organisation, id=id).first()


def coming(organisation: Organisation, today: date) -> list[Listed]:
    """Sessions that are not over, or have no date yet: the next one first."""
    rows = _of(organisation).filter(Q(last_day=None) | Q(last_day__gte=today))
    return _with_counts(rows.order_by(F("starts_on").asc(nulls_last=True), "id")[:MOST])


def past(organisation: Organisation, today: date) -> list[Listed]:
    """The latest first."""
    return _with_counts(_of(organisation).filter(last_day__lt=today).order_by("-last_day", "-id")[:MOST])


def archived(organisation: Organisation) -> list[Listed]:
    """The latest put away first."""
    return _with_counts(_of(organisation, archived=True).order_by("-archived_at", "-id")[:MOST])


def has_archived(organisation: Organisation) -> bool:
    return TrainingSession.objects.filter(organisation=organisation, archived_at__isnull=False).exists()


def _of(organisation: Organisation, *, archived: bool = False) -> QuerySet[TrainingSession]:
    rows = TrainingSession.objects.filter(organisation=organisation, archived_at__isnull=not archived)
    return rows.annotate(last_day=Coalesce("ends_on", "starts_on"), enrolled=Count("participants"))


def _with_counts(found: Iterable[TrainingSession]) -> list[Listed]:
    sessions = list(found)
    counts: dict[int, dict[Status, int]] = defaultdict(lambda: dict.fromkeys(Status, 0))
    for kept in SessionCount.objects.filter(session__in=sessions):
        counts[kept.session_id][Status(kept.status)] = kept.count
    return [Listed(session, session.enrolled, counts[session.id]) for session in sessions]
