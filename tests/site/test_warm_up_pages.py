"""What the pages say of a new domain that sends little at first, and how an administrator ends it."""

from datetime import timedelta

import pytest
from django.test import Client

from bienrecu.domain.audit import Action
from bienrecu.store.models import AuditEntry, DomainKey, Organisation, Recipient, SendingDomain, User
from bienrecu.submission.texts import product_text
from bienrecu.submission.writing import drafts
from tests.builders import a_contact
from tests.site.pages import page, text
from tests.site.parties import an_organisation, posted
from tests.site.warming_up import NOW, a_new_domain, by_day, many

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_half_past_nine")]


@pytest.fixture
def domain(organisation: Organisation) -> SendingDomain:
    return a_new_domain(organisation)


def test_every_waiting_row_says_why_and_until_when(client: Client, administrator: User, domain: SendingDomain) -> None:
    rows = posted(*many(60))
    history = text(client.get(page("history", rows[0].session_id)))
    assert history.count("partira le 6 janv. à 08:00 : votre domaine est récent") == 10
    waiting = Recipient.objects.get(pk=rows[-1].pk)
    card = text(client.get(page("email", waiting.pk)))
    assert "L'e-mail partira le 6 janvier à 08:00" in card
    assert "Votre domaine d'envoi est récent : une partie seulement de vos e-mails part chaque jour" in card
    assert "votre domaine est récent" not in text(client.get(page("email", rows[0].pk)))


def test_what_was_scheduled_and_waits_no_longer_than_that_is_only_scheduled(
    client: Client, administrator: User, domain: SendingDomain
) -> None:
    [row] = posted("p@gmail.com", scheduled_at=NOW + timedelta(days=1))
    assert "partira le 6 janv. à 10:30" in text(client.get(page("history", row.session_id)))
    assert "votre domaine est récent" not in text(client.get(page("history", row.session_id)))


def test_before_sending_one_is_told_how_many_leave_today(
    client: Client, administrator: User, domain: SendingDomain
) -> None:
    [row] = posted("p@orange.fr")
    assert row.session is not None
    row.session.participants.set(
        a_contact(domain.organisation, email=address) for address in [*many(120), "x@boite-pleine.simulator.invalid"]
    )
    draft = drafts.start(row.session, product_text("free_message", "fr"), administrator)
    draft.subject, draft.html = "Bonjour", "<p>Bonjour</p>"
    draft.save()
    shown = text(client.get(page("draft_check", draft.pk)))
    assert "50 de ces 120 e-mails partent aujourd'hui, les autres dans les jours qui suivent" in shown
    assert "les derniers le 7 janvier" in shown
    assert "Le domaine of-exemple.fr est récent" in shown


def test_the_page_of_the_domain_tells_where_it_stands(
    client: Client, administrator: User, domain: SendingDomain
) -> None:
    DomainKey.objects.create(domain=domain, selector="br1", record="v=DKIM1; p=AAAA", sealed=b"", signs=True)
    posted(*many(60))
    shown = text(client.get(page("domain", domain.pk)))
    assert "Un nouveau domaine commence doucement" in shown
    assert "50 e-mails peuvent partir aujourd'hui" in shown
    assert "60 e-mails attendent leur jour ; le dernier partira le 6 janvier à 08:00." in shown


def test_an_administrator_ends_it_after_a_question(client: Client, administrator: User, domain: SendingDomain) -> None:
    posted(*many(60))
    asked = text(client.get(page("warm_up_end", domain.pk)))
    assert "Tout laisser partir ?" in asked
    assert "60 e-mails partiront aussitôt." in asked
    assert by_day() == {0: 50, 1: 10}
    client.post(page("warm_up_end", domain.pk))
    assert by_day() == {0: 60}
    entry = AuditEntry.objects.get(action=Action.WARM_UP_ENDED)
    assert (entry.by, entry.target) == (administrator, "of-exemple.fr")
    assert "commence doucement" not in text(client.get(page("domain", domain.pk)))
    client.post(page("warm_up_end", domain.pk))
    assert AuditEntry.objects.filter(action=Action.WARM_UP_ENDED).count() == 1


def test_the_domain_of_others_is_not_ended(client: Client, administrator: User) -> None:
    theirs = a_new_domain(an_organisation("autres"))
    assert client.post(page("warm_up_end", theirs.pk)).status_code == 404
    theirs.refresh_from_db()
    assert theirs.warming_since is not None
