"""Sending again, correcting, handing over, reminding, moving: what each does, and that it is done once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bienrecu.domain.audit import Action
from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Flag, Status
from bienrecu.protocol.message import Attachment
from bienrecu.store.models import AuditEntry, Event, Message, Recipient, Suppression
from bienrecu.store.queries import follow_up as queries
from bienrecu.submission.follow_up import failures, hand_over, remind, resend_failures
from bienrecu.submission.post import cancel, post
from bienrecu.submission.request import Person, Refused
from bienrecu.submission.resend import Cause, correct_and_resend, may_resend, resend
from bienrecu.submission.schedule import reschedule
from tests.builders import a_contact, a_recipient, a_session
from tests.site.follow_up import body, camille, failed, lived, mail
from tests.site.parties import a_request, posted

REMINDER = "Rappel\N{NO-BREAK SPACE}: Votre convocation"
pytestmark = pytest.mark.django_db
PDF = Attachment("Convocation été.pdf", "application/pdf", bytes(range(256)) * 20)


# How


def test_a_resend_is_a_row_of_its_own_linked_to_the_first_which_stays_as_it_is() -> None:
    row = failed(Reason.MAILBOX_FULL)
    before = Recipient.objects.values().get(id=row.id)
    by = camille(row)
    [again] = resend([row], by=by, key="k")
    assert (again.resend_of, again.type, again.session, again.status) == (row, row.type, row.session, Status.REQUESTED)
    assert again.message.requested_by == by
    after = Recipient.objects.values().get(id=row.id)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"flags", "unsettled_since"}
    assert Flag(after["flags"]) == Flag.RESENT
    [event] = Event.objects.filter(recipient=row, kind=Kind.RESENT)
    assert (event.by, event.words) == (by, again.address)
    assert AuditEntry.objects.filter(action=Action.EMAIL_RESENT, target=again.address, by=by).count() == 1


def test_the_same_content_goes_out_again_with_links_of_its_own() -> None:
    words = "Bonjour {{ prenom }}, né à {{ ville }} – {% raw %}{{ prenom }}{% endraw %}"
    html = f"<html><body class='x'><p>{words}</p></body></html>"
    person = Person("awa@exemple.fr", "Awa", "Diallo", variables={"ville": "Nîmes"})
    [row] = post(
        a_request(html=html, subject="Pour {{ prenom }}", recipients=[person], attachments=[PDF])
    ).recipients.all()
    lived(row, Kind.REFUSED, Reason.MAILBOX_FULL)
    [again] = resend([row], by=None, key="k")
    assert again.subject == "Pour Awa"
    assert again.message.subject == "Pour {{ prenom }}"
    old, new = body(row), body(again)
    assert "né à Nîmes – {{ prenom }}" in new
    assert old.count("/c/") == new.count("/c/") == 1
    assert old.partition("<!--")[0] == new.partition("<!--")[0]
    assert old != new
    [file] = mail(again).iter_attachments()
    assert (file.get_filename(), file.get_content()) == (PDF.filename, PDF.content)
    assert again.attachment_count == 1
    assert mail(again)["To"].addresses[0].display_name == "Awa Diallo"


def test_a_resend_of_a_resend_has_one_link_to_confirm_too() -> None:
    [row] = posted()
    for key in ("a", "b", "c"):
        lived(row, Kind.REFUSED, Reason.MAILBOX_FULL)
        [row] = resend([row], by=None, key=key)
    assert body(row).count("/c/") == 1
    assert body(row).count("Bonjour") == 1


def test_one_key_sends_once() -> None:
    rows = [failed(Reason.MAILBOX_FULL, session=a_session()) for _ in range(2)]
    rows = [rows[0], failed(Reason.MAILBOX_FULL, session=rows[0].session)]
    first = resend(rows, by=None, key="k")
    assert resend(rows, by=None, key="k") == first
    assert resend(rows[:1], by=None, key="k") == first
    assert Recipient.objects.filter(resend_of__isnull=False).count() == 2


def test_resending_once_more_warns_first() -> None:
    row = failed(Reason.MAILBOX_FULL)
    resend([row], by=None, key="k")
    row.refresh_from_db()
    assert may_resend(row).cause is Cause.RESENT
    with pytest.raises(Refused):
        resend([row], by=None, key="l")
    assert resend([row], by=None, key="l", confirmed=True)


def test_all_or_none() -> None:
    fine = failed(Reason.MAILBOX_FULL)
    with pytest.raises(Refused):
        resend([fine, failed(Reason.ADDRESS_INVALID, session=fine.session)], by=None, key="k")
    assert not Recipient.objects.filter(resend_of__isnull=False).exists()
    fine.refresh_from_db()
    assert fine.unsettled_since


# Correcting


def test_correcting_an_address_updates_the_record_and_sends_to_it() -> None:
    contact = a_contact(email="awa@gmial.com")
    row = failed(contact=contact)
    by = camille(row)
    again = correct_and_resend(row, " awa@gmail.com ", by=by, key="k")
    contact.refresh_from_db()
    assert (contact.email, again.address, again.resend_of) == ("awa@gmail.com", "awa@gmail.com", row)
    entry = AuditEntry.objects.get(action=Action.CONTACT_CHANGED)
    assert entry.detail == {"before": "awa@gmial.com", "after": "awa@gmail.com"}
    row.refresh_from_db()
    assert (row.address, row.status) == ("awa@gmial.com", Status.SEND_ERROR)
    assert correct_and_resend(row, "awa@gmail.com", by=by, key="k") == again
    assert Suppression.objects.get(address="awa@gmial.com").lifted_at is None


def test_somebody_without_a_record_is_written_to_at_the_new_address() -> None:
    row = failed()
    assert correct_and_resend(row, "autre@exemple.fr", by=None, key="k").address == "autre@exemple.fr"


@pytest.mark.parametrize("address", ["awa@gmial.com", "AWA@gmial.com", "sans arobase", ""])
def test_the_same_address_or_none_is_refused_in_words(address: str) -> None:
    row = failed(contact=a_contact(email="awa@gmial.com"))
    with pytest.raises(Refused) as refused:
        correct_and_resend(row, address, by=None, key="k")
    assert refused.value.problems[0].sentence


def test_a_new_address_that_failed_long_ago_is_reactivated_only_by_who_says_so() -> None:
    contact = a_contact(email="awa@gmial.com")
    failed(address="awa@exemple.fr", session=a_session(contact.organisation))
    row = failed(contact=contact, session=a_session(contact.organisation), requested_at=timezone.now())
    with pytest.raises(Refused) as refused:
        correct_and_resend(row, "awa@exemple.fr", by=None, key="k")
    assert refused.value.problems[0].code == Cause.SUPPRESSED
    contact.refresh_from_db()
    assert contact.email == "awa@gmial.com"
    assert correct_and_resend(row, "awa@exemple.fr", by=None, key="k", reactivate=True).due_at


def test_a_new_address_that_failed_since_is_not_reactivated_in_passing() -> None:
    contact = a_contact(email="awa@gmial.com")
    row = failed(contact=contact, session=a_session(contact.organisation))
    failed(address="awa@exemple.fr", session=row.session, requested_at=timezone.now())
    with pytest.raises(Refused):
        correct_and_resend(row, "awa@exemple.fr", by=None, key="k", reactivate=True)
    assert Suppression.objects.get(address="awa@exemple.fr").lifted_at is None


# All at once


def test_all_that_failed_is_sent_again_except_what_needs_more() -> None:
    session = a_session()
    full, wrong = failed(Reason.MAILBOX_FULL, session=session), failed(session=session)
    a_recipient(session, Status.RECEIVED)
    waiting = queries.unsettled_of(session)
    assert failures(waiting).others == [wrong]
    [again] = resend_failures(session.organisation, waiting, by=None, key="k")
    assert again.resend_of == full
    assert resend_failures(session.organisation, waiting, by=None, key="k") == [again]
    assert resend_failures(session.organisation, waiting, by=None, key="another page") == []


def test_failures_of_several_sessions_and_messages_go_again_each_in_its_own() -> None:
    rows = [failed(Reason.MAILBOX_FULL) for _ in range(2)]
    rows.append(failed(Reason.MAILBOX_FULL, session=rows[0].session))
    organisation = rows[0].organisation
    Recipient.objects.update(organisation=organisation)
    Message.objects.update(organisation=organisation)
    again = resend_failures(organisation, rows, by=None, key="k")
    assert [(row.resend_of, row.session_id) for row in again] == [(row, row.session_id) for row in rows]


# Handing over


def test_handing_over_another_way_is_noted_beside_the_status_and_settles_it() -> None:
    row = failed()
    by, at = camille(row), timezone.now()
    assert queries.unsettled_count(row.session) == 1
    for _ in range(2):
        hand_over(row, by=by, at=at, words="Remise en main propre")
    row.refresh_from_db()
    assert (row.status, Flag(row.flags), row.unsettled_since) == (Status.SEND_ERROR, Flag.NOTED, None)
    [event] = Event.objects.filter(recipient=row, kind=Kind.NOTE)
    assert (event.by, event.at, event.words) == (by, at, "Remise en main propre")
    assert AuditEntry.objects.filter(action=Action.HANDED_OVER_OTHERWISE).count() == 1
    assert queries.unsettled_count(row.session) == 0


# Reminding


def test_a_reminder_goes_to_those_who_have_it_and_have_not_confirmed() -> None:
    people = ("a@b.fr", "b@b.fr", "c@b.fr", "d@b.fr", "e@b.fr")
    silent, confirmed, refused, replied, _waiting = posted(*people, attachments=[PDF])
    lived(replied, Kind.REPLIED)
    lived(silent, Kind.DELIVERED)
    lived(confirmed, Kind.CONFIRMED)
    lived(refused, Kind.REFUSED, Reason.MAILBOX_FULL)
    [again] = remind(silent.message, by=None, key="k")
    assert (again.resend_of, again.type) == (silent, "convocation")
    assert again.subject == REMINDER
    assert "n'avons pas encore" in body(again)
    assert "Bonjour Awa" in body(again)
    assert remind(silent.message, by=None, key="k") == [again]
    assert remind(silent.message, by=None, key="l") == []
    lived(again, Kind.DELIVERED)
    assert remind(silent.message, by=None, key="k") == [again]
    assert [row.subject for row in remind(silent.message, by=None, key="m")] == [REMINDER]


def test_who_confirms_the_reminder_is_not_reminded_again() -> None:
    [row] = posted()
    lived(row, Kind.DELIVERED)
    [again] = remind(row.message, by=None, key="k")
    lived(again, Kind.CONFIRMED)
    assert remind(row.message, by=None, key="l") == []
    [counted] = queries.confirmations(row.session, timezone.now(), 10)
    assert (counted.message, counted.total, counted.confirmed) == (row.message, 1, 1)


# At another time


def test_a_scheduled_message_leaves_at_another_time_and_says_so_in_its_date() -> None:
    now = timezone.now().replace(microsecond=0)
    [row] = posted(scheduled_at=now + timedelta(days=1))
    later = now + timedelta(days=3)
    assert reschedule(row.message, later, by=None)
    row.refresh_from_db()
    assert (row.due_at, row.due_since) == (later, later)
    assert mail(row)["Date"].datetime == later
    assert mail(row)["Subject"] == "Votre convocation"


def test_what_has_left_or_was_cancelled_keeps_its_time() -> None:
    now = timezone.now()
    [left], [gone] = posted(key="1", scheduled_at=now), posted(key="2", scheduled_at=now)
    Recipient.objects.filter(id=left.id).update(claimed_by="engine")
    cancel(gone.message, by=None)
    assert not reschedule(left.message, now + timedelta(days=1), by=None)
    assert not reschedule(gone.message, now + timedelta(days=1), by=None)


def test_a_message_to_somebody_held_back_can_still_be_cancelled_before_it_leaves() -> None:
    organisation = a_request().organisation
    Suppression.objects.create(
        organisation=organisation, address="x@exemple.fr", reason=Reason.ADDRESS_UNKNOWN, created_at=timezone.now()
    )
    rows = posted("awa@exemple.fr", "x@exemple.fr", scheduled_at=timezone.now() + timedelta(days=1))
    assert reschedule(rows[0].message, timezone.now() + timedelta(days=2), by=None)
    assert cancel(rows[0].message, by=None)
    assert not Recipient.objects.exists()
