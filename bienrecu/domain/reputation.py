"""What figures say of a sender's reputation. The thresholds are those that large operators publish, or that senders
of experience keep to; below a minimum, a figure says nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from statistics import median
from typing import Self

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Mover, Reason, facts

# Of what was sent: Gmail asks for less than 0.1 % of complaints, and acts at 0.3 %.
COMPLAINTS = (0.001, 0.003)
BAD_ADDRESSES = (0.02, 0.05)
REFUSED = (0.05, 0.10)
SAMPLE = 50
"""E-mails below which no share is judged. One complaint alone is never judged either: anybody may slip."""
PEAK = 3
"""So many times the usual volume of a day is sudden."""
USUAL_DAYS = 14
PEAK_SAMPLE = 200
"""Less than that in a day surprises nobody."""


class Level(IntEnum):
    """How bad it is, comparable: the worst of several is their maximum."""

    FINE = 0
    WATCH = 1
    ACT = 2


@dataclass(frozen=True, slots=True)
class Counts:
    """Of some days: e-mails that a server answered for good, and of these, those refused or returned. Among the
    refusals: for an address that is wrong, and for a domain that does not prove who sends. `deferred` counts how often
    we were asked to wait."""

    sent: int = 0
    refused: int = 0
    bad_addresses: int = 0
    unauthenticated: int = 0
    complaints: int = 0
    deferred: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def refused_otherwise(self) -> int:
        """Not for the address: for us, for the content, for a rule of theirs."""
        return max(0, self.refused - self.bad_addresses)


def of_addresses(counts: Counts) -> Level:
    return _level(counts.bad_addresses, counts.sent, BAD_ADDRESSES)


def of_refusals(counts: Counts) -> Level:
    return _level(counts.refused_otherwise, counts.sent, REFUSED)


def of_complaints(counts: Counts) -> Level:
    return _level(counts.complaints, counts.sent, COMPLAINTS) if counts.complaints > 1 else Level.FINE


def overall(counts: Counts) -> Level:
    return max(of_addresses(counts), of_refusals(counts), of_complaints(counts))


def _level(count: int, total: int, thresholds: tuple[float, float]) -> Level:
    if total < SAMPLE:
        return Level.FINE
    return Level(sum(count / total >= threshold for threshold in thresholds))


def is_sudden(before: Sequence[int], today: int) -> bool:
    """Whether `today` is far above the usual: the median of the days `before` on which anything was sent."""
    usual = [volume for volume in before[-USUAL_DAYS:] if volume]
    return bool(usual) and today >= PEAK_SAMPLE and today > PEAK * median(usual)


_ANSWERED = frozenset({Kind.DELIVERED, Kind.HANDED_OVER, Kind.REFUSED, Kind.EXPIRED})
_REFUSED = frozenset({Kind.REFUSED, Kind.RETURNED, Kind.EXPIRED})
# Nobody over there said anything about us.
_NO_JUDGEMENT = frozenset({Reason.CONNECTION_FAILED, Reason.DNS_TEMPORARY, Reason.SUBMISSION_REFUSED})


def of_event(kind: Kind, reason: Reason | None, *, tried: bool) -> Counts:
    """What one event adds; `tried`: a try of ours came to it, not a report that came later."""
    if kind is Kind.COMPLAINT:
        return Counts(complaints=1)
    if kind is Kind.DEFERRED:
        # A server that greylists asks everybody to come back once.
        return Counts(deferred=int(reason not in _NO_JUDGEMENT and reason is not Reason.GREYLISTED))
    refused = kind in _REFUSED and reason not in _NO_JUDGEMENT
    return Counts(
        sent=int(tried and kind in _ANSWERED),
        refused=int(refused),
        bad_addresses=int(refused and reason is not None and facts(reason).movers[0] is Mover.ADDRESS_BOOK),
        unauthenticated=int(refused and reason is Reason.AUTH_FAILED),
    )
