"""Advice on a draft, as the pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bienrecu.domain.advice import Advice
from bienrecu.domain.filter_verdict import FilterSilent, FilterVerdict
from bienrecu.store.models import Draft
from bienrecu.submission.writing.audience import Audience
from bienrecu.submission.writing.draft_advice import advice_on, files_of, mends
from bienrecu.submission.writing.drafts import request_of
from bienrecu.wording import filters
from bienrecu.wording.advice import AdviceWords, words

_AT_ONCE = 4
_SHOWN_RULES = 10


@dataclass(frozen=True, slots=True)
class Line:
    """`mends`: a button can do what is advised."""

    rule: str
    severity: str
    words: AdviceWords
    mends: bool


@dataclass(frozen=True, slots=True)
class FilterLine:
    """`rules` are in words, the weightiest first."""

    severity: str
    message: str
    rules: list[str]
    remedy: str


def filter_lines(said: Sequence[FilterVerdict | FilterSilent]) -> list[FilterLine]:
    return [
        FilterLine(
            filters.severity(one),
            filters.message(one),
            [] if isinstance(one, FilterSilent) else [filters.rule(rule) for rule in one.held_against[:_SHOWN_RULES]],
            filters.remedy(one),
        )
        for one in said
    ]


def lines(draft: Draft, audience: Audience) -> dict[str, Any]:
    """The worst at once, the rest on demand."""
    request = request_of(draft, with_files=False, audience=audience)
    suppressed = [contact.email for contact, _reason in audience.suppressed]
    found = _lines(advice_on(request, files_of(draft), suppressed), draft)
    return {"advice": found[:_AT_ONCE], "more_advice": found[_AT_ONCE:]}


def _lines(found: Sequence[Advice], draft: Draft) -> list[Line]:
    return [Line(one.rule, one.severity, words(one), mends(one.rule, draft)) for one in found]
