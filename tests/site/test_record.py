"""The only writer of events and statuses: `bienrecu/store/record.py`."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Flag, Status
from bienrecu.store import record
from bienrecu.store.models import Event, Recipient, SessionCount, Suppression
from tests.site.parties import posted

pytestmark = pytest.mark.django_db


def happens(row: Recipient, kind: Kind, reason: Reason | None = None, *, key: str = "", hours: float = 1) -> Recipient:
    at = row.requested_at + timedelta(hours=hours)
    record.add([record.NewEvent(row.id, kind, at, key or f"{kind}:{hours}", reason)])
    row.refresh_from_db()
    return row


def counts(row: Recipient) -> dict[Status, int]:
    found = SessionCount.objects.filter(session=row.session).values_list("status", "count")
    return {Status(status): count for status, count in found if count}


def test_delivered_then_returned_5_1_1_is_an_error_and_both_facts_are_kept() -> None:
    [row] = posted()
    happens(row, Kind.DELIVERED)
    happens(row, Kind.RETURNED, Reason.ADDRESS_UNKNOWN, hours=2)
    assert row.status == Status.SEND_ERROR
    assert row.flags & Flag.LATE_RETURN
    assert set(row.events.values_list("kind", flat=True)) == {"requested", "delivered", "returned"}


def test_an_address_that_does_not_exist_is_suppressed_with_its_evidence() -> None:
    [row] = posted("Parti@exemple.fr")
    happens(row, Kind.REFUSED, Reason.ADDRESS_UNKNOWN)
    held = Suppression.objects.get(address="parti@exemple.fr")
    assert held.event == row.events.get(kind="refused")


@pytest.mark.parametrize(
    "reason", [Reason.MAILBOX_FULL, Reason.IP_BLOCKLISTED, Reason.SPAM_CONTENT, Reason.UNDETERMINED]
)
def test_neither_a_full_mailbox_nor_our_own_trouble_suppresses_anybody(reason: Reason) -> None:
    [row] = posted()
    happens(row, Kind.RETURNED, reason)
    assert row.status == Status.RECEPTION_IMPOSSIBLE
    assert not Suppression.objects.exists()


def test_a_report_that_comes_twice_happens_once() -> None:
    [row] = posted()
    for _ in range(2):
        happens(row, Kind.RETURNED, Reason.MAILBOX_FULL, key="report:1")
    assert Event.objects.filter(recipient=row, kind="returned").count() == 1


def test_the_counts_of_a_session_follow_every_change() -> None:
    first, second = posted("a@exemple.fr", "b@exemple.fr")
    assert counts(first) == {Status.REQUESTED: 2}
    happens(first, Kind.DELIVERED)
    happens(second, Kind.REFUSED, Reason.POLICY)
    happens(first, Kind.CONFIRMED, hours=2)
    assert counts(first) == {Status.OPENED: 1, Status.RECEPTION_IMPOSSIBLE: 1}


def test_one_recipients_event_touches_nobody_else() -> None:
    first, second = posted("a@exemple.fr", "b@exemple.fr")
    happens(first, Kind.REFUSED, Reason.ADDRESS_UNKNOWN)
    second.refresh_from_db()
    assert second.status == Status.REQUESTED


def test_an_event_of_the_past_that_comes_late_is_put_in_its_place() -> None:
    [row] = posted()
    happens(row, Kind.CONFIRMED, hours=5)
    happens(row, Kind.OPENED, hours=2)
    assert row.since == row.requested_at + timedelta(hours=2)
    assert timezone.is_aware(row.since)
