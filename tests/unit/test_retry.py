"""When to try again: `bienrecu/domain/retry.py`."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bienrecu.domain.reason import Reason
from bienrecu.domain.retry import RetryRule, next_attempt_at

START = datetime(2027, 1, 5, 9, 14, tzinfo=UTC)
RULE = RetryRule()


def test_waits_grow_until_the_longest_one() -> None:
    waits = [next_attempt_at(START, failed, START, rule=RULE, jitter=0) - START for failed in range(1, 12)]
    assert waits[:4] == [timedelta(minutes=m) for m in (3, 6, 12, 24)]
    assert waits == sorted(waits)
    assert waits[-1] == RULE.longest


def test_after_72_hours_nothing_more_is_tried_and_the_last_try_falls_on_the_limit() -> None:
    nearly = START + timedelta(hours=71)
    assert next_attempt_at(START, 20, nearly, rule=RULE, jitter=0.9) == START + timedelta(hours=72)
    assert next_attempt_at(START, 21, START + timedelta(hours=72), rule=RULE, jitter=0) is None


@given(st.integers(1, 500), st.integers(0, 100), st.floats(0, 0.999))
def test_the_next_try_is_later_and_never_beyond_the_limit(failed: int, hours: int, jitter: float) -> None:
    now = START + timedelta(hours=hours)
    at = next_attempt_at(START, failed, now, rule=RULE, jitter=jitter)
    assert at is None or now < at <= START + RULE.max_age


def test_the_dice_lengthen_a_wait_by_a_fifth_and_no_more() -> None:
    longest = next_attempt_at(START, 1, START, rule=RULE, jitter=0.999)
    assert longest is not None
    assert timedelta(seconds=210) < longest - START < timedelta(seconds=216)


def test_a_full_mailbox_waits_longer_than_a_greylist() -> None:
    first = {
        reason: next_attempt_at(START, 1, START, rule=RULE, jitter=0, reason=reason) - START
        for reason in (Reason.GREYLISTED, Reason.RATE_LIMITED, Reason.MAILBOX_FULL)
    }
    assert list(first.values()) == [timedelta(minutes=3), timedelta(minutes=3), timedelta(minutes=60)]


@given(st.sampled_from(Reason), st.integers(1, 40))
def test_no_reason_waits_beyond_the_longest_wait(reason: Reason, failed: int) -> None:
    at = next_attempt_at(START, failed, START, rule=RULE, jitter=0, reason=reason)
    assert at is not None and at - START <= RULE.longest
