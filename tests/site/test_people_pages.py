"""Contacts and sessions, as people who work with them meet them."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.store.models import AuditEntry, Contact, Organisation, Role, TrainingSession
from bienrecu.submission.consent import Source, give_consent, withdraw
from bienrecu.submission.people import imports
from tests.builders import a_contact, a_recipient, a_session, a_user, an_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> Organisation:
    return an_organisation()


def logged_in(organisation: Organisation, role: Role = Role.SENDER) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(a_user(role, organisation))
    return client


def address(name: str, organisation: Organisation, **of: int) -> str:
    return reverse(name, kwargs={"slug": organisation.slug} | of)


PERSON = {"first_name": "Noé", "last_name": "Léger", "email": "noe@exemple.fr", "company": "", "role": "participant"}
SESSION = {"title": "Sécurité incendie", "starts_on": "", "ends_on": "", "place": "", "owner": "", "reference": ""}


def listed(client: Client, url: str, **query: str) -> list[Contact]:
    return [contact for contact, _role in client.get(url, query).context["people"]]


def test_contacts_are_found_without_accents_or_capitals(ours: Organisation) -> None:
    elodie = a_contact(ours, first_name="Élodie", last_name="Çelik")
    a_contact(ours)
    assert listed(logged_in(ours), address("contacts", ours), q="CELIK elo") == [elodie]


def test_contacts_are_sorted_by_last_name_whatever_its_accents(ours: Organisation) -> None:
    for last in ("Zola", "Éluard", "Eco", "Fanon"):
        a_contact(ours, first_name="", last_name=last)
    found = listed(logged_in(ours), address("contacts", ours))
    assert [contact.last_name for contact in found] == ["Eco", "Éluard", "Fanon", "Zola"]


def test_every_contact_is_on_one_page_and_only_one_in_either_direction(ours: Organisation) -> None:
    for number in range(120):
        a_contact(ours, first_name=f"P{number % 7}", last_name="Même nom")
    client, seen, url = logged_in(ours), [], address("contacts", ours)
    context = client.get(url).context
    while True:
        seen += [contact.id for contact, _role in context["people"]]
        if not context["next"]:
            break
        context = client.get(url + context["next"]).context
    assert len(seen) == len(set(seen)) == 120
    back = client.get(url + context["previous"]).context
    assert [contact.id for contact, _role in back["people"]] == seen[50:100]


def test_a_place_in_the_list_that_cannot_be_read_is_its_beginning(ours: Organisation) -> None:
    a_contact(ours)
    for at in ("x", "é", "W10", "WyJhIiwgInoiXQ", "A" * 900):
        assert len(logged_in(ours).get(address("contacts", ours), {"at": at}).context["people"]) == 1


def test_a_contact_is_made_and_the_log_says_who_did_it(ours: Organisation) -> None:
    logged_in(ours).post(address("contact_new", ours), PERSON)
    assert str(Contact.objects.get()) == "Noé Léger"
    assert AuditEntry.objects.get().action == "contact_created"


def test_the_same_person_is_not_made_twice(ours: Organisation) -> None:
    a_contact(ours, first_name="noe", last_name="LEGER", email="Noe@exemple.fr")
    page = logged_in(ours).post(address("contact_new", ours), PERSON | {"shared": "1"})
    assert "already in your contacts" in page.content.decode()
    assert Contact.objects.count() == 1


def test_two_people_share_a_mailbox_once_somebody_says_so(ours: Organisation) -> None:
    a_contact(ours, first_name="Paul", last_name="Petit", email="noe@exemple.fr")
    client = logged_in(ours)
    page = client.post(address("contact_new", ours), PERSON)
    assert page.status_code == 422
    assert "Paul Petit" in page.content.decode()
    client.post(address("contact_new", ours), PERSON | {"shared": "1"})
    assert Contact.objects.count() == 2


def test_a_mistyped_address_is_asked_about_and_either_answer_is_taken(ours: Organisation) -> None:
    client, typed = logged_in(ours), PERSON | {"email": "noe@gmial.com"}
    assert "noe@gmail.com" in client.post(address("contact_new", ours), typed).content.decode()
    assert not Contact.objects.exists()
    client.post(address("contact_new", ours), typed | {"spelling": "noe@gmail.com"})
    client.post(address("contact_new", ours), typed | {"spelling": "noe@gmial.com"})
    assert sorted(Contact.objects.values_list("email", flat=True)) == ["noe@gmail.com", "noe@gmial.com"]


def test_an_address_that_is_none_is_named_beside_its_field(ours: Organisation) -> None:
    page = logged_in(ours).post(address("contact_new", ours), PERSON | {"email": "noe"}).content.decode()
    assert "name@domain" in page
    assert 'aria-invalid="true"' in page


def test_changing_a_contact_leaves_what_was_sent_as_it_was(ours: Organisation) -> None:
    contact = a_contact(ours, email="vieux@exemple.fr")
    row = a_recipient(a_session(ours), contact=contact, address="vieux@exemple.fr")
    logged_in(ours).post(address("contact_edit", ours, id=contact.id), PERSON | {"email": "neuf@exemple.fr"})
    row.refresh_from_db()
    contact.refresh_from_db()
    assert (contact.email, row.address) == ("neuf@exemple.fr", "vieux@exemple.fr")
    page = logged_in(ours).get(address("contact", ours, id=contact.id)).content.decode()
    assert "to vieux@exemple.fr" in page


def test_an_archived_contact_leaves_the_list_and_comes_back(ours: Organisation) -> None:
    contact, client = a_contact(ours), logged_in(ours)
    client.post(address("contact_archive", ours, id=contact.id))
    assert listed(client, address("contacts", ours)) == []
    assert listed(client, address("contacts", ours), archived="1") == [contact]
    client.post(address("contact_archive", ours, id=contact.id), {"restore": "1"})
    assert listed(client, address("contacts", ours)) == [contact]


def test_a_contacts_page_shows_their_emails_of_all_sessions(ours: Organisation) -> None:
    contact = a_contact(ours)
    rows = [a_recipient(a_session(ours, title=title), contact=contact) for title in ("Incendie", "Secourisme")]
    page = logged_in(ours, Role.READER).get(address("contact", ours, id=contact.id)).content.decode()
    for row, title in zip(rows, ("Incendie", "Secourisme"), strict=True):
        assert title in page
        assert address("email", ours, id=row.id) in page


def test_the_older_emails_of_a_contact_are_on_further_pages(ours: Organisation) -> None:
    contact, session = a_contact(ours), a_session(ours)
    rows = [a_recipient(session, contact=contact) for _ in range(51)]
    client, url = logged_in(ours), address("contact", ours, id=contact.id)
    assert client.get(url).context["older"] == rows[1].id
    assert [row.id for row, _, _ in client.get(url, {"before": rows[1].id}).context["emails"]] == [rows[0].id]


def test_the_latest_answer_counts_by_the_day_it_was_given() -> None:
    contact, now = a_contact(), timezone.now()
    withdraw(contact, now - timedelta(days=1), Source.PAGE, "2026-1")
    give_consent(contact, now - timedelta(days=9), Source.USER, "")
    assert contact.tracking_consent_at is None
    give_consent(contact, now, Source.PAGE, "2026-1")
    contact.refresh_from_db()
    assert contact.tracking_consent_at == now
    assert contact.consents.count() == 3


def test_an_answer_given_on_paper_is_noted_with_who_noted_it(ours: Organisation) -> None:
    contact, client = a_contact(ours), logged_in(ours)
    url = address("contact_consent", ours, id=contact.id)
    client.post(url, {"answer": "yes", "day": "2026-03-02", "text": "2026-1"})
    contact.refresh_from_db()
    assert contact.tracking_consent_at is not None
    answer = contact.consents.get()
    assert (answer.granted, answer.source, answer.text_version) == (True, "user", "2026-1")
    assert answer.by is not None
    client.post(url, {"answer": "no", "day": timezone.localdate().isoformat(), "text": ""})
    contact.refresh_from_db()
    assert contact.tracking_consent_at is None


def test_nobody_agrees_in_the_future(ours: Organisation) -> None:
    contact = a_contact(ours)
    later = (timezone.localdate() + timedelta(days=2)).isoformat()
    page = logged_in(ours).post(address("contact_consent", ours, id=contact.id), {"answer": "yes", "day": later})
    assert page.status_code == 422
    assert not contact.consents.exists()


def test_a_session_gets_a_reference_of_its_own_from_its_title(ours: Organisation) -> None:
    for _ in range(2):
        logged_in(ours).post(address("session_new", ours), SESSION)
    references = TrainingSession.objects.order_by("id").values_list("reference", flat=True)
    assert list(references) == ["securite-incendie", "securite-incendie-2"]


def test_a_reference_that_is_taken_is_named_beside_its_field(ours: Organisation) -> None:
    a_session(ours, reference="sst")
    page = logged_in(ours).post(address("session_new", ours), SESSION | {"reference": "sst"})
    assert page.context["form"].errors.keys() == {"reference"}


def test_a_session_does_not_end_before_it_begins(ours: Organisation) -> None:
    days = {"starts_on": "2027-02-03", "ends_on": "2027-02-01"}
    page = logged_in(ours).post(address("session_new", ours), SESSION | days)
    assert page.context["form"].errors.keys() == {"ends_on"}


def test_the_owner_of_a_session_is_one_of_ours(ours: Organisation) -> None:
    stranger = a_user(Role.SENDER)
    page = logged_in(ours).post(address("session_new", ours), SESSION | {"owner": stranger.id})
    assert page.context["form"].errors.keys() == {"owner"}


def test_a_session_is_changed_archived_and_brought_back(ours: Organisation) -> None:
    session, client = a_session(ours, reference="sst"), logged_in(ours)
    client.post(
        address("session_edit", ours, session_id=session.id),
        SESSION | {"title": "Incendie 2", "reference": "sst", "starts_on": "2027-02-03"},
    )
    session.refresh_from_db()
    assert (session.title, session.starts_on) == ("Incendie 2", date(2027, 2, 3))
    client.post(address("session_archive", ours, session_id=session.id))
    assert not client.get(address("sessions", ours)).context["coming"]
    assert [one["session"] for one in client.get(address("sessions_archived", ours)).context["list"]] == [session]
    client.post(address("session_archive", ours, session_id=session.id), {"restore": "1"})
    assert [one["session"] for one in client.get(address("sessions", ours)).context["coming"]] == [session]


def test_contacts_are_added_to_a_session_once_and_taken_out(ours: Organisation) -> None:
    session, client = a_session(ours), logged_in(ours)
    awa, zoe = a_contact(ours, first_name="Awa"), a_contact(ours, first_name="Zoé")
    add = address("participants_add", ours, session_id=session.id)
    for _ in range(2):
        client.post(add, {"contact": [awa.id, zoe.id]})
    assert session.participants.count() == 2
    client.post(address("participant_remove", ours, session_id=session.id, contact_id=awa.id))
    assert listed(client, address("participants", ours, session_id=session.id)) == [zoe]
    assert listed(client, add) == [awa]


def test_nobody_of_another_organisation_or_archived_is_added(ours: Organisation) -> None:
    session = a_session(ours)
    chosen = [a_contact().id, a_contact(ours, archived_at=datetime(2027, 1, 1, tzinfo=UTC)).id]
    logged_in(ours).post(address("participants_add", ours, session_id=session.id), {"contact": chosen})
    assert session.participants.count() == 0


def test_somebody_new_takes_part_at_once(ours: Organisation) -> None:
    session = a_session(ours)
    logged_in(ours).post(address("participant_new", ours, session_id=session.id), PERSON)
    assert [str(one) for one in session.participants.all()] == ["Noé Léger"]


@pytest.mark.parametrize("name", ["contact", "contact_edit", "contact_archive", "contact_consent"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_contact_of_another_organisation_is_not_there(name: str, method: str, ours: Organisation) -> None:
    theirs = a_contact()
    answer = getattr(logged_in(ours), method)(address(name, ours, id=theirs.id))
    assert answer.status_code in (404, 405)


@pytest.mark.parametrize(
    "name",
    ["session_edit", "session_archive", "participants", "participants_add", "participant_new", "import_participants"],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_session_of_another_organisation_is_not_there(name: str, method: str, ours: Organisation) -> None:
    theirs = a_session()
    answer = getattr(logged_in(ours), method)(address(name, ours, session_id=theirs.id))
    assert answer.status_code in (404, 405)


@pytest.mark.parametrize("name", ["contact_new", "session_new", "import_people"])
def test_who_only_reads_cannot_make_anything(name: str, ours: Organisation) -> None:
    reader = logged_in(ours, Role.READER)
    assert reader.get(address(name, ours)).status_code == 403
    assert reader.post(address(name, ours), PERSON | SESSION).status_code == 403
    assert not Contact.objects.exists() and not TrainingSession.objects.exists()


def test_who_only_reads_changes_nobody_and_sees_no_button_for_it(ours: Organisation) -> None:
    contact, session, reader = a_contact(ours), a_session(ours), logged_in(ours, Role.READER)
    session.participants.add(contact)
    for name in ("contact_edit", "contact_archive", "contact_consent"):
        assert reader.post(address(name, ours, id=contact.id), PERSON).status_code == 403
    for name in ("session_edit", "session_archive", "participants_add"):
        assert reader.post(address(name, ours, session_id=session.id), SESSION).status_code == 403
    remove = address("participant_remove", ours, session_id=session.id, contact_id=contact.id)
    assert reader.post(remove).status_code == 403
    for page in (address("contact", ours, id=contact.id), address("participants", ours, session_id=session.id)):
        forms = re.findall(r'method="post" action="/o/[^/]+/([^/"]*)', reader.get(page).content.decode())
        assert set(forms) <= {"aide"}  # whether the help helped is anybody's to say


def test_columns_that_were_not_recognised_are_named_by_hand(ours: Organisation) -> None:
    sender, by = logged_in(ours, Role.SENDER), a_user(Role.SENDER, ours)
    kept = imports.start(ours, None, "liste.csv", b"a;b\nDiallo;awa@exemple.fr\n", by=by)
    told = sender.post(address("import_columns", ours, id=kept.pk), {"column-0": "last_name", "column-1": "email"})
    assert told.status_code == 302
    kept.refresh_from_db()
    assert kept.mapping == {"last_name": 0, "email": 1}
    sender.post(address("import_columns", ours, id=kept.pk), {"column-0": "nonsense", "column-1": ""})
    kept.refresh_from_db()
    assert kept.mapping == {"last_name": 0, "email": 1}
