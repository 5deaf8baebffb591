"""Help in the page, whether it helped, asking somebody, the first steps of an organisation."""

import quopri
import re
from email import message_from_bytes
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.simulator.behaviours import BEHAVIOURS
from bienrecu.store import help_answers
from bienrecu.store.models import HelpAnswer, Message, Organisation, Recipient, Role, TrainingSession, User
from bienrecu.store.queries.emails import exact_bytes
from bienrecu.submission import help_request
from tests.builders import a_contact, a_recipient, a_session, a_user, an_organisation
from tests.site.pages import text

pytestmark = pytest.mark.django_db
FULL = [(Kind.REFUSED, Reason.MAILBOX_FULL)]


@pytest.fixture
def organisation() -> Organisation:
    return an_organisation(name="Formation Exemple", reply_address="secretariat@exemple.fr")


@pytest.fixture
def reader(organisation: Organisation, client: Client) -> User:
    user = a_user(organisation=organisation, language="fr", name="Camille Morel")
    client.force_login(user)
    return user


def at(organisation: Organisation, name: str, *args: Any) -> str:
    return reverse(name, args=[organisation.slug, *args])


# Understanding the statuses


def test_every_help_text_of_the_statuses_asks_whether_it_helped(client: Client, reader: User) -> None:
    page = client.get(reverse("statuses")).content.decode()
    asked = re.findall(r"/aide/([a-z_]+)\"", page)
    assert set(asked) == {*(status.code for status in Status), *(reason.value for reason in Reason)}


def test_who_is_not_logged_in_reads_the_same_and_is_not_asked(client: Client) -> None:
    page = client.get(reverse("statuses"))
    assert page.status_code == 200 and "/aide/" not in page.content.decode()


def test_the_page_of_the_statuses_keeps_the_menu_of_the_organisation_chosen_last(client: Client, reader: User) -> None:
    other = an_organisation(name="Autre Organisme")
    reader.memberships.create(organisation=other, role=Role.ADMINISTRATOR)
    client.post(at(other, "switch"))
    assert at(other, "contacts") in client.get(reverse("statuses")).content.decode()


@pytest.mark.parametrize(
    ("events", "anchor"), [(FULL, "mailbox_full"), ([(Kind.DELIVERED, None)], "received"), ([], "requested")]
)
def test_an_e_mail_leads_to_the_explanation_of_its_cause_or_status(
    client: Client, reader: User, organisation: Organisation, events: Any, anchor: str
) -> None:
    row = a_recipient(a_session(organisation), events=events)
    page = client.get(at(organisation, "email", row.pk)).content.decode()
    assert f'href="{reverse("statuses")}#{anchor}"' in page
    assert f'id="{anchor}"' in client.get(reverse("statuses")).content.decode()


PAGES = ("history", "participants", "scheduled", "grid", "records")


@pytest.mark.parametrize("name", ["sessions", "contacts", "to_handle", *PAGES])
def test_a_page_explains_itself_in_place(client: Client, reader: User, organisation: Organisation, name: str) -> None:
    page = client.get(at(organisation, name, *([a_session(organisation).pk] if name in PAGES else [])))
    assert "Aide sur cette page" in text(page) and "Cela a-t-il répondu à votre question" in text(page)


@pytest.mark.parametrize("name", ["history", "scheduled", "grid"])
def test_an_empty_page_leads_who_may_send_to_their_first_e_mail(
    client: Client, organisation: Organisation, name: str
) -> None:
    session = a_session(organisation)
    for role, may_send in ((Role.SENDER, True), (Role.READER, False)):
        client.force_login(a_user(role, organisation))
        empty = client.get(at(organisation, name, session.pk)).content.decode().partition('class="empty"')[2]
        assert (at(organisation, "new_email", session.pk) in empty) is may_send


@pytest.mark.parametrize("name", ["grid", "history", "contact"])
def test_where_statuses_are_shown_their_explanation_is_linked(
    client: Client, reader: User, organisation: Organisation, name: str
) -> None:
    session, contact = a_session(organisation), a_contact(organisation)
    session.participants.add(contact)
    a_recipient(session, contact=contact)
    page = client.get(at(organisation, name, contact.pk if name == "contact" else session.pk)).content.decode()
    assert f'href="{reverse("statuses")}"' in page.partition('class="legend"')[2]


# Whether it helped


def test_an_answer_is_kept_once_with_the_words_that_may_follow(
    client: Client, reader: User, organisation: Organisation
) -> None:
    for helped in ("yes", "no", "no"):
        asked = client.post(at(organisation, "help_answer", "mailbox_full"), {"helped": helped, "next": "/statuses"})
    words = "Je ne sais pas qui appeler. " * 200
    answered = client.post(asked["Location"], {"words": words, "next": "/statuses"})
    assert answered["Location"] == "/statuses"
    kept = HelpAnswer.objects.get()
    assert (kept.by, kept.topic, kept.helped) == (reader, "mailbox_full", False)
    assert kept.comment == words[: help_answers.LONGEST]


@pytest.mark.parametrize(("topic", "helped"), [("nothing", "yes"), ("mailbox_full", "perhaps"), ("mailbox_full", "")])
def test_only_yes_or_no_to_what_is_explained_is_an_answer(
    client: Client, reader: User, organisation: Organisation, topic: str, helped: str
) -> None:
    assert client.post(at(organisation, "help_answer", topic), {"helped": helped}).status_code == 404
    assert not HelpAnswer.objects.exists()


def test_nobody_adds_words_to_the_answer_of_somebody_else(
    client: Client, reader: User, organisation: Organisation
) -> None:
    kept = help_answers.answer(organisation, a_user(organisation=organisation), "sent", helped=True)
    assert client.post(at(organisation, "help_answered", kept.pk), {"words": "Non."}).status_code == 404


def test_an_answer_leads_nowhere_outside(client: Client, reader: User, organisation: Organisation) -> None:
    sent = {"helped": "yes", "next": "https://ailleurs.example/"}
    page = client.post(at(organisation, "help_answer", "sent"), sent, follow=True)
    assert "ailleurs.example" not in page.content.decode()


def test_the_administrator_sees_which_texts_did_not_help_and_why(client: Client, organisation: Organisation) -> None:
    for name, helped in (("Léa", False), ("Noé", True)):
        kept = help_answers.answer(
            organisation, a_user(organisation=organisation, name=name), "mailbox_full", helped=helped
        )
        help_answers.add_words(kept, f"Un mot de {name}.")
    help_answers.answer(an_organisation(), a_user(), "greylisted", helped=False)
    client.force_login(a_user(Role.ADMINISTRATOR, organisation, language="fr"))
    said = text(client.get(at(organisation, "help_answers")))
    assert "Un mot de Léa." in said and "Un mot de Noé." in said
    assert "La boîte du destinataire est pleine 1 1" in said


# Asking for help


def test_without_a_contact_one_is_told_who_can_set_it(client: Client, reader: User, organisation: Organisation) -> None:
    assert "pas encore dit à qui demander" in text(client.get(at(organisation, "help_ask")))
    assert client.post(at(organisation, "help_ask"), {"words": "À l'aide"}).status_code == 404


def test_a_page_or_chat_is_linked_and_the_diagnosis_is_there_to_be_copied(
    client: Client, reader: User, organisation: Organisation
) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(help_contact="https://aide.exemple.fr/chat")
    row = a_recipient(a_session(organisation), events=FULL, name="Awa Diallo")
    page = client.get(at(organisation, "email_help", row.pk))
    assert 'href="https://aide.exemple.fr/chat"' in page.content.decode()
    assert "boîte" in text(page) and row.msg_id in text(page)


@pytest.mark.parametrize("agrees", [True, False])
def test_the_diagnosis_goes_along_only_if_the_person_agrees(
    client: Client, reader: User, organisation: Organisation, agrees: bool
) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(help_contact="mailto:informatique@exemple.fr")
    row = a_recipient(a_session(organisation), events=FULL, name="Awa Diallo")
    sent = {"words": "Que faire <b>maintenant</b> ?", "key": "une-fois"} | ({"attach": "1"} if agrees else {})
    for _twice in range(2):
        assert client.post(at(organisation, "email_help", row.pk), sent).status_code == 302
    asked = Recipient.objects.get(address="informatique@exemple.fr")
    letter = exact_bytes(asked)
    assert letter is not None
    said = letter.data.decode()
    assert reader.email in message_from_bytes(letter.data)["Reply-To"]
    assert "&lt;b&gt;maintenant" in said  # in its HTML; its text is plain
    assert (row.msg_id in said) is agrees
    assert ("Note pour votre propre informatique" in quopri.decodestring(letter.data).decode()) is agrees


def test_an_empty_question_is_not_sent(client: Client, reader: User, organisation: Organisation) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(help_contact="mailto:informatique@exemple.fr")
    page = client.post(at(organisation, "help_ask"), {"words": "  "})
    assert page.status_code == 422 and "Dites en quelques mots" in text(page)
    assert not Message.objects.exists()


def test_somebody_who_asks_all_day_long_is_sent_to_write_themselves(
    client: Client, reader: User, organisation: Organisation
) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(help_contact="mailto:informatique@exemple.fr")
    for number in range(help_request.MOST_A_DAY + 1):
        page = client.post(at(organisation, "help_ask"), {"words": "Et là ?", "key": str(number)})
    assert page.status_code == 422 and "informatique@exemple.fr" in text(page)
    assert Message.objects.count() == help_request.MOST_A_DAY


# The first steps


def ticks(page: Any) -> list[bool]:
    return ["done" in one for one in re.findall(r'<li( class="done")?><span class="step-mark"', page.content.decode())]


def test_the_steps_tick_themselves_one_after_the_other(client: Client, administrator: User) -> None:
    organisation = administrator.organisations.get()
    home = at(organisation, "sessions")
    assert ticks(client.get(home)) == [False] * 5
    fields = {"reply_address": "secretariat@exemple.fr", "sender_address": "envoi@exemple.fr"}
    Organisation.objects.filter(pk=organisation.pk).update(**fields)
    assert ticks(client.get(home)) == [True, True, False, False, False]
    session = a_session(organisation)
    assert ticks(client.get(home)) == [True, True, True, False, False]
    a_recipient(session, address="alice@accepte.simulator.invalid")
    assert ticks(client.get(home)) == [True, True, True, True, False]
    a_recipient(session, address="alice@not-simulator.invalid")
    assert ticks(client.get(home)) == [True] * 5


def test_the_steps_are_put_away_by_each_for_themselves_and_can_come_back(client: Client, administrator: User) -> None:
    organisation = administrator.organisations.get()
    client.post(at(organisation, "first_steps_hide"))
    assert ticks(client.get(at(organisation, "sessions"))) == []
    other = Client()
    other.force_login(a_user(Role.SENDER, organisation))
    assert len(ticks(other.get(at(organisation, "sessions")))) == 5
    client.post(at(organisation, "first_steps_hide"), {"show": "1"})
    assert len(ticks(client.get(at(organisation, "sessions")))) == 5


def test_a_reader_is_not_asked_to_begin(client: Client, reader: User, organisation: Organisation) -> None:
    assert ticks(client.get(at(organisation, "sessions"))) == []
    assert client.post(at(organisation, "first_steps_hide")).status_code == 403
    assert client.post(at(organisation, "rehearse")).status_code == 403


def test_the_rehearsal_is_prepared_once(client: Client, administrator: User) -> None:
    organisation = administrator.organisations.get()
    for _twice in range(2):
        response = client.post(at(organisation, "rehearse"))
    session = TrainingSession.objects.get(organisation=organisation)
    assert response["Location"] == at(organisation, "participants", session.pk)
    assert session.participants.count() == 6
    assert all(one.email.endswith(".simulator.invalid") for one in session.participants.all())


def test_the_people_of_the_rehearsal_behave_as_the_simulator_knows(client: Client, administrator: User) -> None:
    client.post(at(administrator.organisations.get(), "rehearse"))
    known = {one.name_fr for one in BEHAVIOURS}
    session = TrainingSession.objects.get()
    assert {one.email.partition("@")[2].partition(".")[0] for one in session.participants.all()} <= known
