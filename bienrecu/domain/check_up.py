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
    SERVER = "server"  # ours, from which e-mails leave


class Finding(StrEnum):
    """How likely the answer to a question is the cause."""

    LIKELY = "likely"
    FINE = "fine"
    UNKNOWN = "unknown"


NAMED = "named"
"""The case of an answer that the reason of the refusal gives by itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`case` names the sentence, `known` what it speaks of."""

    question: Question
    finding: Finding
    case: str
    known: Mapping[str, str | int] = field(default_factory=dict)


class Sender(StrEnum):
    """In whose name the e-mail left."""

    SHARED = "shared"  # the address that all organisations of an installation share
    NOT_VERIFIED = "not_verified"  # a domain of the organisation whose records are not all in place
    VERIFIED = "verified"
    NOT_OURS = "not_ours"  # set up by whoever runs the installation


_IN_DOUBT = frozenset({Sender.SHARED, Sender.NOT_VERIFIED})
# A full mailbox is full whoever writes to it, and a blocklist of servers looks at no address.
_A_SENDER_CAN_CAUSE = frozenset(
    (
        *(Reason.POLICY, Reason.REPUTATION, Reason.DOMAIN_BLOCKLISTED, Reason.AUTH_FAILED),
        *(Reason.SENDER_REFUSED, Reason.UNDETERMINED),
    )
)
_EXPLAINS_NOTHING = frozenset({Reason.UNDETERMINED, Reason.EXPIRED})

_ASKS = {
    Mover.ADDRESS_BOOK: Question.ADDRESS,
    Mover.DOMAIN: Question.SENDER,
    Mover.CONTENT: Question.FORM,
    Mover.VOLUME: Question.REPUTATION,
    Mover.PLATFORM: Question.SERVER,
    Mover.RECIPIENT: Question.FILTER,
    Mover.WAIT: Question.FILTER,
}


def is_the_senders(reason: Reason, sender: Sender) -> bool:
    """Whether in whose name it left is the likeliest cause, whatever the refusal says."""
    return sender in _IN_DOUBT and reason in _A_SENDER_CAN_CAUSE


def pointed_at(reason: Reason, sender: Sender) -> Question | None:
    """What a refusal speaks of, given who sent; None when nothing explains it."""
    if is_the_senders(reason, sender):
        return Question.SENDER
    if reason in _EXPLAINS_NOTHING:
        return None
    if reason is Reason.MESSAGE_MALFORMED:  # whoever wrote the program, it is the e-mail that is looked at
        return Question.FORM
    return _ASKS[facts(reason).movers[0]]


def in_order(answers: list[Answer], pointed: Question | None) -> list[Answer]:
    """Likely causes first, that of the refusal's own reason before all; then as they are asked."""
    order = list(Question)
    return sorted(
        answers,
        key=lambda one: (one.finding != Finding.LIKELY, one.question != pointed, order.index(one.question)),
    )
