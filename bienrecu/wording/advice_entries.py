"""Advice as programs read it: `bienrecu lint --json` and the API give the same array."""

from typing import TypedDict

from bienrecu.domain.advice import Advice
from bienrecu.domain.filter_verdict import FilterSilent, FilterVerdict
from bienrecu.wording import filters
from bienrecu.wording.advice import words


class Entry(TypedDict):
    rule: str
    severity: str
    message: str
    remedy: str


def entry(advice: Advice) -> Entry:
    said = words(advice)
    return {
        "rule": advice.rule.value,
        "severity": advice.severity.value,
        "message": said.message,
        "remedy": said.remedy,
    }


def filter_entry(said: FilterVerdict | FilterSilent) -> Entry:
    """`rule` is the filter's name, in lower case."""
    return {
        "rule": said.filter.lower(),
        "severity": filters.severity(said).value,
        "message": filters.message(said),
        "remedy": filters.remedy(said),
    }
