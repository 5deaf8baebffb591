"""Retours non compris: read as text, put with an e-mail by hand, put away; each organisation its own."""

import pytest
from django.test import Client
from django.urls import reverse

from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.returns.interpret import ReturnKind
from bienrecu.store.models import AuditEntry, Report, Role, Suppression
from bienrecu.store.queries.returns import NOT_UNDERSTOOD
from tests.builders import a_recipient, a_session, a_user, an_organisation
from tests.site.pages import text
from tests.site.returns import a_return

pytestmark = pytest.mark.django_db


def test_the_kind_is_the_readers() -> None:
    assert NOT_UNDERSTOOD == ReturnKind.NOT_UNDERSTOOD


def test_a_return_is_shown_as_text_and_put_with_an_email_by_hand(client: Client) -> None:
    session = a_session()
    row = a_recipient(session, Status.RECEIVED, address="paul@exemple.fr", name="Paul Petit")
    report = a_return(session.organisation)
    slug = session.organisation.slug
    client.force_login(a_user(Role.SENDER, session.organisation, language="fr"))
    assert "Retours non compris" in text(client.get(reverse("returns", args=[slug])))
    page = client.get(reverse("return", args=[slug, report.id]), {"q": "paul petit"})
    assert "Mailbox full" in text(page) and "<script>alert" not in page.content.decode()
    assert "paul@exemple.fr" in text(page)
    client.post(reverse("return_attach", args=[slug, report.id]), {"recipient": row.id, "says": "failed"})
    row.refresh_from_db()
    assert (row.status, row.reason) == (Status.RECEPTION_IMPOSSIBLE, Reason.MAILBOX_FULL)
    assert not Suppression.objects.exists()
    assert AuditEntry.objects.filter(action="return_attached").exists()
    assert "Aucun retour" in text(client.get(reverse("returns", args=[slug])))


def test_put_away_it_leaves_the_list_and_is_kept(client: Client) -> None:
    organisation = an_organisation()
    report = a_return(organisation)
    client.force_login(a_user(Role.SENDER, organisation))
    client.post(reverse("return_dismiss", args=[organisation.slug, report.id]))
    assert (
        Report.objects.get().raw
        and client.get(reverse("return", args=[organisation.slug, report.id])).status_code == 404
    )


def test_others_see_and_touch_nothing(client: Client) -> None:
    ours, theirs = an_organisation(), an_organisation()
    report, of_nobody, row = a_return(theirs), a_return(None), a_recipient(a_session(theirs))
    client.force_login(a_user(Role.ADMINISTRATOR, ours))
    for one in (report, of_nobody):
        assert client.get(reverse("return", args=[ours.slug, one.id])).status_code == 404
        assert client.post(reverse("return_attach", args=[ours.slug, one.id]), {"recipient": row.id}).status_code == 404
    mine = a_return(ours)
    client.post(reverse("return_attach", args=[ours.slug, mine.id]), {"recipient": row.id, "says": "failed"})
    mine.refresh_from_db()
    assert mine.recipient is None
    client.force_login(a_user(Role.READER, ours))
    assert client.post(reverse("return_dismiss", args=[ours.slug, mine.id])).status_code == 403
