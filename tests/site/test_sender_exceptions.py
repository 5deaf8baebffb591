"""Other addresses for a session or a type of e-mails: which one counts, and that each was proven first."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bienrecu.domain.sending_domain import DomainState
from bienrecu.store.models import Message, Organisation, Role, SenderException, SendingDomain, TrainingSession, User
from bienrecu.submission import sender_proof
from bienrecu.submission.request import About
from bienrecu.submission.sender import author_of, reply_to
from tests.builders import a_session, a_user, an_organisation
from tests.site.pages import page, text
from tests.site.parties import posted

pytestmark = pytest.mark.django_db
FORM = {"exception-about": "convocation", "exception-sender_address": "", "exception-reply_address": ""}


@pytest.fixture
def organisation(administrator: User) -> Organisation:
    organisation = administrator.organisations.get()
    organisation.sender_address, organisation.reply_address = "contact@of.example", "accueil@of.example"
    organisation.save()
    SendingDomain.objects.create(
        organisation=organisation, name="of.example", state=DomainState.VERIFIED, state_since=timezone.now()
    )
    return organisation


@pytest.fixture
def session(organisation: Organisation) -> TrainingSession:
    return a_session(organisation)


def ask(client: Client, **given: object) -> str:
    form = FORM | {f"exception-{name}": value for name, value in given.items()}
    return text(client.post(page("sender_exception_add"), form, follow=True))


def addresses(organisation: Organisation, about: About) -> tuple[str, str]:
    replies = reply_to(organisation, "", about)
    return str(author_of(organisation, about).address), str(replies.address) if replies else ""


def prove(address: str) -> None:
    proof = sender_proof.SenderProof.objects.get(address=address, proven_at=None)
    assert sender_proof.give(proof)


def test_an_exception_counts_once_its_address_is_proven(client: Client, organisation: Organisation) -> None:
    assert "Saved" not in ask(client, sender_address="convocations@of.example")
    about = About("convocation")
    assert addresses(organisation, about)[0] == "contact@of.example"
    assert "une fois son lien ouvert" in text(client.get(page("sender")))
    prove("convocations@of.example")
    assert addresses(organisation, about) == ("convocations@of.example", "")
    assert addresses(organisation, About("certificate")) == ("contact@of.example", "accueil@of.example")
    organisation.refresh_from_db()
    assert organisation.sender_address == "contact@of.example"


def test_a_session_comes_before_a_type(client: Client, organisation: Organisation, session: TrainingSession) -> None:
    ask(client, reply_address="type@of.example")
    ask(client, about=str(session.pk), reply_address="session@of.example")
    assert addresses(organisation, About("convocation", session))[1] == "session@of.example"
    assert addresses(organisation, About("evaluation", session))[1] == "session@of.example"
    assert addresses(organisation, About("convocation", a_session(organisation)))[1] == "type@of.example"


def test_what_is_sent_carries_it(client: Client, organisation: Organisation) -> None:
    ask(client, sender_address="convocations@of.example", reply_address="rh@of.example")
    prove("convocations@of.example")
    (row,) = posted(organisation=organisation)
    message = Message.objects.get(pk=row.message_id)
    assert (message.author_address, message.reply_address) == ("convocations@of.example", "rh@of.example")


def test_a_domain_that_is_lost_takes_the_exception_along(client: Client, organisation: Organisation) -> None:
    ask(client, sender_address="convocations@of.example")
    prove("convocations@of.example")
    SendingDomain.objects.update(state=DomainState.FALLEN_BACK, state_since=timezone.now() - timedelta(days=2))
    author, replies = addresses(organisation, About("convocation"))
    assert not author.endswith("@of.example")
    assert replies == "convocations@of.example"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"sender_address": "nous@ailleurs.example"}, "n'est pas encore vérifié"),
        ({"sender_address": "nous"}, "adresse"),
        ({}, "Indiquez une adresse"),
        ({"about": "rien", "reply_address": "a@of.example"}, "choix"),
        ({"about": "999999", "reply_address": "a@of.example"}, "choix"),
    ],
)
def test_what_cannot_be_is_said(client: Client, organisation: Organisation, given: dict[str, str], words: str) -> None:
    assert words in ask(client, **given)
    assert not SenderException.objects.exists()


def test_it_is_replaced_and_removed(client: Client, organisation: Organisation) -> None:
    ask(client, reply_address="one@of.example")
    ask(client, reply_address="two@of.example")
    kept = SenderException.objects.get()
    assert kept.reply_address == "two@of.example"
    other = a_user(Role.ADMINISTRATOR, an_organisation(slug="autre"))
    client.force_login(other)
    assert client.post(f"/o/autre/reglages/expediteur/exceptions/{kept.pk}/retirer").status_code == 404
    client.force_login(organisation.users.get())
    client.post(page("sender_exception_remove", kept.pk))
    assert not SenderException.objects.exists()
