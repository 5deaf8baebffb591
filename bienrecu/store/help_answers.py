"""What people answered when a help text asked whether it helped: one answer of each person to each text."""

from dataclasses import dataclass

from django.db.models import Count, Q

from bienrecu.store.models import HelpAnswer, Organisation, User

LONGEST = 2000
"""Characters of the words that may go with an answer."""
MOST = 200
"""Answers with words that are listed."""


@dataclass(frozen=True, slots=True)
class Tally:
    topic: str
    helped: int
    did_not: int


def answer(organisation: Organisation, by: User, topic: str, *, helped: bool) -> HelpAnswer:
    """Who answers again has changed their mind."""
    kept, _made = HelpAnswer.objects.update_or_create(
        organisation=organisation, by=by, topic=topic, defaults={"helped": helped}
    )
    return kept


def find(organisation: Organisation, by: User, id: int) -> HelpAnswer | None:
    """Their own only."""
    return HelpAnswer.objects.filter(organisation=organisation, by=by, id=id).first()


def add_words(kept: HelpAnswer, words: str) -> None:
    """Replaces what they wrote before."""
    kept.comment = words.strip()[:LONGEST]
    kept.save(update_fields=["comment"])


def counts(organisation: Organisation) -> list[Tally]:
    """The texts that helped least first."""
    rows = (
        HelpAnswer.objects.filter(organisation=organisation)
        .values("topic")
        .annotate(yes=Count("id", filter=Q(helped=True)), no=Count("id", filter=Q(helped=False)))
    )
    return [Tally(row["topic"], row["yes"], row["no"]) for row in rows.order_by("-no", "yes", "topic")]


def with_words(organisation: Organisation) -> list[HelpAnswer]:
    found = HelpAnswer.objects.filter(organisation=organisation).exclude(comment="").select_related("by")
    return list(found.order_by("-at", "-id")[:MOST])
