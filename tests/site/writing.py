"""An e-mail that somebody writes: its draft, what its pages send, and sending it."""

import re
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bienrecu.store.models import Draft, Enrolment, Role, TrainingSession, User
from bienrecu.submission.texts import Text, product_text
from bienrecu.submission.writing import drafts
from bienrecu.submission.writing.drafts import version
from tests.builders import PASSWORD, a_contact, a_session, a_user, an_organisation

BONJOUR = Text("convocation", "fr", "Venez : {{ session.titre }}", "<p>Bonjour {{ prenom }}, {{ session.dates }}.</p>")


def a_class() -> TrainingSession:
    """Of two people."""
    session = a_session(an_organisation(name="Formation Exemple"), place="Lyon", starts_on="2027-01-12")
    return _attended(session, Awa="Diallo", Hugo="Petit")


def somebody_who_sends(session: TrainingSession) -> User:
    return a_user(Role.SENDER, session.organisation, language="fr", email="camille@exemple.fr", password=PASSWORD)


def a_draft() -> Draft:
    """To that class: the product's own text, untouched."""
    session = a_class()
    return drafts.start(session, product_text("convocation", "fr"), somebody_who_sends(session))


def a_bonjour() -> Draft:
    """To three people, with what is each one's own in it."""
    session = a_session(title="Secourisme", place="Lyon", starts_on="2027-01-12", ends_on="2027-01-13")
    session = _attended(session, Awa="Diallo", Hugo="Petit", Zoé="Roux")
    return drafts.start(session, BONJOUR, somebody_who_sends(session))


def _attended(session: TrainingSession, **people: str) -> TrainingSession:
    for first, last in people.items():
        address = f"{first.lower().replace('é', 'e')}@exemple.fr"
        contact = a_contact(session.organisation, first_name=first, last_name=last, email=address)
        Enrolment.objects.create(session=session, contact=contact)
    return TrainingSession.objects.get(pk=session.pk)


def of(draft: Draft, name: str = "draft", *more: Any) -> str:
    """The address of one of its pages."""
    return reverse(name, args=[draft.organisation.slug, draft.pk, *more])


def written(draft: Draft, **fields: Any) -> dict[str, Any]:
    """What the form posts: with script, as the editor would."""
    valid = {"seen": version(draft), "subject": "Votre venue", "rich": "1", "html": "<p>Bonjour {{ prenom }}</p>"}
    return valid | {"audience": "", "when": "now", "language": "fr"} | fields


def field(response: Any, name: str) -> str:
    """What a hidden field of the page holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    assert found
    return unescape(found[1])


def upload(name: str = "Convocation.pdf", content: bytes = b"%PDF-1.4") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/x-whatever")


def sent(client: Client, draft: Draft, **fields: Any) -> Any:
    """The last page, seen and confirmed."""
    seen = field(client.get(of(draft, "draft_check")), "seen")
    return client.post(of(draft, "draft_check"), {"seen": seen} | fields)
