"""One e-mail, and the sessions: `bienrecu/store/queries/emails.py`, `sessions.py`."""

import hashlib
from datetime import date

import pytest

from bienrecu.domain.status import Status
from bienrecu.store.models import RecipientContent
from bienrecu.store.queries import emails, sessions
from tests.builders import RAW, a_message, a_recipient, a_session, an_organisation

pytestmark = pytest.mark.django_db
SIGNATURE = b"DKIM-Signature: v=1; a=rsa-sha256; d=exemple.fr\r\n"


def test_the_exact_bytes_are_signatures_then_what_is_theirs_then_what_is_shared() -> None:
    row = a_recipient(message=a_message(tail=b"--x\r\nattachment\r\n--x--\r\n"), raw=RAW + b"for Awa alone\r\n")
    sent = SIGNATURE + RAW + b"for Awa alone\r\n--x\r\nattachment\r\n--x--\r\n"
    digest = hashlib.sha256(sent).hexdigest()
    RecipientContent.objects.filter(recipient=row).update(signatures=SIGNATURE, sha256=digest)
    exact = emails.exact_bytes(row)
    assert exact and exact.data == sent and exact.sha256 == digest and exact.is_intact


def test_bytes_that_are_not_those_that_were_sent_are_told_apart() -> None:
    row = a_recipient()
    RecipientContent.objects.filter(recipient=row).update(sha256="0" * 64)
    exact = emails.exact_bytes(row)
    assert exact and not exact.is_intact


def test_before_it_is_sent_there_is_nothing_to_compare_with() -> None:
    exact = emails.exact_bytes(a_recipient(status=Status.REQUESTED))
    assert exact and exact.sent_sha256 == "" and exact.is_intact


def test_content_that_was_purged_is_simply_not_there() -> None:
    row = a_recipient()
    RecipientContent.objects.filter(recipient=row).delete()
    assert emails.exact_bytes(row) is None


def test_nobody_finds_an_e_mail_or_a_session_of_another_organisation() -> None:
    row, stranger = a_recipient(), an_organisation()
    assert emails.find(row.organisation, row.pk) == row
    assert emails.find(stranger, row.pk) is None
    assert sessions.find(row.organisation, row.session_id) == row.session
    assert sessions.find(stranger, row.session_id) is None


def test_sessions_to_come_stand_first_then_those_past_the_latest_first() -> None:
    organisation, today = an_organisation(), date(2027, 1, 10)
    for title, first, last in [
        ("without a date", None, None),
        ("next month", date(2027, 2, 1), date(2027, 2, 2)),
        ("under way", date(2027, 1, 9), date(2027, 1, 10)),
        ("one day, last week", date(2027, 1, 3), None),
        ("long ago", date(2026, 1, 1), date(2026, 1, 2)),
    ]:
        a_session(organisation, title=title, starts_on=first, ends_on=last)
    a_session(title="of another organisation")
    coming, past = sessions.coming(organisation, today), sessions.past(organisation, today)
    assert [one.session.title for one in coming] == ["under way", "next month", "without a date"]
    assert [one.session.title for one in past] == ["one day, last week", "long ago"]


def test_a_session_tells_how_its_e_mails_stand() -> None:
    session = a_session()
    for status in (Status.RECEIVED, Status.RECEIVED, Status.SEND_ERROR):
        a_recipient(session, status)
    (listed,) = sessions.coming(session.organisation, date(2027, 1, 1))
    assert {status: count for status, count in listed.counts.items() if count} == {
        Status.RECEIVED: 2,
        Status.SEND_ERROR: 1,
    }
