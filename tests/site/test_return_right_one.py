"""Only the right one is touched: what forged, replayed, foreign, huge and nested reports can move is nothing."""

import asyncio
from typing import Any

import pytest
from django.test import Client

from bienrecu.adapters.return_store import ReturnStore
from bienrecu.domain.event import Kind
from bienrecu.domain.status import Status
from bienrecu.store import record
from bienrecu.store.models import Event, Recipient, Report, Suppression
from tests.site.pages import shown, text
from tests.site.parties import an_organisation, posted
from tests.site.returns import a_report

pytestmark = pytest.mark.django_db(transaction=True)

UNKNOWN = ("failed", "5.1.1")


def delivered(*addresses: str, **fields: Any) -> list[Recipient]:
    rows = posted(*addresses, **fields)
    record.add([record.NewEvent(row.id, Kind.DELIVERED, row.requested_at, "attempt:1") for row in rows])
    return rows


def keep(raw: bytes, *tokens: str | None, rewritten: bool = False) -> None:
    asyncio.run(ReturnStore(rewritten=rewritten).keep(raw, "", list(tokens)))


def statuses() -> list[str]:
    return list(Recipient.objects.order_by("id").values_list("status", flat=True))


def nothing_moved(before: int) -> bool:
    """All are where they were: received; no event came, no address is held back."""
    return set(statuses()) == {Status.RECEIVED} and Event.objects.count() == before and not Suppression.objects.exists()


def about(row: Recipient, report: bytes, *, envid: str = "", message_id: str = "") -> bytes:
    """`report`, saying by its ENVID or by the message it returns that it is about `row`."""
    if envid:
        report = report.replace(b"Reporting-MTA:", f"Original-Envelope-Id: {envid}\nReporting-MTA:".encode())
    returned = f"\n--b\nContent-Type: message/rfc822\n\nMessage-ID: {message_id}\nTo: {row.address}\n\nBonjour\n--b--\n"
    return report.replace(b"\n--b--\n", returned.encode()) if message_id else report


def test_a_report_that_came_to_no_return_address_moves_nothing_however_much_it_knows() -> None:
    [row] = delivered("awa@exemple.fr")
    before = Event.objects.count()
    known = about(row, a_report((row.address, *UNKNOWN)), envid=row.token, message_id=f"<{row.msg_id}>")
    keep(known, None)
    assert nothing_moved(before)
    assert Report.objects.get().recipient is None


def test_a_report_replayed_ten_times_counts_once_and_one_changed_by_a_byte_changes_nothing_more() -> None:
    [row] = delivered("awa@exemple.fr")
    report = a_report((row.address, *UNKNOWN))
    for _ in range(10):
        keep(report, row.token)
    assert row.events.filter(kind=Kind.RETURNED).count() == 1
    keep(report + b"\n", row.token)
    assert (Report.objects.count(), statuses()) == (2, [Status.SEND_ERROR])
    assert Suppression.objects.count() == 1


def test_a_report_replayed_to_another_recipient_s_return_address_does_not_touch_the_first() -> None:
    awa, noe = delivered("awa@exemple.fr", "noe@exemple.fr")
    before = Event.objects.count()
    two = a_report((awa.address, *UNKNOWN), ("paul@exemple.fr", *UNKNOWN))
    keep(two, noe.token)
    assert nothing_moved(before)
    assert Report.objects.get().recipient == noe


def test_a_report_for_another_tenant_s_recipient_moves_neither_and_is_kept_with_whose_address_it_came_to() -> None:
    [ours] = delivered("awa@exemple.fr")
    other = an_organisation("autre", name="Autre")
    [theirs] = delivered("noe@exemple.fr", organisation=other)
    before = Event.objects.count()
    keep(about(theirs, a_report((theirs.address, "failed", "5.1.1"), ("x@y.fr", *UNKNOWN))), ours.token)
    assert nothing_moved(before)
    assert Report.objects.get().organisation == ours.organisation


def test_a_report_with_ten_thousand_recipients_moves_nothing_unless_it_names_whom_it_came_back_for() -> None:
    [row] = delivered("awa@exemple.fr")
    before = Event.objects.count()
    keep(a_report(*((f"p{number}@exemple.fr", *UNKNOWN) for number in range(10_000))), row.token)
    assert nothing_moved(before)
    assert Report.objects.count() == 1


def test_a_report_nested_200_deep_moves_nothing() -> None:
    [row] = delivered("awa@exemple.fr")
    before = Event.objects.count()
    raw = a_report((row.address, *UNKNOWN))
    for level in range(200):
        raw = b"From: a@b.fr\nContent-Type: multipart/mixed; boundary=n%d\n\n--n%d\n%b\n--n%d--\n" % (
            level,
            level,
            raw,
            level,
        )
    keep(raw, row.token)
    assert nothing_moved(before)
    assert bytes(Report.objects.get().raw) == raw


def test_a_report_enclosed_in_somebody_s_letter_moves_nothing() -> None:
    [row] = delivered("awa@exemple.fr")
    before = Event.objects.count()
    enclosed = b"From: x@y.fr\nSubject: Fwd\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\nRegarde\n--o\n"
    keep(enclosed + b"Content-Type: message/rfc822\n\n" + a_report((row.address, *UNKNOWN)) + b"\n--o--\n", row.token)
    assert nothing_moved(before)


@pytest.mark.parametrize("by", ["envid", "message_id"])
def test_where_a_relay_rewrites_the_return_path_message_and_recipient_together_count_less_certainly(by: str) -> None:
    awa, noe = delivered("awa@exemple.fr", "noe@exemple.fr")
    says = {"envid": {"envid": awa.token}, "message_id": {"message_id": f"<{awa.msg_id}>"}}[by]
    report = about(awa, a_report((awa.address, *UNKNOWN), (noe.address, *UNKNOWN)), **says)
    keep(report, None, rewritten=True)
    keep(report, None, rewritten=True)
    assert statuses() == [Status.SEND_ERROR, Status.RECEIVED]
    assert awa.events.filter(kind=Kind.RETURNED).count() == 1
    assert Report.objects.order_by("id")[0].is_less_certain
    assert not Suppression.objects.exists()


def test_the_page_says_that_such_a_report_is_less_certain(client: Client) -> None:
    [awa] = delivered("awa@exemple.fr")
    report = a_report((awa.address, *UNKNOWN))
    keep(about(awa, report, envid=awa.token), None, rewritten=True)
    less_certain = "Il est moins sûr"
    assert less_certain in text(shown(client, awa))
    [noe] = delivered("noe@exemple.fr", key="two")
    keep(a_report((noe.address, *UNKNOWN)), noe.token)
    assert less_certain not in text(shown(client, noe))


def test_where_a_relay_rewrites_it_an_address_alone_or_a_message_alone_moves_nothing() -> None:
    awa, noe = delivered("awa@exemple.fr", "noe@exemple.fr")
    before = Event.objects.count()
    keep(a_report((awa.address, *UNKNOWN)), None, rewritten=True)
    keep(about(noe, a_report((awa.address, *UNKNOWN)), message_id=f"<{noe.msg_id}>"), None, rewritten=True)
    keep(about(awa, a_report((awa.address, *UNKNOWN)), message_id=f"<{awa.token}@ailleurs.fr>"), None, rewritten=True)
    assert nothing_moved(before)
    assert Report.objects.filter(recipient=None).count() == 3


def test_a_notice_in_words_cannot_name_somebody_else() -> None:
    awa, noe = delivered("awa@exemple.fr", "noe@exemple.fr")
    notice = f"From: MAILER-DAEMON@x.fr\nSubject: Undelivered Mail\n\n<{awa.address}>: 550 5.1.1 User unknown\n"
    keep(notice.encode(), None, rewritten=True)
    assert statuses() == [Status.RECEIVED, Status.RECEIVED]
    keep(notice.encode(), noe.token)
    awa.refresh_from_db()
    assert awa.status == Status.RECEIVED
    assert not Suppression.objects.exists()


def test_what_is_not_understood_is_kept_with_whom_it_came_back_for() -> None:
    [row] = delivered("awa@exemple.fr")
    before = Event.objects.count()
    keep(b"From: postmaster@x.fr\nSubject: ?\n\n\xff\xfe\x00", row.token)
    assert nothing_moved(before)
    assert (Report.objects.get().kind, Report.objects.get().recipient) == ("not_understood", row)
