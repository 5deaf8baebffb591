"""What an e-mail leads to speaks the language that it was written in, whatever the organisation's."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from bienrecu.domain.event import Kind
from bienrecu.store import record
from bienrecu.store.models import Message, Recipient
from bienrecu.submission.follow_up import remind
from bienrecu.submission.links import confirmation_url, consent_url, download_url, unsubscribe_url
from bienrecu.submission.post import post
from bienrecu.submission.request import FileByLink, Person
from tests.builders import a_contact, a_session
from tests.site.pages import text
from tests.site.parties import a_request, an_organisation

pytestmark = pytest.mark.django_db

PAGES = [
    (confirmation_url, "Did this e-mail reach you?", "Avez-vous bien reçu cet e-mail ?"),
    (consent_url, "Following of opening: your choice", "Suivi d'ouverture : votre choix"),
    (download_url, "sends you a file", "vous envoie un fichier"),
    (unsubscribe_url, "Receive no more of these e-mails?", "Ne plus recevoir ces e-mails ?"),
]


def sent(language: str) -> Recipient:
    organisation = an_organisation(language="fr")
    contact = a_contact(organisation)
    session = a_session(organisation)
    message = post(
        a_request(
            organisation,
            type="free_message",
            session=session,
            language=language,
            recipients=[Person.of(contact)],
            links=[FileByLink("a.pdf", "application/pdf", 1, b"x")],
        )
    )
    return message.recipients.get()


@pytest.mark.parametrize(("language", "place"), [("en", 1), ("fr", 2), ("", 2)])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page[0].__name__)
def test_each_page_of_a_recipient_speaks_the_language_of_the_e_mail(
    client: Client, page: Any, language: str, place: int
) -> None:
    response = client.get(urlsplit(page[0](sent(language).token)).path)
    assert response.status_code == 200
    assert page[place] in text(response)
    assert response.headers["Content-Language"] == (language or "fr")


def test_a_reminder_of_an_english_e_mail_is_in_english() -> None:
    row = sent("en")
    at = timezone.now() + timedelta(minutes=1)
    record.add([record.NewEvent(row.pk, Kind.DELIVERED, at, "attempt:1")])
    [again] = remind(Message.objects.get(), by=None, key="k")
    assert again.subject.startswith("Reminder: ")
    assert again.message.language == "en"
