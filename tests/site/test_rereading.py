"""Evidence read again by better rules: what would change is shown, then done, and what was said before is kept."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.processes import reclassify
from bienrecu.store import record
from bienrecu.store.models import Attempt, Event, Recipient, Rereading, Suppression
from tests.builders import a_recipient

pytestmark = pytest.mark.django_db

FULL = "552 5.2.2 Mailbox full"


def refused(words: str, believed: Reason) -> Recipient:
    """Somebody whose server said `words`, which an older version took for `believed`."""
    row = a_recipient(status=Status.REQUESTED)
    now = timezone.now()
    attempt = Attempt.objects.create(recipient=row, started_at=now, ended_at=now, stage="rcpt", reply=words)
    event = record.NewEvent(row.id, Kind.REFUSED, now, "attempt:1", believed, words, attempt_id=attempt.id)
    record.add([event])
    row.refresh_from_db()
    return row


def test_what_would_change_is_shown_and_nothing_is_changed(capsys: Any) -> None:
    row = refused(FULL, Reason.ADDRESS_UNKNOWN)
    assert reclassify.run(apply=False) == 0
    said = capsys.readouterr().out
    assert "1  refused: address_unknown -> mailbox_full" in said and FULL in said and "--apply" in said
    row.refresh_from_db()
    assert (row.reason, Rereading.objects.count()) == (Reason.ADDRESS_UNKNOWN, 0)


def test_on_request_reason_status_and_suppression_follow_and_the_history_is_kept(capsys: Any) -> None:
    row = refused(FULL, Reason.ADDRESS_UNKNOWN)
    assert row.status == Status.SEND_ERROR and Suppression.objects.filter(lifted_at=None).exists()
    reclassify.run(apply=True)
    row.refresh_from_db()
    assert (row.status, row.reason) == (Status.RECEPTION_IMPOSSIBLE, Reason.MAILBOX_FULL)
    assert not Suppression.objects.filter(lifted_at=None).exists()
    before = Rereading.objects.get()
    assert (before.reason_before, before.reason_after) == (Reason.ADDRESS_UNKNOWN, Reason.MAILBOX_FULL)
    assert Event.objects.get(key="attempt:1").words == FULL
    reclassify.run(apply=True)
    assert "Nothing changes" in capsys.readouterr().out


def test_an_address_that_turns_out_to_be_unknown_is_held_back() -> None:
    row = refused("550 5.1.1 User unknown", Reason.POLICY)
    reclassify.run(apply=True)
    assert Suppression.objects.get(lifted_at=None).address == row.address.lower()


def test_what_only_a_code_says_holds_nobody_back() -> None:
    refused("550 No", Reason.POLICY)
    reclassify.run(apply=True)
    assert not Suppression.objects.exists()


def test_of_evidence_read_before_it_was_noted_how_sure_it_is_follows_and_what_a_guess_held_back_is_written_to_again(
    capsys: Any,
) -> None:
    row = refused("550 No", Reason.ADDRESS_UNKNOWN)
    assert Suppression.objects.filter(lifted_at=None).exists()
    reclassify.run(apply=True)
    assert "address_unknown (how sure was not noted) -> address_unknown (guess)" in capsys.readouterr().out
    row.refresh_from_db()
    assert (row.status, row.reason) == (Status.SEND_ERROR, Reason.ADDRESS_UNKNOWN)
    assert not Suppression.objects.filter(lifted_at=None).exists()
    assert not Rereading.objects.exists()


def test_what_we_said_ourselves_is_not_read_as_a_servers_words(capsys: Any) -> None:
    refused("Bien Reçu: no mail server answers", Reason.CONNECTION_FAILED)
    reclassify.run(apply=False)
    assert "Nothing changes" in capsys.readouterr().out


def test_a_disabled_mailbox_is_written_to_again_after_its_time_and_an_unknown_address_is_not() -> None:
    refused("550 5.2.1 This mailbox is disabled", Reason.MAILBOX_DISABLED)
    refused("550 5.1.1 User unknown", Reason.ADDRESS_UNKNOWN)
    assert record.end_suppressions(timezone.now()) == 0
    assert record.end_suppressions(timezone.now() + timedelta(days=91)) == 1
    assert [one.reason for one in Suppression.objects.filter(lifted_at=None)] == [Reason.ADDRESS_UNKNOWN]
