"""The questions that a good support person would ask about an e-mail that failed, and what can be answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bienrecu.domain.reason import Mover, Reason, facts


class Question(StrEnum):
    """In the order in which they are asked."""

    ADDRESS = "address"
    SENDER = "sender"
    FILTER = "filter"
    FORM = "form"
    REPUTATION = "reputation"


class Finding(StrEnum):
    LIKELY = "likely"
    FINE = "fine"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """`case` names the sentence, `known` what it speaks of."""

    question: Question
    finding: Finding
    case: str
    known: Mapping[str, str | int] = field(default_factory=dict)


_ASKS = {
    Mover.ADDRESS_BOOK: Question.ADDRESS,
    Mover.DOMAIN: Question.SENDER,
    Mover.CONTENT: Question.FORM,
    Mover.VOLUME: Question.REPUTATION,
    Mover.PLATFORM: Question.REPUTATION,
    Mover.RECIPIENT: Question.FILTER,
    Mover.WAIT: Question.FILTER,
}


def pointed_at(reason: Reason) -> Question:
    """What the refusal's own reason speaks of."""
    return _ASKS[facts(reason).movers[0]]


def in_order(answers: list[Answer], pointed: Question) -> list[Answer]:
    """Likely causes first, that of the refusal's own reason before all; then as they are asked."""
    order = list(Question)
    return sorted(
        answers,
        key=lambda one: (one.finding != Finding.LIKELY, one.question != pointed, order.index(one.question)),
    )
