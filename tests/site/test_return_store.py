"""From a mail that came back to the status it proves: `bienrecu/adapters/return_store.py`."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from bienrecu.adapters.return_store import ReturnStore
from bienrecu.domain.event import Kind
from bienrecu.domain.status import Flag, Status
from bienrecu.returns.return_path import ReturnPaths
from bienrecu.store import record
from bienrecu.store.models import Recipient, Report, Suppression
from tests.site.parties import posted
from tests.site.returns import a_report

pytestmark = pytest.mark.django_db(transaction=True)


async def came_back(row: Recipient, raw: bytes) -> Recipient:
    await ReturnStore().keep(raw, "", [row.token])
    found = await Recipient.objects.aget(id=row.id)
    await sync_to_async(connections.close_all)()  # those of the thread that asked
    return found


def delivered(address: str = "awa@exemple.fr") -> Recipient:
    [row] = posted(address)
    record.add([record.NewEvent(row.id, Kind.DELIVERED, row.requested_at, "attempt:1")])
    return row


def test_delivered_then_a_bounce_5_1_1_is_an_error_and_both_facts_are_kept() -> None:
    row = delivered()
    row = asyncio.run(came_back(row, a_report(("awa@exemple.fr", "failed", "5.1.1"))))
    assert (row.status, row.reason) == (Status.SEND_ERROR, "address_unknown")
    assert row.flags & Flag.LATE_RETURN
    assert {"delivered", "returned"} <= set(row.events.values_list("kind", flat=True))


def test_late_5_2_2_is_mailbox_full_and_nothing_is_suppressed() -> None:
    row = asyncio.run(came_back(delivered(), a_report(("awa@exemple.fr", "failed", "5.2.2"))))
    assert (row.status, row.reason) == (Status.RECEPTION_IMPOSSIBLE, "mailbox_full")
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("status", "said", "certainty", "held"),
    [
        ("5.1.1", "User unknown", "sure", True),
        ("5.1.1", "No", "likely", True),
        ("5.0.0", "No (in reply to RCPT TO command)", "guess", False),
    ],
)
def test_a_guess_from_a_late_report_sets_no_address_aside(status: str, said: str, certainty: str, held: bool) -> None:
    report = a_report(("awa@exemple.fr", "failed", status))
    row = asyncio.run(
        came_back(delivered(), report.replace(b"550 " + status.encode() + b" said the server", f"550 {said}".encode()))
    )
    assert row.status == Status.SEND_ERROR
    assert row.events.get(kind="returned").certainty == certainty
    assert Suppression.objects.exists() is held


def test_a_report_with_three_recipients_delivered_failed_delayed_tells_of_the_right_one() -> None:
    about_three = a_report(
        ("paul@exemple.fr", "delivered", "2.0.0"),
        ("awa@exemple.fr", "failed", "5.1.1"),
        ("noe@exemple.fr", "delayed", "4.4.1"),
    )
    rows = posted("paul@exemple.fr", "awa@exemple.fr", "noe@exemple.fr")
    found = [asyncio.run(came_back(row, about_three)) for row in rows]
    assert [row.status for row in found] == [Status.RECEIVED, Status.SEND_ERROR, Status.SENT]


def test_a_report_naming_an_address_we_never_wrote_to_is_kept_and_nobody_is_suppressed() -> None:
    row = delivered()
    about_strangers = a_report(("x@ailleurs.fr", "failed", "5.1.1"), ("y@ailleurs.fr", "failed", "5.1.1"))
    row = asyncio.run(came_back(row, about_strangers))
    assert row.status == Status.RECEIVED
    assert Report.objects.get().recipient == row
    assert not Suppression.objects.exists()


def test_a_report_of_where_it_was_forwarded_to_fails_the_message_and_suppresses_nobody() -> None:
    row = asyncio.run(came_back(delivered(), a_report(("ailleurs@autre.fr", "failed", "5.1.1"))))
    assert row.status == Status.SEND_ERROR
    assert not Suppression.objects.exists()


def test_a_forged_report_moves_nothing() -> None:
    """Who does not know a signed return address cannot name a recipient."""
    row = delivered()
    paths = ReturnPaths(b"k" * 32, "r.{token}@returns.exemple.test")
    forged = paths.address(row.token)[:-30] + "a" * 5 + paths.address(row.token)[-25:]
    assert paths.token_of(forged) is None
    asyncio.run(ReturnStore().keep(a_report(("awa@exemple.fr", "failed", "5.1.1")), "", [None]))
    row.refresh_from_db()
    assert row.status == Status.RECEIVED
    assert Report.objects.get().recipient is None


def test_out_of_office_proves_reception_and_is_no_failure() -> None:
    [row] = posted()
    away = b"From: awa@exemple.fr\nSubject: Absente\nAuto-Submitted: auto-replied\n\nDe retour lundi.\n"
    row = asyncio.run(came_back(row, away))
    assert row.status == Status.RECEIVED
    assert not Suppression.objects.exists()


def test_an_ip_block_suppresses_nobody() -> None:
    blocked = a_report(("awa@exemple.fr", "failed", "5.7.1")).replace(
        b"said the server", b"Client host [192.0.2.1] blocked using zen.spamhaus.org"
    )
    row = asyncio.run(came_back(delivered(), blocked))
    assert (row.status, row.reason) == (Status.RECEPTION_IMPOSSIBLE, "ip_blocklisted")
    assert not Suppression.objects.exists()


def test_the_recipient_that_failed_is_the_one_named() -> None:
    first, second = posted("awa@exemple.fr", "noe@exemple.fr")
    both = a_report(("awa@exemple.fr", "delivered", "2.0.0"), ("noe@exemple.fr", "failed", "5.1.1"))
    assert asyncio.run(came_back(first, both)).status == Status.RECEIVED
    assert asyncio.run(came_back(second, both)).status == Status.SEND_ERROR
    assert [held.address for held in Suppression.objects.all()] == ["noe@exemple.fr"]


def test_duplicate_and_reversed_reports_give_the_same_state() -> None:
    failed, late = a_report(("awa@exemple.fr", "failed", "5.2.2")), a_report(("awa@exemple.fr", "delayed", "4.2.2"))
    one, other = posted("awa@exemple.fr"), posted("awa@exemple.fr", key="two")
    for raw in (failed, failed, late):
        one = [asyncio.run(came_back(one[0], raw))]
    for raw in (late, failed):
        other = [asyncio.run(came_back(other[0], raw))]
    assert (one[0].status, one[0].reason, one[0].flags) == (other[0].status, other[0].reason, other[0].flags)


def test_a_reply_longer_than_250_characters_is_kept_whole() -> None:
    words = b"said the server " + b"x" * 900
    row = asyncio.run(
        came_back(delivered(), a_report(("awa@exemple.fr", "failed", "5.1.1")).replace(b"said the server", words))
    )
    assert "x" * 900 in row.events.get(kind="returned").words


def test_what_a_crash_left_unread_is_read_at_the_next_start() -> None:
    row = delivered()
    asyncio.run(came_back(row, a_report(("awa@exemple.fr", "failed", "5.1.1"))))
    Report.objects.update(kind="")
    asyncio.run(ReturnStore().read_waiting())
    assert Report.objects.get().kind == "report"
    assert row.events.filter(kind="returned").count() == 1


async def test_signs_that_no_database_keeps_lose_no_report() -> None:
    row = await sync_to_async(delivered)()
    raw = a_report(("awa@exemple.fr", "failed", "5.1.1")).replace(
        b"said the server", b"said\0 the \xff\xed\xa0\x80 server"
    )
    found = await came_back(row, raw.replace(b"Undelivered", b"Undelivered\0"))
    assert found.status == Status.SEND_ERROR
