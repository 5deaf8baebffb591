"""Who agreed to have opening followed."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from bienrecu.store.models import Consent, Organisation


@dataclass(frozen=True, slots=True)
class Answers:
    """How many contacts agree, said no, and never answered."""

    yes: int
    no: int
    none: int


def answers(organisation: Organisation) -> Answers:
    answered = Exists(Consent.objects.filter(contact=OuterRef("pk")))
    people = organisation.contacts.filter(archived_at=None, erased_at=None).annotate(answered=answered)
    agrees = Q(tracking_consent_at__isnull=False)
    counts = people.aggregate(
        yes=Count("pk", filter=agrees),
        no=Count("pk", filter=~agrees & Q(answered=True)),
        none=Count("pk", filter=~agrees & Q(answered=False)),
    )
    return Answers(**counts)


def have_answered(contact_ids: list[int]) -> set[int]:
    """Those of the contacts who ever agreed or withdrew."""
    return set(Consent.objects.filter(contact__in=contact_ids).values_list("contact_id", flat=True))
