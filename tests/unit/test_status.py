"""What events prove together: `bienrecu/domain/status.py`."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bienrecu.domain.event import Event, Kind
from bienrecu.domain.reason import Reason, facts
from bienrecu.domain.status import PROVES, Flag, Standing, Status, standing

START = datetime(2027, 1, 5, 9, 14, tzinfo=UTC)
EVENTS = st.builds(
    Event,
    st.sampled_from([kind for kind in Kind if kind is not Kind.REQUESTED]),
    st.integers(0, 10).map(lambda hours: START + timedelta(hours=hours)),
    st.sampled_from([None, *Reason]),
)


def after(*happened: Kind | tuple[Kind, Reason]) -> Standing:
    """The standing after a request and what happened since, an hour apart."""
    kinds = [item if isinstance(item, tuple) else (item, None) for item in happened]
    later = [Event(kind, START + timedelta(hours=n), reason) for n, (kind, reason) in enumerate(kinds, 1)]
    return standing([Event(Kind.REQUESTED, START), *later])


def test_silence_of_72_h_stays_envoye() -> None:
    """Time is no argument of `standing`: nothing but an event can move what was handed over."""
    handed = after(Kind.HANDED_OVER)
    assert (handed.status, handed.since) == (Status.SENT, START + timedelta(hours=1))


def test_delivered_then_a_bounce_5_1_1_is_an_error_and_both_facts_are_kept() -> None:
    found = after(Kind.DELIVERED, (Kind.RETURNED, Reason.ADDRESS_UNKNOWN))
    assert found.status is Status.SEND_ERROR
    assert found.reason is Reason.ADDRESS_UNKNOWN
    assert Flag.LATE_RETURN in found.flags


def test_a_late_5_2_2_is_mailbox_full_and_reception_impossible() -> None:
    found = after(Kind.DELIVERED, (Kind.RETURNED, Reason.MAILBOX_FULL))
    assert (found.status, found.reason) == (Status.RECEPTION_IMPOSSIBLE, Reason.MAILBOX_FULL)


def test_out_of_office_proves_reception_and_is_no_failure() -> None:
    found = after(Kind.HANDED_OVER, Kind.AUTO_REPLY)
    assert found.status is Status.RECEIVED
    assert Flag.AUTO_REPLY in found.flags


def test_a_machine_proves_nothing() -> None:
    assert after(Kind.HANDED_OVER, Kind.MACHINE_LOAD).status is Status.SENT


def test_a_human_act_after_a_return_wins_and_says_that_signals_contradict() -> None:
    found = after(Kind.DELIVERED, (Kind.RETURNED, Reason.ADDRESS_UNKNOWN), Kind.CONFIRMED)
    assert found.status is Status.OPENED
    assert Flag.CONTRADICTORY in found.flags


def test_a_complaint_and_a_note_change_no_status() -> None:
    assert after(Kind.DELIVERED, Kind.COMPLAINT, Kind.NOTE).status is Status.RECEIVED


def test_what_waits_says_for_what() -> None:
    found = after((Kind.DEFERRED, Reason.CONNECTION_FAILED), (Kind.DEFERRED, Reason.GREYLISTED))
    assert (found.status, found.reason) == (Status.REQUESTED, Reason.GREYLISTED)


def test_giving_up_keeps_the_last_cause() -> None:
    found = after((Kind.DEFERRED, Reason.MAILBOX_FULL), (Kind.EXPIRED, Reason.MAILBOX_FULL))
    assert (found.status, found.reason) == (Status.RECEPTION_IMPOSSIBLE, Reason.MAILBOX_FULL)
    assert Flag.EXPIRED in found.flags


def test_sent_again_after_an_answer_that_never_came_is_a_possible_duplicate() -> None:
    assert Flag.POSSIBLE_DUPLICATE in after(Kind.INTERRUPTED, Kind.DELIVERED).flags
    assert Flag.POSSIBLE_DUPLICATE in after(Kind.LINE_LOST, Kind.LINE_LOST).flags
    assert Flag.POSSIBLE_DUPLICATE not in after(Kind.LINE_LOST).flags


def test_every_kind_says_what_it_proves_and_every_reason_has_its_facts() -> None:
    assert set(PROVES) == set(Kind)
    assert all(facts(reason).movers for reason in Reason)


def test_only_the_recipients_own_fault_suppresses_an_address() -> None:
    assert {reason for reason in Reason if facts(reason).suppresses} == {
        Reason.ADDRESS_UNKNOWN,
        Reason.ADDRESS_MOVED,
        Reason.MAILBOX_DISABLED,
    }


@given(st.lists(EVENTS, max_size=5))
def test_duplicate_and_reversed_events_give_the_same_state(events: list[Event]) -> None:
    story = [Event(Kind.REQUESTED, START), *events]
    told = standing(story)
    assert standing([*reversed(story), *story]) == told
    assert all(standing(order) == told for order in itertools.islice(itertools.permutations(story), 24))


@given(st.lists(EVENTS, min_size=1, max_size=6), EVENTS)
def test_more_evidence_never_weakens_a_status(events: list[Event], one_more: Event) -> None:
    def strength(status: Status) -> int:
        return 3 if status.is_failure else status

    story = [Event(Kind.REQUESTED, START), *events]
    assert strength(standing([*story, one_more]).status) >= strength(standing(story).status)
