"""How much a new domain may send each day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.domain.large_operator import CODES, DOMAINS, OTHERS, operator_of
from bienrecu.domain.mailbox_provider import is_mailbox_provider
from bienrecu.domain.reputation import Counts
from bienrecu.domain.warm_up import FIRST, LAST_STEP, allowance, shares, steps

TODAY = date(2027, 1, 5)


def spread(count: int, operator: str = "gmail", **others: object) -> list[tuple[date, int]]:
    known = {"today": TODAY, "first": TODAY, "steps": 0, "taken": {}} | others
    return list(shares(count, operator, **known))  # type: ignore[arg-type]


def test_the_first_days_are_fifty_for_each_large_operator_and_a_hundred_for_all_others() -> None:
    assert [allowance(step, "gmail") for step in (0, 2, 3, 6)] == [50, 50, 75, 112]
    assert [allowance(step, OTHERS) for step in (0, 3)] == [100, 150]


@pytest.mark.parametrize("operator", CODES)
def test_it_never_doubles_within_three_days_and_reaches_thousands_in_four_to_six_weeks(operator: str) -> None:
    plan = [allowance(step, operator) or 0 for step in range(LAST_STEP)]
    assert all(later <= 2 * sooner for sooner, later in zip(plan, plan[3:], strict=False))
    assert plan[17] < 1000 < plan[28] < plan[41]
    assert allowance(LAST_STEP, operator) is None


def test_a_day_that_went_well_is_a_step_and_an_idle_or_a_bad_one_is_not() -> None:
    good, idle, trifling = Counts(sent=50), Counts(), Counts(sent=9)
    complaints, refusals = Counts(sent=50, complaints=2), Counts(sent=50, refused=6)
    assert steps([good, idle, good, trifling], "gmail") == 2
    assert steps([good, complaints, refusals], "gmail") == 1
    assert steps([Counts(sent=10**6)] * 100, "gmail") == LAST_STEP


def test_what_is_too_much_for_today_goes_on_the_days_after() -> None:
    assert spread(160) == [(TODAY + timedelta(days=day), count) for day, count in enumerate((50, 50, 50, 10))]


def test_what_a_day_has_let_go_or_promised_is_not_given_twice() -> None:
    taken = {TODAY: 50, TODAY + timedelta(days=1): 20}
    assert spread(40, taken=taken) == [(TODAY + timedelta(days=1), 30), (TODAY + timedelta(days=2), 10)]


def test_what_is_to_leave_later_leaves_no_sooner() -> None:
    assert spread(60, first=TODAY + timedelta(days=9))[0] == (TODAY + timedelta(days=9), 50)


@given(
    st.integers(0, 200_000),
    st.sampled_from(CODES),
    st.integers(0, 60),
    st.dictionaries(st.integers(0, 60).map(lambda n: TODAY + timedelta(days=n)), st.integers(0, 5000)),
)
def test_all_leave_once_and_no_day_has_more_than_its_allowance(
    count: int, operator: str, known: int, taken: dict[date, int]
) -> None:
    found = spread(count, operator, steps=known, taken=taken)
    assert sum(share for _, share in found) == count
    assert [day for day, _ in found] == sorted({day for day, _ in found})
    for day, share in found:
        most = allowance(known + (day - TODAY).days, operator)
        assert most is None or share + taken.get(day, 0) <= most


def test_operators_share_no_domain_and_all_of_theirs_are_for_the_public() -> None:
    named = [domain for domains in DOMAINS.values() for domain in domains]
    assert len(named) == len(set(named))
    assert [domain for domain in named if not is_mailbox_provider(domain)] == []
    assert (operator_of("wanadoo.fr"), operator_of("of.example"), FIRST) == ("orange", OTHERS, 50)
