"""What figures say of a reputation: `bienrecu/domain/reputation.py`."""

import pytest

from bienrecu.domain.reputation import (
    PEAK,
    PEAK_SAMPLE,
    USUAL_DAYS,
    Counts,
    Level,
    is_sudden,
    of_addresses,
    of_complaints,
)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (Counts(sent=1000, complaints=1), Level.FINE),  # anybody may slip
        (Counts(sent=10_000, complaints=9), Level.FINE),
        (Counts(sent=10_000, complaints=10), Level.WATCH),
        (Counts(sent=10_000, complaints=30), Level.ACT),
        (Counts(sent=49, complaints=20), Level.FINE),  # too few to judge
    ],
)
def test_complaints_are_a_share(counts: Counts, expected: Level) -> None:
    assert of_complaints(counts) is expected


@pytest.mark.parametrize(("sent", "bad", "expected"), [(50, 0, 0), (50, 1, 1), (100, 4, 1), (100, 5, 2), (49, 49, 0)])
def test_addresses_that_do_not_exist_are_a_share(sent: int, bad: int, expected: int) -> None:
    assert of_addresses(Counts(sent=sent, refused=bad, bad_addresses=bad)) == expected


def test_sudden_is_beside_the_days_before_on_which_anything_was_sent() -> None:
    assert not is_sudden([], 10_000)
    assert not is_sudden([100, 0, 0, 100], PEAK * 100)
    assert is_sudden([100, 0, 0, 0, 100], PEAK * 100 + 1)
    assert not is_sudden([1, 1, 1], PEAK_SAMPLE - 1)


def test_sudden_forgets_what_was_usual_long_ago() -> None:
    assert is_sudden([1000] * 60 + [100] * USUAL_DAYS, 900)
    assert not is_sudden([100] * 60 + [1000] * USUAL_DAYS, 900)
