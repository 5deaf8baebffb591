"""An organisation, a session, and requests to send that are valid unless a test says otherwise."""

from typing import Any

from bienrecu.store.models import Organisation, Recipient, TrainingSession
from bienrecu.submission.post import post
from bienrecu.submission.request import Person, Request


def an_organisation(slug: str = "of", **fields: Any) -> Organisation:
    return Organisation.objects.create(slug=slug, name=fields.pop("name", "Formation Exemple"), **fields)


def a_request(organisation: Organisation | None = None, **fields: Any) -> Request:
    organisation = organisation or Organisation.objects.filter(slug="of").first() or an_organisation()
    session = TrainingSession.objects.get_or_create(
        organisation=organisation, reference="SST-1", defaults={"title": "Secourisme", "place": "Lyon"}
    )[0]
    valid: dict[str, Any] = {
        "organisation": organisation,
        "session": session,
        "type": "convocation",
        "key": "one",
        "subject": "Votre convocation",
        "html": "<p>Bonjour {{ prenom }}</p>",
        "recipients": [Person("awa@exemple.fr", "Awa", "Diallo")],
    }
    return Request(**(valid | fields))


def posted(*addresses: str, **fields: Any) -> list[Recipient]:
    """The rows of a message posted to `addresses` (one of its own unless given)."""
    people = [Person(address, "Awa", address) for address in addresses or ("awa@exemple.fr",)]
    return list(post(a_request(recipients=people, **fields)).recipients.order_by("id"))
