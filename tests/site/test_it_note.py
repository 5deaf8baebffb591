"""The note for IT: everything that an administrator asks for, ready to forward."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.store import record
from bienrecu.store.models import Attempt, Recipient
from tests.builders import a_recipient, a_user
from tests.site.pages import text

pytestmark = pytest.mark.django_db

ANSWER = "550 5.7.1 Blocked by our policy <b>7</b>"


@pytest.fixture
def refused() -> Recipient:
    row = a_recipient(status=Status.REQUESTED, address="paul@exemple.fr")
    now = timezone.now() + timedelta(seconds=1)
    attempt = Attempt.objects.create(
        recipient=row, started_at=now, ended_at=now, host="mx.exemple.fr", ip="192.0.2.7", stage="rcpt", reply=ANSWER
    )
    record.add([record.NewEvent(row.id, Kind.REFUSED, now, "attempt:1", Reason.POLICY, ANSWER, attempt_id=attempt.id)])
    return row


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Note pour l'informatique du destinataire"), ("en", "Note for")]
)
def test_it_has_date_with_offset_servers_addresses_and_the_exact_answer(
    client: Client, refused: Recipient, language: str, words: str
) -> None:
    client.force_login(a_user(organisation=refused.organisation, language=language))
    page = client.get(reverse("email", args=[refused.organisation.slug, refused.id]))
    shown = text(page)
    assert words in shown
    for fact in ("paul@exemple.fr", f"<{refused.msg_id}>", "mx.exemple.fr [192.0.2.7]", "+0", ANSWER):
        assert fact in shown, fact
    assert "mailto:?subject=" in page.content.decode() and "<b>7</b>" not in page.content.decode()


def test_there_is_none_where_nothing_failed(client: Client) -> None:
    row = a_recipient(status=Status.RECEIVED)
    client.force_login(a_user(organisation=row.organisation, language="en"))
    assert "Note for" not in text(client.get(reverse("email", args=[row.organisation.slug, row.id])))
