"""The durable queue: `bienrecu/store/queue.py`."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from bienrecu.domain.certainty import Certainty
from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Flag, Status
from bienrecu.store import queue
from bienrecu.store.models import Attempt, Recipient, Suppression
from bienrecu.submission.post import cancel
from tests.site.parties import posted

pytestmark = pytest.mark.django_db


def now() -> datetime:
    return timezone.now()


def result(row: Recipient, kind: Kind, reason: Reason | None = None, *, again: timedelta | None = None) -> queue.Result:
    attempt = Attempt(recipient_id=row.id, started_at=now(), ended_at=now(), host="mx.exemple.fr", reply="450 later")
    return queue.Result(row.id, kind, reason, attempt, next_attempt_at=now() + again if again else None)


def test_work_is_claimed_by_one_engine_only() -> None:
    posted("a@exemple.fr", "b@exemple.fr", "c@exemple.fr")
    first = queue.claim("e1", ["exemple.fr"], 2, now())
    second = queue.claim("e2", ["exemple.fr"], 10, now())
    assert (len(first), len(second)) == (2, 1)
    assert not {row.id for row in first} & {row.id for row in second}
    assert queue.claim("e3", ["exemple.fr"], 10, now()) == []


def test_the_agenda_names_every_destination_and_its_earliest_message() -> None:
    rows = posted("a@un.fr", "b@deux.fr", "c@un.fr")
    later = now() + timedelta(hours=1)
    Recipient.objects.filter(id=rows[1].id).update(due_at=later)
    assert queue.agenda() == {"un.fr": rows[0].requested_at, "deux.fr": later}


def test_what_is_scheduled_is_not_claimed_before_its_time() -> None:
    posted(scheduled_at=now() + timedelta(hours=1))
    assert queue.claim("e1", ["exemple.fr"], 10, now()) == []
    assert len(queue.claim("e1", ["exemple.fr"], 10, now() + timedelta(hours=2))) == 1


def test_a_deferred_message_is_due_again_and_says_when() -> None:
    [row] = posted()
    queue.claim("e1", ["exemple.fr"], 1, now())
    queue.write("e1", [result(row, Kind.DEFERRED, Reason.GREYLISTED, again=timedelta(minutes=5))], [])
    row.refresh_from_db()
    assert (row.status, row.reason, row.failed_attempts) == (Status.REQUESTED, "greylisted", 1)
    assert row.due_at and row.due_at > now() + timedelta(minutes=4)
    assert list(queue.agenda()) == ["exemple.fr"]


def test_a_finished_message_leaves_the_queue() -> None:
    [row] = posted()
    queue.claim("e1", ["exemple.fr"], 1, now())
    queue.write("e1", [result(row, Kind.DELIVERED)], [])
    row.refresh_from_db()
    assert (row.status, row.due_at, row.claimed_by) == (Status.RECEIVED, None, None)
    assert row.sent_at is not None
    assert queue.agenda() == {}


def test_what_a_dead_engine_had_claimed_is_given_back_and_what_it_transmitted_is_noted() -> None:
    waiting, cut = posted("a@exemple.fr", "b@exemple.fr")
    long_ago = now() - timedelta(minutes=1)
    queue.beat("dead", "host", long_ago)
    queue.claim("dead", ["exemple.fr"], 2, now())
    queue.write("dead", [], [cut.id])
    assert queue.beat("alive", "host", now()) == ["alive"]
    assert {row.id for row in queue.claim("alive", ["exemple.fr"], 9, now())} == {waiting.id, cut.id}
    assert list(waiting.events.values_list("kind", flat=True)) == ["requested"]
    queue.write("alive", [result(waiting, Kind.DELIVERED), result(cut, Kind.DELIVERED)], [])
    cut.refresh_from_db()
    waiting.refresh_from_db()
    assert cut.flags & Flag.POSSIBLE_DUPLICATE
    assert not waiting.flags & Flag.POSSIBLE_DUPLICATE


def test_an_engine_that_was_taken_for_dead_may_not_transmit_what_was_taken_from_it() -> None:
    [row] = posted()
    queue.beat("paused", "host", now() - timedelta(minutes=1))
    queue.claim("paused", ["exemple.fr"], 1, now())
    queue.beat("alive", "host", now())
    assert queue.write("paused", [], [row.id]) == set()


def test_a_live_engine_keeps_its_claims() -> None:
    posted()
    queue.beat("e1", "host", now())
    queue.claim("e1", ["exemple.fr"], 1, now())
    assert queue.beat("e2", "host", now()) == ["e1", "e2"]
    assert queue.agenda() == {}


def test_what_was_claimed_and_not_attempted_is_given_back_on_a_stop_in_good_order() -> None:
    [row] = posted()
    queue.claim("e1", ["exemple.fr"], 1, now())
    queue.release("e1", [row.id])
    assert list(queue.agenda()) == ["exemple.fr"]


def test_a_result_recorded_twice_happened_once() -> None:
    [row] = posted()
    queue.claim("e1", ["exemple.fr"], 1, now())
    accepted = result(row, Kind.DELIVERED)
    queue.write("e1", [accepted], [])
    accepted.attempt.pk = None
    queue.write("e1", [accepted], [])
    assert row.events.filter(kind="delivered").count() == 1


@pytest.mark.parametrize(("certainty", "held"), [("sure", True), ("likely", True), ("guess", False)])
def test_a_guess_from_a_mere_code_holds_nobody_back(certainty: Certainty, held: bool) -> None:
    [row] = posted()
    queue.claim("e1", ["exemple.fr"], 1, now())
    refused = replace(result(row, Kind.REFUSED, Reason.ADDRESS_UNKNOWN), certainty=certainty)
    queue.write("e1", [refused], [])
    assert Suppression.objects.exists() is held
    assert row.events.get(kind="refused").certainty == certainty
    assert Recipient.objects.get().status == Status.SEND_ERROR


def test_an_engine_gives_back_what_it_claimed_without_knowing() -> None:
    known, unknown = posted("a@exemple.fr", "b@exemple.fr")
    queue.claim("e1", ["exemple.fr"], 2, now())
    queue.release_others("e1", {known.id})
    assert [row.id for row in queue.claim("e2", ["exemple.fr"], 9, now())] == [unknown.id]


def test_a_scheduled_message_can_be_cancelled_until_an_engine_takes_it() -> None:
    [row] = posted(scheduled_at=now() + timedelta(hours=1))
    [taken] = posted(key="two", scheduled_at=now())
    queue.claim("e1", ["exemple.fr"], 1, now() + timedelta(seconds=1))
    assert cancel(row.message, by=None)
    assert not cancel(taken.message, by=None)
    assert list(Recipient.objects.all()) == [taken]


def test_the_queue_index_holds_due_rows_only() -> None:
    """What keeps the cost of a claim from growing with history: the plan uses the partial index."""
    from django.db import connection

    due = Recipient.objects.filter(destination="a", due_at__lte=now(), claimed_by__isnull=True).order_by("due_at")
    if connection.vendor == "sqlite":
        assert "USING INDEX queue" in due.values_list("id")[:10].explain()
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            assert "queue" in due.values_list("id")[:10].explain()
