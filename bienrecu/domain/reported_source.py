"""What to think of a place that sends in a domain's name, from what receivers report of it (DMARC)."""

from dataclasses import dataclass
from enum import StrEnum


class Sort(StrEnum):
    """From the best known to the least."""

    OURS = "ours"
    PROVEN = "proven"
    PARTLY = "partly"  # mostly forwarding, which spoils some proofs
    OTHER_NAME = "other_name"  # a service that proves itself under a name of its own
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class Sender:
    """E-mails of a period from one address. `signed` and `sent` count those that DKIM and SPF proved to be the
    domain's; `proves_as` is the other name that was proven instead."""

    ip: str
    count: int
    failed: int
    ours: int
    signed: int
    sent: int
    proves_as: str = ""

    @property
    def sort(self) -> Sort:
        if self.ours and not self.failed:
            return Sort.OURS
        if not self.failed:
            return Sort.PROVEN
        if self.failed < self.count:
            return Sort.PARTLY
        return Sort.OTHER_NAME if self.proves_as else Sort.UNPROVEN


class Step(StrEnum):
    """What to do next with the policy."""

    WAIT = "wait"  # too little is known
    LOOK = "look"  # something is not proven
    TIGHTEN = "tighten"  # all is, and the policy asks nothing of receivers yet
    GOOD = "good"


_ENOUGH_DAYS, _ENOUGH_EMAILS = 14, 50


def next_step(policy: str, total: int, failed: int, days: int) -> Step:
    """`days`: how long reports have been coming."""
    if failed:
        return Step.LOOK
    if policy in ("quarantine", "reject"):
        return Step.GOOD
    return Step.TIGHTEN if days >= _ENOUGH_DAYS and total >= _ENOUGH_EMAILS else Step.WAIT
