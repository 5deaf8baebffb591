"""What a recipient agrees to, on the page linked in each e-mail, and where administrators turn it on."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.domain.signed_token import Purpose, sign
from bienrecu.domain.status import Status
from bienrecu.store.models import Contact, Organisation, Recipient, Role
from bienrecu.store.queries import consents
from bienrecu.store.queries.emails import exact_bytes
from bienrecu.submission.consent import TEXT_VERSION, Source, give_consent, withdraw
from bienrecu.submission.post import post
from bienrecu.submission.request import Person
from tests.builders import a_contact, a_recipient, a_session, a_user, an_organisation
from tests.site.pages import text
from tests.site.parties import a_request

pytestmark = pytest.mark.django_db

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Thunderbird/128.0"


def written_to(contact: Contact, **fields: Any) -> Recipient:
    return a_recipient(a_session(contact.organisation), Status.RECEIVED, contact=contact, **fields)


def link(row: Recipient, purpose: Purpose = "consent") -> str:
    signed = sign(settings.SECRET_KEY.encode(), purpose, row.token)
    return f"/i/{signed}.gif" if purpose == "image" else f"/p/{signed}"


@pytest.fixture
def contact() -> Contact:
    return a_contact(an_organisation(name="Formation Exemple", open_tracking=True))


def test_looking_at_the_page_changes_nothing(client: Client, contact: Contact) -> None:
    page = client.get(link(written_to(contact)))
    assert "Vous n'avez pas donné votre accord" in text(page) and "adresse IP" in text(page)
    contact.refresh_from_db()
    assert contact.tracking_consent_at is None and not contact.consents.exists()
    assert page.headers["X-Robots-Tag"] == "noindex" and page.headers["Referrer-Policy"] == "no-referrer"


def test_the_button_agrees_and_the_answer_is_kept_with_its_proof(client: Client, contact: Contact) -> None:
    row = written_to(contact)
    response = client.post(link(row), {"answer": "yes"}, follow=True)
    answer = contact.consents.get()
    assert (answer.granted, answer.source, answer.text_version) == (True, Source.PAGE, TEXT_VERSION)
    contact.refresh_from_db()
    assert contact.tracking_consent_at == answer.at and "Je ne suis plus d'accord" in text(response)


def test_pressing_twice_is_one_answer(client: Client, contact: Contact) -> None:
    row = written_to(contact)
    for answer in ("yes", "yes", "no", "no"):
        client.post(link(row), {"answer": answer})
    assert [one.granted for one in contact.consents.order_by("id")] == [True, False]


def test_who_never_answered_may_refuse_once(client: Client, contact: Contact) -> None:
    row = written_to(contact)
    client.post(link(row), {"answer": "no"})
    client.post(link(row), {"answer": "no"})
    assert [one.granted for one in contact.consents.all()] == [False]
    assert "Vous avez répondu non" in text(client.get(link(row)))


def test_withdrawing_holds_for_e_mails_already_sent(client: Client, contact: Contact) -> None:
    give_consent(contact, timezone.now(), Source.PAGE, TEXT_VERSION)
    earlier = {"tracked": True, "sent_at": timezone.now() - timedelta(hours=1)}
    first, second = written_to(contact, **earlier), written_to(contact, **earlier)
    client.get(link(first, "image"), headers={"User-Agent": BROWSER})
    first.refresh_from_db()
    assert first.status == Status.OPENED  # while they agree, it counts
    client.post(link(first), {"answer": "no"})
    client.get(link(second, "image"), headers={"User-Agent": BROWSER})
    second.refresh_from_db()
    assert second.status == Status.RECEIVED and not second.events.filter(kind="opened").exists()


def test_nobody_agrees_to_what_is_not_done_but_anybody_may_withdraw(client: Client, contact: Contact) -> None:
    Organisation.objects.update(open_tracking=False)
    row = written_to(contact)
    client.post(link(row), {"answer": "yes"})
    assert not contact.consents.exists() and "ne suit pas l'ouverture" in text(client.get(link(row)))
    give_consent(contact, timezone.now(), Source.USER, TEXT_VERSION)
    client.post(link(row), {"answer": "no"})
    contact.refresh_from_db()
    assert contact.tracking_consent_at is None


def test_the_page_speaks_the_language_of_the_organisation(client: Client, contact: Contact) -> None:
    Organisation.objects.update(language="en")
    page = client.get(link(written_to(contact)), headers={"Accept-Language": "fr"})
    assert "You have not agreed" in text(page) and page.headers["Content-Language"] == "en"


@pytest.mark.parametrize("purpose", ["confirm", "image", "return"])
def test_a_link_made_for_something_else_opens_nothing(client: Client, contact: Contact, purpose: Purpose) -> None:
    signed = sign(settings.SECRET_KEY.encode(), purpose, written_to(contact).token)
    assert client.get(f"/p/{signed}").status_code == 404
    assert client.post(f"/p/{signed}", {"answer": "yes"}).status_code == 404


@pytest.mark.parametrize("signed", ["x", "a" * 26, "é" * 26, "a" * 5000])
def test_an_invented_link_opens_nothing(client: Client, signed: str) -> None:
    assert client.get(f"/p/{signed}").status_code == 404


def test_who_is_no_contact_or_was_erased_finds_nothing(client: Client, contact: Contact) -> None:
    assert client.get(link(a_recipient())).status_code == 404
    row = written_to(contact)
    Contact.objects.update(erased_at=timezone.now())
    assert client.get(link(row)).status_code == 404


def html_to(contact: Contact, **fields: Any) -> str:
    request = a_request(contact.organisation, recipients=[Person.of(contact)], **fields)
    exact = exact_bytes(post(request).recipients.get())
    assert exact is not None
    body = message_from_bytes(exact.data, policy=default).get_body(("html",))
    return str(body.get_content()) if body else ""


def test_each_e_mail_links_to_the_page_after_the_confirmation(contact: Contact) -> None:
    html = html_to(contact)
    assert 0 < html.index("/c/") < html.index("/p/")


def test_without_following_only_who_answered_before_is_led_there(contact: Contact) -> None:
    Organisation.objects.update(open_tracking=False)
    contact = Contact.objects.get()
    assert "/p/" not in html_to(contact, key="before")
    withdraw(contact, timezone.now(), Source.USER, TEXT_VERSION)
    assert "/p/" in html_to(contact, key="after")


def test_administrators_turn_it_on_and_it_is_noted(client: Client) -> None:
    organisation = an_organisation()
    client.force_login(a_user(Role.ADMINISTRATOR, organisation, language="fr"))
    where = reverse("privacy", args=[organisation.slug])
    page = text(client.get(where))
    assert "Confirmer la réception" in page and TEXT_VERSION in page and "article 82" not in page
    client.post(where, {"open_tracking": "consent"})
    organisation.refresh_from_db()
    assert organisation.open_tracking and organisation.audit.get().detail == {"fields": ["open_tracking"]}
    client.post(where, {"open_tracking": "off"})
    organisation.refresh_from_db()
    assert not organisation.open_tracking


@pytest.mark.parametrize("given", [{}, {"open_tracking": "always"}])
def test_no_other_mode_can_be_set(client: Client, given: dict[str, str]) -> None:
    organisation = an_organisation(open_tracking=True)
    client.force_login(a_user(Role.ADMINISTRATOR, organisation))
    assert client.post(reverse("privacy", args=[organisation.slug]), given or {"x": "y"}).status_code == 422
    organisation.refresh_from_db()
    assert organisation.open_tracking


@pytest.mark.parametrize("role", [Role.READER, Role.SENDER])
def test_only_administrators_turn_it_on(client: Client, role: Role) -> None:
    organisation = an_organisation()
    client.force_login(a_user(role, organisation))
    where = reverse("privacy", args=[organisation.slug])
    assert client.get(where).status_code == 403
    assert client.post(where, {"open_tracking": "consent"}).status_code == 403
    organisation.refresh_from_db()
    assert not organisation.open_tracking


def test_answers_are_counted_within_the_organisation() -> None:
    organisation = an_organisation()
    agrees, refuses, changed = a_contact(organisation), a_contact(organisation), a_contact(organisation)
    a_contact(organisation)
    give_consent(agrees, timezone.now(), Source.PAGE, TEXT_VERSION)
    withdraw(refuses, timezone.now(), Source.PAGE, TEXT_VERSION)
    give_consent(changed, timezone.now(), Source.PAGE, TEXT_VERSION)
    withdraw(changed, timezone.now(), Source.PAGE, TEXT_VERSION)
    give_consent(a_contact(), timezone.now(), Source.PAGE, TEXT_VERSION)
    assert consents.answers(organisation) == consents.Answers(yes=1, no=2, none=1)
