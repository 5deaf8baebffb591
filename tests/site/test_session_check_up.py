"""The check-up of all that failed in a session: how many for one cause, and which."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.store.models import Recipient, TrainingSession
from bienrecu.submission.session_check_up import check_up_of
from tests.builders import a_message, a_recipient, a_session, a_user
from tests.site.pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> TrainingSession:
    return a_session()


def failed(session: TrainingSession, *reasons: Reason, shared: bool = False) -> list[Recipient]:
    domain = settings.BIENRECU.platform_address.domain if shared else "of-exemple.fr"
    message = a_message(session, author_address=f"envoi@{domain}")
    return [a_recipient(message=message, events=[(Kind.REFUSED, reason)]) for reason in reasons]


def page(client: Client, session: TrainingSession, language: str = "fr") -> Any:
    client.force_login(a_user(organisation=session.organisation, language=language))
    return client.get(reverse("check_up_session", args=[session.organisation.slug, session.pk]))


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "4 échecs sur 5 ont la même cause"), ("en", "4 of 5 failures have one cause")]
)
def test_it_says_how_many_have_one_cause(client: Client, session: TrainingSession, language: str, said: str) -> None:
    rows = failed(session, *[Reason.IP_BLOCKLISTED] * 4, Reason.MAILBOX_FULL)
    response = page(client, session, language)
    assert said in text(response)
    shown = response.content.decode()
    assert shown.index(str(reverse("check_up", args=[session.organisation.slug, rows[0].pk]))) < shown.index(
        reverse("check_up", args=[session.organisation.slug, rows[4].pk])
    )


def test_a_shared_address_is_one_cause_whatever_each_refusal_says(session: TrainingSession) -> None:
    failed(session, Reason.POLICY, Reason.REPUTATION, Reason.AUTH_FAILED, Reason.MAILBOX_FULL, shared=True)
    first, second = check_up_of(session)
    assert (first.count, first.reason) == (3, None)
    assert first.sender is not None
    assert first.sender.case == "shared"
    assert (second.count, second.reason) == (1, Reason.MAILBOX_FULL)


def test_what_somebody_has_dealt_with_or_what_arrived_is_not_counted(session: TrainingSession) -> None:
    a_recipient(session, events=[(Kind.REFUSED, Reason.MAILBOX_FULL), (Kind.NOTE, None)])
    a_recipient(session, Status.RECEIVED)
    failed(a_session(session.organisation), Reason.SPAM_CONTENT)
    assert check_up_of(session) == []


def test_many_are_counted_and_a_few_named(client: Client, session: TrainingSession) -> None:
    failed(session, *[Reason.SPAM_CONTENT] * 8)
    (group,) = check_up_of(session)
    assert (group.count, len(group.some)) == (8, 5)
    shown = text(page(client, session))
    assert "8 échecs, tous pour la même cause" in shown
    assert "et 3 autres" in shown


def test_a_session_without_failures_says_so(client: Client, session: TrainingSession) -> None:
    assert "Rien à examiner" in text(page(client, session))


def test_history_leads_there_when_something_failed_and_only_then(client: Client, session: TrainingSession) -> None:
    there = reverse("check_up_session", args=[session.organisation.slug, session.pk])
    history = reverse("history", args=[session.organisation.slug, session.pk])
    a_recipient(session, Status.RECEIVED)
    client.force_login(a_user(organisation=session.organisation))
    assert there not in client.get(history).content.decode()
    failed(session, Reason.MAILBOX_FULL)
    assert there in client.get(history).content.decode()


def test_others_sessions_are_not_there(client: Client, session: TrainingSession) -> None:
    client.force_login(a_user(organisation=a_session().organisation))
    address = reverse("check_up_session", args=[session.organisation.slug, session.pk])
    assert client.get(address).status_code == 404
