"""Correcting, resending, handing over, moving, reminding: as people and their browsers ask for it."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Flag, Status
from bienrecu.store import record
from bienrecu.store.models import AuditEntry, Enrolment, Message, Recipient, Role, Suppression, TrainingSession, User
from bienrecu.submission.resend import key_of
from tests.builders import a_contact, a_message, a_recipient, a_session, a_user, an_organisation
from tests.site.follow_up import a_failure, at, badge, to_handle
from tests.site.pages import HTMX, text

pytestmark = pytest.mark.django_db
UNKNOWN = [(Kind.REFUSED, Reason.ADDRESS_UNKNOWN)]


@pytest.fixture
def session() -> TrainingSession:
    return a_session()


@pytest.fixture
def sender(session: TrainingSession) -> User:
    return a_user(Role.SENDER, session.organisation, language="fr", name="Camille Morel")


@pytest.fixture
def page(client: Client, sender: User) -> Client:
    client.force_login(sender)
    return client


# Acting


def test_correcting_sends_updates_the_record_and_takes_the_row_off_the_page(
    page: Client, session: TrainingSession, sender: User
) -> None:
    contact = a_contact(session.organisation, email="awa@gmial.com")
    row = a_failure(session, UNKNOWN, contact=contact, address="awa@gmial.com", name="Awa Diallo")
    answer = {"address": "awa@gmail.com", "key": "k", "next": at("to_handle", session)}
    response = page.post(at("correct", session, row.id), answer, follow=True)
    assert response.redirect_chain == [(at("to_handle", session), 302)]
    said = text(response)
    assert "part vers awa@gmail.com" in said or "part à awa@gmail.com" in said or "awa@gmail.com" in said
    assert "Renvoyés, réponse attendue" in said
    assert badge(response) == ""
    [again] = row.resends.all()
    contact.refresh_from_db()
    assert (again.address, contact.email, again.message.requested_by) == ("awa@gmail.com", "awa@gmail.com", sender)


def test_a_resend_that_fails_takes_the_place_of_its_original(page: Client, session: TrainingSession) -> None:
    row = a_failure(session)
    page.post(at("resend", session, row.id), {"key": "k"})
    [again] = row.resends.all()
    record.add([record.NewEvent(again.id, Kind.REFUSED, timezone.now(), "x", Reason.MAILBOX_FULL)])
    shown = to_handle(page, session)
    assert badge(shown) == "1"
    assert at("email", session, again.id) in shown.content.decode()
    assert at("email", session, row.id) + '"' not in shown.content.decode()


@pytest.mark.parametrize("address", ["awa@exemple.fr", "sans arobase", ""])
def test_an_address_that_will_not_do_is_said_beside_its_field(
    page: Client, session: TrainingSession, address: str
) -> None:
    row = a_failure(session, UNKNOWN, address="awa@exemple.fr")
    response = page.post(at("correct", session, row.id), {"address": address, "key": "k"})
    source = response.content.decode()
    assert response.status_code == 422
    assert re.search(rf'aria-invalid="true" aria-describedby="wrong-{row.id} ', source)
    assert f'id="wrong-{row.id}"' in source
    assert not row.resends.exists()


def test_an_address_that_failed_before_is_written_to_once_somebody_says_they_checked_it(
    page: Client, session: TrainingSession
) -> None:
    a_failure(session, UNKNOWN, address="autre@exemple.fr", requested_at=timezone.now() - timedelta(days=9))
    row = a_failure(session, UNKNOWN)
    answer = {"address": "autre@exemple.fr", "key": "k"}
    assert 'name="reactivate"' in page.post(at("correct", session, row.id), answer).content.decode()
    page.post(at("correct", session, row.id), answer | {"reactivate": "on"})
    assert row.resends.get().address == "autre@exemple.fr"


def test_what_needs_thought_is_asked_once_more_before_it_is_sent(page: Client, session: TrainingSession) -> None:
    row = a_recipient(session, Status.SENT, requested_at=timezone.now())
    asked = page.post(at("resend", session, row.id), {"key": "k"})
    assert asked.status_code == 422 and "Risque de doublon" in text(asked)
    assert not row.resends.exists()
    assert "Renvoyer quand même" in text(page.get(at("resend", session, row.id)))
    page.post(at("resend", session, row.id), {"key": "k", "confirmed": "1"})
    assert row.resends.count() == 1


def test_what_is_blocked_offers_another_address_only(page: Client, session: TrainingSession) -> None:
    row = a_failure(session, UNKNOWN)
    shown = page.get(at("resend", session, row.id))
    assert "Renvoyer quand même" not in text(shown) and "Corriger et renvoyer" in text(shown)
    assert page.post(at("resend", session, row.id), {"key": "k", "confirmed": "1"}).status_code == 422
    assert not row.resends.exists()


def test_reactivating_says_so_and_is_noted(page: Client, session: TrainingSession, sender: User) -> None:
    row = a_failure(session, UNKNOWN)
    page.post(at("reactivate", session, row.id))
    assert Suppression.objects.get(address=row.address).lifted_by == sender
    assert AuditEntry.objects.filter(action="suppression_lifted", by=sender).count() == 1


def test_handing_over_is_noted_with_who_when_and_how(page: Client, session: TrainingSession) -> None:
    row = a_failure(session)
    day = timezone.localdate() - timedelta(days=1)
    url = at("handed_over", session, row.id)
    assert page.post(url, {"on": "", "who": "", "how": ""}).status_code == 422
    late = {"on": str(timezone.localdate() + timedelta(days=2)), "who": "Camille Morel", "how": "Main propre"}
    assert "à venir" in text(page.post(url, late))
    for _ in range(2):
        page.post(url, {"on": str(day), "who": "Zoé", "how": "En main propre"})
    [event] = row.events.filter(kind=Kind.NOTE)
    assert (event.words, timezone.localdate(event.at)) == ("En main propre (par Zoé)", day)
    row.refresh_from_db()
    assert Flag(row.flags) == Flag.NOTED
    assert badge(to_handle(page, session)) == ""
    assert "Note de Camille Morel : En main propre (par Zoé)" in text(page.get(at("email", session, row.id))).replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_both_rows_lead_to_each_other(page: Client, session: TrainingSession) -> None:
    row = a_failure(session)
    page.post(at("resend", session, row.id), {"key": "k"})
    again = row.resends.get()
    assert at("email", session, again.id) in page.get(at("email", session, row.id)).content.decode()
    assert at("email", session, row.id) in page.get(at("email", session, again.id)).content.decode()


def test_the_unfolded_card_of_history_leads_back_to_it(page: Client, session: TrainingSession) -> None:
    row = a_failure(session)
    here = at("history", session, session.id) + "?q=awa"
    card = page.get(at("email", session, row.id), headers=HTMX | {"HX-Current-URL": f"http://testserver{here}"})
    assert f"?next={here.replace('?', '%3F').replace('=', '%3D')}" in card.content.decode()


@pytest.mark.parametrize("elsewhere", ["https://exemple.org/", "//exemple.org/", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere_afterwards(page: Client, session: TrainingSession, elsewhere: str) -> None:
    row = a_failure(session)
    response = page.post(at("resend", session, row.id), {"key": "k", "next": elsewhere})
    assert response["Location"] == at("email", session, row.id)


def test_all_that_failed_of_a_session_goes_again_from_history(page: Client, session: TrainingSession) -> None:
    for _ in range(2):
        a_failure(session)
    a_failure(session, UNKNOWN)
    url = at("resend_failed", session, session.id)
    assert url in page.get(at("history", session, session.id)).content.decode()
    asked = page.get(url)
    assert "Renvoyer 2 e-mails" in text(asked) and "1 autre demande" in text(asked)
    key = re.search(r'name="key" value="(\w+)"', asked.content.decode())
    assert key
    for _ in range(2):
        response = page.post(url, {"key": key[1]}, follow=True)
        assert "2 e-mails sont partis" in text(response)
    assert Recipient.objects.filter(resend_of__isnull=False).count() == 2


def test_those_of_one_cause_go_again_together_and_never_anothers(page: Client, session: TrainingSession) -> None:
    mine = [a_failure(session) for _ in range(2)]
    other = a_failure(a_session(an_organisation()))
    answer = {"key": "k", "id": [*(row.id for row in [*mine, other]), "x", "9" * 30]}
    page.post(at("resend_many", session), answer)
    assert {row.resend_of for row in Recipient.objects.filter(resend_of__isnull=False)} == set(mine)


# Scheduled, grid, reminders


def test_what_is_scheduled_can_be_moved_and_cancelled(page: Client, session: TrainingSession, sender: User) -> None:
    later = timezone.now() + timedelta(days=2)
    message = a_message(session, scheduled_at=later, recipient_count=1, subject="Programme")
    a_recipient(message=message, status=Status.REQUESTED, due_at=later, due_since=later)
    assert "Programme" in text(page.get(at("scheduled", session, session.id)))
    change = at("reschedule", session, message.id)
    assert page.post(change, {"at": "2001-01-01T10:00"}).status_code == 422
    moved = timezone.localtime(later + timedelta(days=1)).replace(second=0, microsecond=0)
    page.post(change, {"at": f"{moved:%Y-%m-%dT%H:%M}"})
    message.refresh_from_db()
    assert message.scheduled_at == moved
    cancel = at("cancel_scheduled", session, message.id)
    assert "Annuler" in text(page.get(cancel))
    for _ in range(2):
        response = page.post(cancel, follow=True)
    assert "annulé" in text(response) and "Camille Morel" in text(response)
    assert not Recipient.objects.exists()
    actions = set(AuditEntry.objects.filter(by=sender).values_list("action", flat=True))
    assert actions == {"email_rescheduled", "email_cancelled"}


def test_the_grid_tells_for_each_person_and_type_and_a_resend_counts_for_its_original(
    page: Client, session: TrainingSession
) -> None:
    awa, noe = (a_contact(session.organisation, last_name=name) for name in ("Diallo", "Lambert"))
    for contact in (awa, noe):
        Enrolment.objects.create(session=session, contact=contact)
    first = a_failure(session, contact=awa)
    again = a_recipient(session, Status.RECEIVED, contact=awa, resend_of=first)
    a_recipient(session, Status.OPENED, message=a_message(session, type="certificate"), contact=awa)
    a_recipient(session, Status.SENT, name="Visiteur")
    shown = page.get(at("grid", session, session.id))
    said = text(shown)
    assert at("email", session, again.id) in shown.content.decode()
    assert at("email", session, first.id) + '"' not in shown.content.decode()
    assert said.index("Awa Diallo") < said.index("Awa Lambert") < said.index("Hors des participants")
    assert "rien d'envoyé" in said and "Visiteur" in said and "Réception impossible" not in said


def test_an_empty_grid_explains_itself(page: Client, session: TrainingSession) -> None:
    assert "Elle peut s'imprimer" in text(page.get(at("grid", session, session.id) + "?page=zz"))
    assert page.get(at("grid", session, session.id) + "?page=99").status_code == 200


def test_a_reminder_says_how_many_then_sends_to_them_once(page: Client, session: TrainingSession) -> None:
    message = a_message(session)
    rows = [a_recipient(message=message) for _ in range(2)]
    a_recipient(message=message, events=[(Kind.CONFIRMED, None)])
    assert "Confirmé par 1 personnes sur 3" in text(page.get(at("grid", session, session.id)))
    url = at("remind", session, message.id)
    asked = page.get(url)
    assert "Relancer 2 personnes" in text(asked)
    key = re.search(r'name="key" value="(\w+)"', asked.content.decode())
    assert key
    for _ in range(2):
        page.post(url, {"key": key[1]})
    assert {row.resend_of for row in Recipient.objects.filter(resend_of__isnull=False)} == set(rows)


# Who may


ACTIONS = ("resend", "correct", "handed_over", "reactivate")


def test_a_reader_sees_everything_and_changes_nothing(client: Client, session: TrainingSession) -> None:
    client.force_login(a_user(Role.READER, session.organisation, language="fr"))
    row = a_failure(session)
    message = a_message(session, scheduled_at=timezone.now() + timedelta(days=1))
    a_recipient(message=message, status=Status.REQUESTED, due_at=message.scheduled_at)
    for name, *more in (("to_handle",), ("scheduled", session.id), ("grid", session.id), ("email", row.id)):
        source = client.get(at(name, session, *more)).content.decode()
        main = source[source.index('<main id="main"') :]
        # Whether a help text helped, anybody may say.
        forms = [form for form in re.findall(r"<form[^>]*>", main) if 'class="helped"' not in form]
        assert forms == [], name
        assert "Renvoyer" not in main and "Annuler" not in main, name
    assert "/renvoyer" not in client.get(at("history", session, session.id)).content.decode()
    before = list(Recipient.objects.values())
    for name in ACTIONS:
        assert client.post(at(name, session, row.id), {"address": "x@exemple.fr"}).status_code == 403, name
    assert client.get(at("resend", session, row.id)).status_code == 403
    assert client.post(at("resend_many", session), {"id": row.id}).status_code == 403
    assert client.post(at("resend_failed", session, session.id)).status_code == 403
    for name in ("remind", "reschedule", "cancel_scheduled"):
        assert client.post(at(name, session, message.id)).status_code == 403, name
    assert list(Recipient.objects.values()) == before


def test_what_belongs_to_another_organisation_is_not_there(page: Client, session: TrainingSession) -> None:
    other = a_session(an_organisation())
    row = a_failure(other)
    for name in ACTIONS:
        assert page.post(at(name, session, row.id), {"address": "x@exemple.fr"}).status_code == 404, name
    for name in ("scheduled", "grid", "resend_failed"):
        assert page.get(at(name, session, other.id)).status_code == 404, name
    for name in ("remind", "reschedule", "cancel_scheduled"):
        assert page.post(at(name, session, row.message_id)).status_code == 404, name
    assert Recipient.objects.count() == 1


def test_looking_changes_nothing(page: Client, session: TrainingSession) -> None:
    row = a_failure(session)
    before = list(Recipient.objects.values())
    for name in ACTIONS:
        page.get(at(name, session, row.id))
    page.get(at("resend_failed", session, session.id))
    page.get(at("remind", session, row.message_id))
    assert list(Recipient.objects.values()) == before
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_send_once() -> None:
    session = a_session()
    sender = a_user(Role.SENDER, session.organisation)
    resent, corrected = a_failure(session), a_failure(session, UNKNOWN, contact=a_contact(session.organisation))
    forms = [
        (at("resend", session, resent.id), {"key": key_of({resent.id: 0})}),
        (at("correct", session, corrected.id), {"key": key_of({corrected.id: 0}), "address": "neuve@exemple.fr"}),
    ]
    codes: list[int] = []

    def press(client: Client, url: str, data: dict[str, str]) -> None:
        try:
            codes.append(client.post(url, data).status_code)
        finally:
            connection.close()

    clients = [Client() for _ in range(10)]
    for client in clients:
        client.force_login(sender)
    for url, data in forms:
        threads = [threading.Thread(target=press, args=(client, url, data)) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert codes == [302] * 20
    assert [row.resends.count() for row in (resent, corrected)] == [1, 1]
    assert AuditEntry.objects.filter(action="email_resent").count() == 2
