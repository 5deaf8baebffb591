"""When to try again, and when to give up (RFC 5321 §4.5.4.1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class RetryRule:
    """`first` wait, doubled after each failed attempt up to `longest`; nothing after `max_age`."""

    first: timedelta = timedelta(minutes=3)
    longest: timedelta = timedelta(hours=4)
    max_age: timedelta = timedelta(hours=72)


# No server refuses for so long that its answer would differ after this many doublings.
_MAX_DOUBLINGS = 16


def next_attempt_at(
    due_since: datetime, failed_attempts: int, now: datetime, *, rule: RetryRule, jitter: float
) -> datetime | None:
    """When to try again after `failed_attempts` (>= 1), or None once it is time to give up.

    `due_since` is when the message was first due: a message scheduled for next week is not old then.
    `jitter`, in [0, 1), lengthens the wait by up to 20 % so that a thousand deferred messages do not all
    come back in the same second. The last try falls on the limit itself rather than being dropped."""
    gives_up_at = due_since + rule.max_age
    if now >= gives_up_at:
        return None
    doublings = min(failed_attempts - 1, _MAX_DOUBLINGS)
    wait = min(rule.first * (1 << doublings), rule.longest) * (1 + 0.2 * jitter)
    return min(now + wait, gives_up_at)
