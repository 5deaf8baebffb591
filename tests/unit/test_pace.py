"""How fast a set of servers wants it, as its answers tell."""

from hypothesis import given
from hypothesis import strategies as st

from bienrecu.delivery.pace import FIRST_PAUSE, LONGEST_PAUSE, Pace


def troubled(limit: int = 5, times: int = 1) -> tuple[Pace, float]:
    """After so many troubles in a row, and the moment the latest pause ended."""
    pace, now = Pace(limit), 0.0
    for _ in range(times):
        now += pace.too_fast(now, 0.0)
    return pace, now


def test_a_server_that_never_complained_gets_all_it_allows() -> None:
    pace = Pace(5)
    assert (pace.connections, pace.is_paused(0.0), pace.in_doubt) == (5, False, False)


def test_being_told_to_slow_down_pauses_and_halves_the_connections() -> None:
    pace = Pace(5)
    assert pace.too_fast(100.0, 0.0) == FIRST_PAUSE
    assert pace.is_paused(100.0 + FIRST_PAUSE - 0.1)
    assert not pace.is_paused(100.0 + FIRST_PAUSE)
    assert pace.connections == 2


def test_pauses_double_up_to_a_quarter_of_an_hour() -> None:
    pace, now, pauses = Pace(5), 0.0, []
    for _ in range(10):
        pauses.append(pace.too_fast(now, 0.0))
        now += pauses[-1]
    assert pauses == [10, 20, 40, 80, 160, 320, 640, 900, 900, 900]
    assert pauses[-1] == LONGEST_PAUSE


def test_five_connections_thrown_out_at_once_are_one_complaint() -> None:
    pace = Pace(5)
    assert [pace.too_fast(0.0, 0.0) for _ in range(5)] == [FIRST_PAUSE, 0, 0, 0, 0]


def test_trust_comes_back_one_connection_at_a_time() -> None:
    pace, _ = troubled()
    seen = []
    for _ in range(100):
        pace.passed(0.1)
        seen.append(pace.connections)
    assert [seen[n] for n in (18, 19, 38, 39, 59, 99)] == [2, 3, 3, 4, 5, 5]
    assert not pace.in_doubt


def test_each_new_trouble_makes_us_wait_longer_before_we_try_one_connection_more() -> None:
    def passes_until_wider(times: int) -> int:
        pace, _ = troubled(times=times)
        passes = 0
        while pace.connections == 1 or passes == 0:
            pace.passed(0.1)
            passes += 1
        return passes

    assert [passes_until_wider(times) for times in (2, 3, 4)] == [40, 80, 160]


def test_a_single_doubtful_refusal_is_about_its_message_three_in_a_row_are_about_us() -> None:
    pace = Pace(5)
    assert [pace.suspicious(0.0, 0.0), pace.suspicious(0.0, 0.0)] == [0, 0]
    pace.passed(0.1)
    assert [pace.suspicious(0.0, 0.0) for _ in range(3)] == [0, 0, FIRST_PAUSE]


def test_a_server_nobody_can_reach_is_down_until_the_pause_ends_then_tried_with_one_connection() -> None:
    pace = Pace(5)
    pause = pace.unreachable(0.0, 0.5)
    assert pause == FIRST_PAUSE * 1.1
    assert pace.is_down(pause - 0.1)
    assert not pace.is_down(pause)
    assert pace.connections == 1


def test_only_a_complaint_that_lasts_makes_a_server_count_as_down() -> None:
    down = [troubled(times=times)[0].is_down(troubled(times=times)[1] - 0.1) for times in range(1, 9)]
    assert down == [False] * 6 + [True] * 2


def test_a_server_that_answers_again_is_not_down_whatever_was() -> None:
    pace = Pace(5)
    now = pace.unreachable(0.0, 0.0)
    pace.passed(0.1)
    pace.too_fast(now, 0.0)
    assert not pace.is_down(now)


def test_old_troubles_are_forgotten_after_an_hour() -> None:
    pace, now = troubled(times=3)
    assert not pace.is_forgotten(now + 3500)
    assert pace.is_forgotten(now + 3700)


def test_of_an_unknown_server_one_message_per_connection_is_claimed() -> None:
    assert Pace(5).appetite(5) == 5


def test_a_quick_server_is_claimed_for_half_a_minute_ahead_and_a_hundred_messages_at_most() -> None:
    pace = Pace(5)
    for _ in range(30):
        pace.passed(2.0)
    assert 74 <= pace.appetite(5) <= 75
    for _ in range(30):
        pace.passed(0.0)
    assert pace.appetite(5) == 100


CALLS = st.lists(st.tuples(st.sampled_from(["passed", "too_fast", "suspicious", "unreachable"]), st.floats(0, 2000)))


@given(st.integers(1, 50), CALLS)
def test_whatever_a_server_does_it_keeps_one_connection_and_never_more_than_it_allows(
    limit: int, calls: list[tuple[str, float]]
) -> None:
    pace, now = Pace(limit), 0.0
    for name, seconds in calls:
        now += seconds
        if name == "passed":
            pace.passed(seconds)
        else:
            assert 0 <= getattr(pace, name)(now, 0.999) <= LONGEST_PAUSE * 1.2
        assert 1 <= pace.connections <= limit
        assert 1 <= pace.appetite(pace.connections) <= 100
    assert not pace.is_paused(now + LONGEST_PAUSE * 1.2)
