"""Addresses set aside: why, since when, until when, on what evidence; and how somebody has one written to again."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.store.models import AuditEntry, Message, Organisation, Recipient, Role, Suppression
from bienrecu.store.queries import suppressions as asked_for
from bienrecu.store.queries.pages import PAGE
from tests.builders import a_recipient, a_session, a_user, an_organisation
from tests.site.pages import text
from tests.site.parties import posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> Organisation:
    return an_organisation(sender_address="contact@of-exemple.fr")


def refused(organisation: Organisation, address: str, reason: Reason = Reason.ADDRESS_UNKNOWN) -> Recipient:
    return a_recipient(a_session(organisation), address=address, name="Awa Diallo", events=[(Kind.REFUSED, reason)])


def page(client: Client, organisation: Organisation, query: str = "", language: str = "fr") -> Any:
    client.force_login(a_user(Role.SENDER, organisation, language=language))
    return client.get(reverse("suppressions", args=[organisation.slug]) + query)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ("Adresse inconnue", "mise de côté le", "jusqu'à ce que quelqu'un la réactive", "Boîte désactivée")),
        ("en", ("Unknown address", "set aside on", "until somebody reactivates it", "Mailbox disabled")),
    ],
)
def test_each_says_why_since_when_until_when_and_leads_to_its_evidence(
    client: Client, organisation: Organisation, language: str, words: tuple[str, ...]
) -> None:
    row = refused(organisation, "awa@exemple.fr")
    refused(organisation, "fermee@exemple.fr", Reason.MAILBOX_DISABLED)
    response = page(client, organisation, language=language)
    shown = text(response)
    assert "awa@exemple.fr" in shown
    assert "Awa Diallo" in shown
    assert [one for one in words if one not in shown] == []
    assert ("jusqu'au " if language == "fr" else "until ") in shown
    assert reverse("email", args=[organisation.slug, row.pk]) in response.content.decode()


def test_a_failure_that_is_not_the_addresses_own_is_not_there(client: Client, organisation: Organisation) -> None:
    for number, reason in enumerate((Reason.MAILBOX_FULL, Reason.SPAM_CONTENT, Reason.IP_BLOCKLISTED)):
        refused(organisation, f"p{number}@exemple.fr", reason)
    assert "Aucune adresse n'est mise de côté" in text(page(client, organisation))


def test_others_are_never_shown(client: Client, organisation: Organisation) -> None:
    other = refused(an_organisation(), "ailleurs@exemple.fr")
    assert "ailleurs@exemple.fr" not in text(page(client, organisation))
    held = Suppression.objects.get(organisation=other.organisation)
    address = reverse("suppression_lift", args=[organisation.slug, held.pk])
    assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)
    held.refresh_from_db()
    assert held.lifted_at is None


def test_they_are_found_by_a_part_of_the_address_and_by_reason(client: Client, organisation: Organisation) -> None:
    refused(organisation, "awa@exemple.fr")
    refused(organisation, "fermee@autre.fr", Reason.MAILBOX_DISABLED)
    for query in ("?q=AWA", "?reason=address_unknown", "?q=awa&reason=address_unknown"):
        shown = text(page(client, organisation, query))
        assert "awa@exemple.fr" in shown
        assert "fermee@autre.fr" not in shown
    assert "Rien ne correspond" in text(page(client, organisation, "?q=nobody"))


@pytest.mark.parametrize(
    "query", ["?before=x", "?before=99999999999999999999", "?reason=%00", "?q=%00%25_", "?lifted=x"]
)
def test_an_address_that_makes_no_sense_is_answered(client: Client, organisation: Organisation, query: str) -> None:
    assert page(client, organisation, query).status_code == 200


def test_lifting_asks_first_says_so_and_stays_in_the_audit_log(client: Client, organisation: Organisation) -> None:
    refused(organisation, "awa@exemple.fr")
    held = Suppression.objects.get()
    user = a_user(Role.SENDER, organisation, language="fr")
    client.force_login(user)
    address = reverse("suppression_lift", args=[organisation.slug, held.pk])
    assert "Écrire de nouveau à awa@exemple.fr ?" in text(client.get(address))
    held.refresh_from_db()
    assert held.lifted_at is None, "looking changes nothing"
    assert "awa@exemple.fr" in text(client.post(address, follow=True))
    client.post(address)  # pressed twice
    held.refresh_from_db()
    assert held.lifted_by == user
    entry = AuditEntry.objects.get(action="suppression_lifted")
    assert (entry.by, entry.target) == (user, "awa@exemple.fr")
    assert "Aucune adresse n'est mise de côté" in text(page(client, organisation))
    assert "réactivée" in text(page(client, organisation, "?lifted=1"))
    assert "déjà réactivée" in text(client.get(address))


def test_a_lifted_address_is_written_to_again(client: Client, organisation: Organisation) -> None:
    refused(organisation, "awa@exemple.fr")
    assert posted("awa@exemple.fr", organisation=organisation, session=None)[0].reason == "address_suppressed"
    client.force_login(a_user(Role.SENDER, organisation))
    client.post(reverse("suppression_lift", args=[organisation.slug, Suppression.objects.get().pk]))
    assert posted("awa@exemple.fr", organisation=organisation, session=None, key="again")[0].reason == ""


def test_what_ended_by_itself_is_said_to_have(client: Client, organisation: Organisation) -> None:
    refused(organisation, "fermee@exemple.fr", Reason.MAILBOX_DISABLED)
    Suppression.objects.update(lifted_at=timezone.now(), lifted_by=None)
    assert "délai passé" in text(page(client, organisation, "?lifted=1"))


def test_evidence_that_is_not_kept_or_nobodys_business_is_not_led_to(
    client: Client, organisation: Organisation
) -> None:
    row = refused(organisation, "awa@exemple.fr")
    Message.objects.update(confidential=True)
    response = page(client, organisation)
    assert reverse("email", args=[organisation.slug, row.pk]) not in response.content.decode()
    Suppression.objects.update(event=None)
    assert "n'est plus conservé" in text(page(client, organisation))


def test_a_long_list_is_cut_into_pages(client: Client, organisation: Organisation) -> None:
    past = timezone.now() - timedelta(days=1)
    Suppression.objects.bulk_create(
        Suppression(organisation=organisation, address=f"p{n}@exemple.fr", reason="address_unknown", created_at=past)
        for n in range(PAGE + 1)
    )
    first = asked_for.page(organisation, asked_for.Asked())
    assert len(first.rows) == PAGE
    second = asked_for.page(organisation, asked_for.Asked(before=first.older))
    assert [row.address for row in second.rows] == ["p0@exemple.fr"]
    assert f"before={first.older}" in page(client, organisation).content.decode()


def test_the_pages_around_lead_there(client: Client, organisation: Organisation) -> None:
    client.force_login(a_user(Role.SENDER, organisation))
    for name in ("to_handle", "contacts"):
        there = reverse("suppressions", args=[organisation.slug])
        assert there in client.get(reverse(name, args=[organisation.slug])).content.decode()
