"""One person's data: all of it in a file, and what stays when it is erased."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.domain.audit import Action
from bienrecu.domain.event import Kind
from bienrecu.domain.status import Status
from bienrecu.store import record
from bienrecu.store.audit import note
from bienrecu.store.erasure import StillToLeave, erase
from bienrecu.store.models import (
    AuditEntry,
    Contact,
    Event,
    MessageContent,
    PeopleImport,
    Recipient,
    Suppression,
    User,
)
from bienrecu.store.queries.emails import exact_bytes
from bienrecu.submission.consent import TEXT_VERSION, Source, give_consent
from bienrecu.submission.post import post
from bienrecu.submission.request import Person
from tests.builders import a_contact, organisation_of
from tests.site.pages import text
from tests.site.parties import a_request

pytestmark = pytest.mark.django_db

NOW = datetime(2030, 6, 15, 9, 0, tzinfo=UTC)


def sent_to(*contacts: Contact, **fields: Any) -> list[Recipient]:
    """Sent to them together, through the door, and gone."""
    organisation = contacts[0].organisation
    request = a_request(organisation, recipients=[Person.of(contact) for contact in contacts], **fields)
    message = post(request)
    Recipient.objects.filter(message=message).update(due_at=None)
    return list(message.recipients.select_related("message").order_by("id"))


def test_the_export_holds_all_that_is_kept_of_a_person(client: Client, administrator: User) -> None:
    organisation = organisation_of(administrator)
    awa, leo = a_contact(organisation), a_contact(organisation, first_name="Léo", last_name="Martin")
    give_consent(awa, timezone.now(), Source.PAGE, TEXT_VERSION)
    mine, theirs = sent_to(awa, leo)
    response = client.post(reverse("contact_export", args=[organisation.slug, awa.pk]))
    with ZipFile(BytesIO(b"".join(response.streaming_content))) as archive:
        data = json.loads(archive.read("data.json"))
        kept = exact_bytes(mine)
        assert kept and archive.read(f"emails/{mine.pk}.eml") == kept.data
        assert f"emails/{theirs.pk}.eml" not in archive.namelist() and "Martin" not in json.dumps(data)
    assert data["contact"]["email"] == awa.email and data["answers_about_opening"][0]["agreed"] is True
    assert [one["status"] for one in data["emails"]] == ["Demandé"]
    assert organisation.audit.filter(action=Action.CONTACT_EXPORTED, by=administrator).exists()


def test_erasing_takes_the_name_typed_in_full(client: Client, administrator: User) -> None:
    contact = a_contact(organisation_of(administrator))
    where = reverse("contact_erase", args=[organisation_of(administrator).slug, contact.pk])
    response = client.post(where, {"name": "Awa"})
    assert response.status_code == 422 and "Saisissez le nom" in text(response)
    client.post(where, {"name": " awa diallo "})
    contact.refresh_from_db()
    assert contact.erased_at and contact.archived_at


def test_nothing_names_an_erased_person_and_the_evidence_stays(administrator: User) -> None:
    organisation = organisation_of(administrator)
    contact = a_contact(organisation, first_name="Aïssatou", last_name="Ndiaye", email="aissatou@exemple.fr")
    give_consent(contact, timezone.now(), Source.PAGE, TEXT_VERSION)
    [row] = sent_to(contact, subject="Pour {{ prenom }}")
    record.add([record.NewEvent(row.id, Kind.REFUSED, timezone.now(), "r", words="550 aissatou@exemple.fr")])
    Suppression.objects.create(
        organisation=organisation, address="aissatou@exemple.fr", reason="address_unknown", created_at=timezone.now()
    )
    note(organisation, administrator, Action.CONTACT_CREATED, contact)
    PeopleImport.objects.create(
        organisation=organisation, rows=[["Aïssatou", "AISSATOU@exemple.fr"], ["Léo", "leo@exemple.fr"]]
    )
    erase(contact, by=administrator, now=timezone.now())
    row.refresh_from_db()
    assert row.status == Status.RECEPTION_IMPOSSIBLE and row.contact == contact and row.subject == "Pour {{ prenom }}"
    everywhere = [
        *Contact.objects.values_list(),
        *Recipient.objects.values_list(),
        *Event.objects.values_list(),
        *AuditEntry.objects.values_list(),
        *Suppression.objects.values_list(),
        *PeopleImport.objects.values_list(),
    ]
    assert "ssatou" not in str(everywhere).lower() and "ndiaye" not in str(everywhere).lower()
    assert "leo@exemple.fr" in str(everywhere) and contact.consents.get().granted
    assert exact_bytes(row) is None


def test_what_others_were_sent_with_them_stays_byte_for_byte(administrator: User) -> None:
    """The first recipient's text is what all others are packed against."""
    organisation = organisation_of(administrator)
    people = [a_contact(organisation, first_name=f"Personne{number}") for number in range(4)]
    rows = sent_to(*people)
    before = [exact_bytes(row) for row in rows]
    erase(people[0], by=administrator, now=timezone.now())
    after = [exact_bytes(Recipient.objects.get(pk=row.pk)) for row in rows]
    assert after[0] is None and after[1:] == before[1:]
    assert b"Personne0" not in bytes(MessageContent.objects.get().dictionary)


def test_who_shares_the_mailbox_is_left_alone(administrator: User) -> None:
    organisation = organisation_of(administrator)
    awa = a_contact(organisation, email="accueil@exemple.fr")
    leo = a_contact(organisation, email="accueil@exemple.fr", first_name="Léo", last_name="Martin")
    mine, theirs = sent_to(awa, leo)
    erase(awa, by=administrator, now=timezone.now())
    theirs.refresh_from_db()
    assert (
        theirs.name == "Léo Martin" and exact_bytes(theirs) and exact_bytes(Recipient.objects.get(pk=mine.pk)) is None
    )


def test_nobody_is_erased_while_an_e_mail_to_them_is_leaving(client: Client, administrator: User) -> None:
    contact = a_contact(organisation_of(administrator))
    post(a_request(contact.organisation, recipients=[Person.of(contact)]))
    with pytest.raises(StillToLeave):
        erase(contact, by=administrator, now=timezone.now())
    where = reverse("contact_erase", args=[contact.organisation.slug, contact.pk])
    assert "en cours d'envoi" in text(client.post(where, {"name": str(contact)}))
    contact.refresh_from_db()
    assert contact.erased_at is None


def test_erasing_twice_is_once(administrator: User) -> None:
    contact = a_contact(organisation_of(administrator))
    erase(contact, by=administrator, now=NOW)
    erase(contact, by=administrator, now=NOW + timedelta(days=1))
    contact.refresh_from_db()
    assert contact.erased_at == NOW
    assert organisation_of(administrator).audit.filter(action=Action.CONTACT_ERASED).count() == 1
