"""The mail about failures: to whom, what, how often."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.processes import tend
from bienrecu.store import record
from bienrecu.store.models import Event, Message, Recipient, Role, SessionCount, Suppression, TrainingSession, User
from bienrecu.store.queries import follow_up
from bienrecu.submission import digest
from bienrecu.submission.links import to_handle_url
from tests.builders import a_recipient, a_session, a_user, an_organisation
from tests.site.mails import text

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat("2027-01-05T12:00:00+00:00")


@pytest.fixture
def session() -> TrainingSession:
    return a_session(title="Sécurité incendie")


@pytest.fixture
def owner(session: TrainingSession) -> User:
    session.owner = a_user(organisation=session.organisation, name="Camille Morel")
    session.save()
    return session.owner


def failed(session: TrainingSession, ago: timedelta = timedelta(minutes=10), **fields: Any) -> Recipient:
    row = a_recipient(session, events=[(Kind.REFUSED, Reason.MAILBOX_FULL)], requested_at=NOW - ago, **fields)
    Event.objects.filter(recipient=row).update(recorded_at=NOW - ago)
    return row


def mails() -> list[Recipient]:
    return list(Recipient.objects.filter(session=None).order_by("id"))


def test_the_owner_is_told_who_did_not_get_what_and_why_with_the_page_to_go_to(
    session: TrainingSession, owner: User
) -> None:
    failed(session, name="Awa Diallo", address="awa@exemple.fr")
    assert digest.send_due(NOW) == 1
    [mail] = mails()
    assert (mail.address, mail.name, mail.type) == (owner.email, "Camille Morel", "free_message")
    assert mail.subject.startswith("1 e-mail n'est pas arrivé")
    said = text(mail)
    for words in ("Sécurité incendie", "Awa Diallo (awa@exemple.fr)", "Votre convocation", "boîte pleine"):
        assert words in said
    assert to_handle_url(session.organisation.slug) in said
    assert "/c/" not in said


def test_the_link_of_the_mail_is_that_of_the_page() -> None:
    assert to_handle_url("of").endswith(reverse("to_handle", args=["of"]))


def test_one_mail_tells_all_and_the_next_comes_an_hour_later_with_what_is_new(
    session: TrainingSession, owner: User
) -> None:
    failed(session, name="Une")
    failed(session, name="Deux")
    digest.send_due(NOW)
    failed(session, name="Trois")
    for minutes in (1, 30, 59):
        digest.send_due(NOW + timedelta(minutes=minutes))
    assert len(mails()) == 1
    digest.send_due(NOW + timedelta(minutes=60))
    first, second = map(text, mails())
    assert "Une" in first and "Deux" in first
    assert "Trois" in second and "Une" not in second
    digest.send_due(NOW + timedelta(hours=5))
    assert len(mails()) == 2


def test_failures_that_come_together_are_told_together(session: TrainingSession, owner: User) -> None:
    failed(session, timedelta(minutes=2))
    assert digest.send_due(NOW) == 0
    failed(session, timedelta(minutes=-1))
    assert digest.send_due(NOW + timedelta(minutes=4)) == 1
    assert "2 e-mails" in mails()[0].subject


def test_what_somebody_dealt_with_is_not_told(session: TrainingSession, owner: User) -> None:
    row = failed(session)
    record.add([record.NewEvent(row.id, Kind.NOTE, NOW, "note")])
    assert digest.send_due(NOW) == 0


def test_without_an_owner_who_can_be_written_to_the_administrators_are_told(session: TrainingSession) -> None:
    admins = [a_user(Role.ADMINISTRATOR, session.organisation) for _ in range(2)]
    a_user(Role.SENDER, session.organisation)
    a_user(Role.ADMINISTRATOR, an_organisation())
    failed(session)
    digest.send_due(NOW)
    assert {mail.address for mail in mails()} == {admin.email for admin in admins}


def test_an_owner_who_left_is_told_nothing(session: TrainingSession, owner: User) -> None:
    owner.memberships.all().delete()
    admin = a_user(Role.ADMINISTRATOR, session.organisation)
    assert digest.readers(session) == [admin]


def test_an_address_of_staff_that_failed_is_not_tried_every_hour(session: TrainingSession, owner: User) -> None:
    Suppression.objects.create(
        organisation=session.organisation, address=owner.email, reason=Reason.ADDRESS_UNKNOWN, created_at=NOW
    )
    failed(session)
    digest.send_due(NOW)
    assert mails() == []


@pytest.mark.parametrize(("language", "words"), [("en", "did not arrive"), ("fr", "pas arrivé")])
def test_everybody_is_told_in_their_language(session: TrainingSession, owner: User, language: str, words: str) -> None:
    owner.language = language
    owner.save()
    failed(session)
    digest.send_due(NOW)
    assert words in mails()[0].subject


def test_a_mail_about_failures_that_fails_makes_no_other_one_and_stands_on_no_page(
    session: TrainingSession, owner: User
) -> None:
    failed(session)
    digest.send_due(NOW)
    [mail] = mails()
    record.add([record.NewEvent(mail.id, Kind.REFUSED, NOW, "refused", Reason.MAILBOX_FULL)])
    for hours in range(1, 4):
        digest.send_due(NOW + timedelta(hours=hours))
    assert len(mails()) == 1
    assert sum(SessionCount.objects.filter(session=session).values_list("count", flat=True)) == 1
    found = follow_up.to_handle(session.organisation, NOW.date(), NOW)
    assert mail not in [*found.urgent, *found.others, *found.silent]


def test_a_sender_that_cannot_send_keeps_no_other_session_from_being_told(owner: User) -> None:
    broken = a_session(an_organisation(sender_address="formation@gmail.com"))
    a_user(Role.ADMINISTRATOR, broken.organisation)
    fine = TrainingSession.objects.get(owner=owner)
    failed(broken)
    failed(fine)
    assert digest.send_due(NOW) == 1


def test_many_failures_are_counted_not_all_listed(session: TrainingSession, owner: User) -> None:
    for _ in range(digest.MOST + 3):
        failed(session)
    digest.send_due(NOW)
    assert text(mails()[0]).count("boîte pleine") == digest.MOST
    assert "et 3 autres" in text(mails()[0])


def test_a_job_that_fails_leaves_the_others_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    done = []

    def fails(now: datetime) -> None:
        raise ValueError

    monkeypatch.setattr(tend, "JOBS", {"one": fails, "two": done.append})
    monkeypatch.setattr(tend, "close_old_connections", lambda: None)
    tend.tend(timezone.now())
    assert len(done) == 1


def test_nothing_failed_nothing_is_sent(session: TrainingSession, owner: User) -> None:
    a_recipient(session, Status.RECEIVED)
    assert digest.send_due(NOW) == 0
    assert Message.objects.filter(session=None).count() == 0
