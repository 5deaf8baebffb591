"""When to try again, and when to give up (RFC 5321 §4.5.4.1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bienrecu.domain.reason import Reason


@dataclass(frozen=True, slots=True)
class RetryRule:
    """`first` wait, doubled after each failed attempt up to `longest`; nothing after `max_age`."""

    first: timedelta = timedelta(minutes=3)
    longest: timedelta = timedelta(hours=4)
    max_age: timedelta = timedelta(hours=72)


# A greylist opens within minutes, a mailbox is emptied in hours, a reputation mends in more: to ask them all at one
# pace wearies servers, and makes worse what they hold against us. Times the first wait.
# Who asks for less is heeded by the pace of the whole destination (`delivery/pace.py`), not here.
_SLOWER: dict[Reason, int] = {
    Reason.MAILBOX_FULL: 20,
    Reason.MAILBOX_DISABLED: 20,
    Reason.IP_BLOCKLISTED: 10,
    Reason.DOMAIN_BLOCKLISTED: 10,
    Reason.REPUTATION: 10,
    Reason.AUTH_FAILED: 10,
    Reason.NO_REVERSE_DNS: 10,
    Reason.SPAM_CONTENT: 10,
    Reason.SERVER_FULL: 4,
}

# No server refuses for so long that its answer would differ after this many doublings.
_MAX_DOUBLINGS = 16


def next_attempt_at(
    due_since: datetime,
    failed_attempts: int,
    now: datetime,
    *,
    rule: RetryRule,
    jitter: float,
    reason: Reason | None = None,
) -> datetime | None:
    """When to try again after `failed_attempts` (>= 1), the last of them for `reason`; None once it is time to give up.

    `due_since` is when the message was first due: a message scheduled for next week is not old then.
    `jitter`, in [0, 1), lengthens the wait by up to 20 % so that a thousand deferred messages do not all
    come back in the same second. The last try falls on the limit itself rather than being dropped."""
    gives_up_at = due_since + rule.max_age
    if now >= gives_up_at:
        return None
    doublings = min(failed_attempts - 1, _MAX_DOUBLINGS)
    first = rule.first * (_SLOWER.get(reason, 1) if reason else 1)
    wait = min(first * (1 << doublings), rule.longest) * (1 + 0.2 * jitter)
    return min(now + wait, gives_up_at)
