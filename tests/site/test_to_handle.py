"""À traiter: what failed, by cause and by who can act, and what has not arrived in time."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.store.models import Role, TrainingSession
from bienrecu.store.queries import follow_up
from tests.builders import a_contact, a_message, a_recipient, a_session, a_user, an_organisation
from tests.site.follow_up import a_failure, at, badge, starting, to_handle
from tests.site.pages import text

pytestmark = pytest.mark.django_db
UNKNOWN = [(Kind.REFUSED, Reason.ADDRESS_UNKNOWN)]


@pytest.fixture
def session() -> TrainingSession:
    return a_session()


@pytest.fixture
def page(client: Client, session: TrainingSession) -> Client:
    client.force_login(a_user(Role.SENDER, session.organisation, language="fr"))
    return client


def test_failures_stand_there_by_cause_with_what_to_do(page: Client, session: TrainingSession) -> None:
    for name in ("Awa Diallo", "Noé Lambert"):
        a_failure(session, name=name)
    a_failure(session, UNKNOWN, name="Hugo Petit")
    shown = to_handle(page, session)
    said = text(shown)
    assert badge(shown) == "3"
    assert said.index("boîte du destinataire est pleine") < said.index("Awa Diallo")
    assert "Renvoyer ces 2 e-mails" in said
    assert "Bonne adresse pour Hugo Petit" in said
    assert "Remis autrement…" in said and "Ouvrir l'e-mail" in said


def test_what_is_for_a_session_that_begins_soon_comes_first(page: Client, session: TrainingSession) -> None:
    a_failure(starting(20, session), name="Plus Tard")
    a_failure(starting(3, a_session(session.organisation)), name="Bientôt")
    said = text(to_handle(page, session))
    assert (
        said.index("commence bientôt") < said.index("Bientôt") < said.index("Autres échecs") < said.index("Plus Tard")
    )
    assert "commence dans 3 jours" in said


def test_what_has_not_arrived_two_days_before_a_session_is_there_too(page: Client, session: TrainingSession) -> None:
    starting(1, session)
    lately, before = timezone.now() - timedelta(minutes=5), timezone.now() - timedelta(hours=3)
    later = starting(5, a_session(session.organisation))
    for name, of, status, asked in (
        ("Sans Nouvelles", session, Status.SENT, before),
        ("Tout Juste", session, Status.SENT, lately),
        ("Bien Là", session, Status.RECEIVED, before),
        ("Loin Encore", later, Status.SENT, before),
    ):
        a_recipient(of, status, name=name, requested_at=asked, due_since=asked)
    shown = to_handle(page, session)
    said = text(shown)
    assert "Sans Nouvelles" in said and "commence demain" in said
    assert not any(name in said for name in ("Tout Juste", "Bien Là", "Loin Encore"))
    assert badge(shown) == "1"


def test_what_is_scheduled_for_later_is_no_worry(page: Client, session: TrainingSession) -> None:
    starting(2, session)
    later = timezone.now() + timedelta(days=1)
    a_recipient(session, Status.REQUESTED, due_since=later, requested_at=timezone.now() - timedelta(days=1))
    assert "Rien à traiter" in text(to_handle(page, session))


def test_nothing_to_handle_says_so_and_when_it_looked(page: Client, session: TrainingSession) -> None:
    shown = to_handle(page, session)
    assert "Rien à traiter" in text(shown)
    assert re.search(r"Vérifié à \d\d:\d\d", text(shown))
    assert badge(shown) == ""


def test_another_organisations_failures_are_not_there(page: Client, session: TrainingSession) -> None:
    a_failure(a_session(an_organisation()), name="Ailleurs")
    shown = to_handle(page, session)
    assert "Ailleurs" not in text(shown) and badge(shown) == ""


def test_the_badge_costs_two_questions_however_much_has_failed(
    session: TrainingSession, django_assert_num_queries: Any
) -> None:
    message = a_message(session)
    for _ in range(3):
        a_failure(session, message=message)
    now = timezone.localtime()
    with django_assert_num_queries(2):
        assert follow_up.count(session.organisation, now.date(), now) == 3


def test_the_page_asks_as_few_questions_for_many_rows(
    page: Client, session: TrainingSession, django_assert_max_num_queries: Any
) -> None:
    message = a_message(session)
    for _ in range(12):
        a_failure(session, UNKNOWN, message=message, contact=a_contact(session.organisation))
    with django_assert_max_num_queries(20):
        to_handle(page, session)


def test_a_misspelt_domain_is_suggested_right(page: Client, session: TrainingSession) -> None:
    row = a_failure(session, [(Kind.REFUSED, Reason.DOMAIN_UNKNOWN)], address="awa@gmial.com")
    for url in (at("to_handle", session), at("email", session, row.id), at("resend", session, row.id)):
        assert 'value="awa@gmail.com"' in page.get(url).content.decode()


def test_many_failures_for_one_cause_on_our_side_are_one_alert(page: Client, session: TrainingSession) -> None:
    refused = [(Kind.REFUSED, Reason.IP_BLOCKLISTED)]
    for _ in range(4):
        a_recipient(session, events=refused)
    assert "Une même cause de notre côté" not in text(to_handle(page, session))
    a_recipient(session, events=refused)
    shown = text(to_handle(page, session))
    assert shown.count("Une même cause de notre côté") == 1 and "5 e-mails ont échoué" in shown


def test_many_failures_of_recipients_are_no_alert(page: Client, session: TrainingSession) -> None:
    for _ in range(6):
        a_recipient(session, events=[(Kind.REFUSED, Reason.ADDRESS_UNKNOWN)])
    assert "Une même cause de notre côté" not in text(to_handle(page, session))
