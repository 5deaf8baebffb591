"""No more e-mails of a type: one press in the mail program, or on the page (RFC 8058)."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import dkim
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.domain.event import Kind
from bienrecu.domain.status import Status
from bienrecu.protocol.dkim import dns_record, load_key, make_key, sign
from bienrecu.store import erasure
from bienrecu.store.models import EmailType, Message, Organisation, Recipient, Role, Unsubscription
from bienrecu.store.queries import emails
from bienrecu.submission.follow_up import to_remind
from bienrecu.submission.notice import notify
from bienrecu.submission.post import check, post
from bienrecu.submission.request import Person, Refused
from bienrecu.submission.resend import resend
from bienrecu.submission.texts import product_text
from bienrecu.submission.writing import drafts
from bienrecu.submission.writing.audience import audience_of
from tests.builders import a_contact, a_session, a_user
from tests.site.pages import text
from tests.site.parties import a_request, an_organisation
from tests.site.writing import of

pytestmark = pytest.mark.django_db

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def posted(type: str = "evaluation", **fields: Any) -> Recipient:
    return post(a_request(type=type, **fields)).recipients.get()


def as_sent(row: Recipient) -> Any:
    exact = emails.exact_bytes(row)
    assert exact
    return message_from_bytes(exact.data, policy=policy.default)


def link(row: Recipient) -> str:
    return re.sub("^https?://[^/]*", "", as_sent(row)["List-Unsubscribe"].strip("<>"))


@pytest.fixture
def https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.BIENRECU, "public_url", "https://bienrecu.exemple.fr")


@pytest.mark.parametrize("type", EmailType.values)
def test_only_what_a_training_does_not_rest_on_offers_it(https: None, type: str) -> None:
    sent = as_sent(posted(type))
    offered = type in ("evaluation", "free_message")
    assert (sent["List-Unsubscribe"] is not None, sent["List-Unsubscribe-Post"] is not None) == (offered, offered)
    assert ("/u/" in sent.get_body(("html",)).get_content()) == offered


def test_the_fields_are_what_the_rfc_asks_and_signed(https: None) -> None:
    row = posted()
    sent = as_sent(row)
    assert re.fullmatch(r"<https://bienrecu\.exemple\.fr/u/[a-z2-7]{26}>", sent["List-Unsubscribe"])
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    exact = emails.exact_bytes(row)
    key = load_key(make_key("rsa"), "exemple.fr", "s")
    assert exact
    signed = sign(exact.data, b"", [key], now=int(timezone.now().timestamp())) + exact.data
    record = dns_record(key)[1].encode()
    assert dkim.verify(signed, dnsfunc=lambda name, timeout=5: record)
    for begin in (b"List-Unsubscribe: <https:", b"List-Unsubscribe-Post: List"):
        assert begin in signed and not dkim.verify(
            signed.replace(begin, begin + b"x"), dnsfunc=lambda name, timeout=5: record
        )


def test_without_https_one_press_is_not_promised() -> None:
    sent = as_sent(posted())
    assert sent["List-Unsubscribe"].startswith("<http://") and sent["List-Unsubscribe-Post"] is None


def test_one_press_of_a_mail_program_is_enough_and_counts_once(https: None) -> None:
    row = posted()
    bare = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = bare.post(link(row), ONE_CLICK)
        assert answer.status_code == 200 and not answer.cookies
    wish = Unsubscription.objects.get()
    assert (wish.organisation, wish.address, wish.type, wish.recipient) == (
        row.organisation, "awa@exemple.fr", "evaluation", row,
    )  # fmt: skip
    assert row.events.filter(kind=Kind.UNSUBSCRIBED).count() == 1
    row.refresh_from_db()
    assert row.status == Status.REQUESTED


def test_looking_at_the_page_changes_nothing_and_its_button_does(client: Client) -> None:
    row = posted()
    page = client.get(link(row))
    assert "Évaluation" in text(page) and "awa@exemple.fr" in text(page) and not Unsubscription.objects.exists()
    assert page.headers["X-Robots-Tag"] == "noindex" and page.headers["Referrer-Policy"] == "no-referrer"
    done = client.post(link(row), {"answer": "none"})
    assert "C'est noté" in text(done) and Unsubscription.objects.get().ended_at is None
    again = client.post(link(row), {"answer": "again"})
    assert "Ne plus recevoir" in text(again) and Unsubscription.objects.get().ended_at
    assert check(a_request(type="evaluation")) == ()
    client.post(link(row), ONE_CLICK)
    assert Unsubscription.objects.filter(ended_at=None).count() == 1 and Unsubscription.objects.count() == 2


def test_it_holds_for_that_type_and_that_organisation_only(client: Client) -> None:
    client.post(link(posted()), ONE_CLICK)
    refused = check(
        a_request(
            type="evaluation", key="two", recipients=[Person("AWA@exemple.fr", "Awa"), Person("b@exemple.fr", "Bo")]
        )
    )
    assert [(problem.code, problem.recipient) for problem in refused] == [("unsubscribed", "AWA@exemple.fr")]
    assert check(a_request(type="free_message", key="two")) == ()
    assert check(a_request(type="convocation", key="two")) == ()
    other = an_organisation("autre")
    assert check(a_request(other, type="evaluation", key="two")) == ()


def test_what_was_scheduled_is_taken_back_and_the_others_stay(client: Client) -> None:
    row = posted()
    later = timezone.now() + timedelta(days=2)
    both = [Person("awa@exemple.fr", "Awa"), Person("b@exemple.fr", "Bo")]
    shared = post(a_request(type="evaluation", key="two", scheduled_at=later, recipients=both))
    alone = post(a_request(type="evaluation", key="three", scheduled_at=later))
    convocation = post(a_request(key="four", scheduled_at=later))
    client.post(link(row), ONE_CLICK)
    assert [one.address for one in shared.recipients.all()] == ["b@exemple.fr"]
    assert convocation.recipients.count() == 1 and not alone.recipients.exists()
    shared.refresh_from_db()
    alone.refresh_from_db()
    assert (shared.recipient_count, shared.cancelled_at) == (1, None)
    assert alone.recipient_count == 0 and alone.cancelled_at


def test_neither_a_resend_nor_a_reminder_goes_to_them(client: Client) -> None:
    row = posted()
    client.post(link(row), ONE_CLICK)
    with pytest.raises(Refused):
        resend([row], by=None, key="k", confirmed=True)
    assert to_remind(Message.objects.get()) == []


def test_the_draft_leaves_them_out_and_names_them(client: Client) -> None:
    session = a_session(title="Secourisme")
    awa, hugo = a_contact(session.organisation, first_name="Awa"), a_contact(session.organisation, first_name="Hugo")
    session.participants.add(awa, hugo)
    user = a_user(Role.SENDER, session.organisation, language="fr")
    row = post(a_request(session.organisation, type="evaluation", recipients=[Person.of(awa)])).recipients.get()
    client.post(link(row), ONE_CLICK)
    draft = drafts.start(session, product_text("evaluation", "fr"), user)
    told = audience_of(draft)
    assert (told.people, told.unsubscribed) == ([hugo], [awa])
    client.force_login(user)
    assert "Awa Diallo" in text(client.get(of(draft, "draft_check")))
    page = text(client.get(reverse("contact", args=[session.organisation.slug, awa.pk])))
    assert "n'en veut plus" in page and "Évaluation" in page


def test_mails_about_accounts_are_no_matter_of_choice(https: None) -> None:
    organisation: Organisation = posted("free_message").organisation
    Unsubscription.objects.create(
        organisation=organisation, address="awa@exemple.fr", type="free_message", at=timezone.now()
    )
    message = notify(organisation, "awa@exemple.fr", subject="Invitation", text="Bonjour", key="n")
    assert as_sent(message.recipients.get())["List-Unsubscribe"] is None


def test_an_address_of_ones_own_making_leads_nowhere(client: Client) -> None:
    row = posted()
    good = link(row)
    confirmation = posted("convocation", key="two")
    forged = re.search(r"/c/[a-z2-7]{26}", as_sent(confirmation).get_body(("html",)).get_content())
    assert forged
    bad = good[:-1] + ("a" if good[-1] != "a" else "b")
    for address in (bad, forged[0].replace("/c/", "/u/"), "/u/x"):
        assert (client.get(address).status_code, client.post(address, ONE_CLICK).status_code) == (404, 404)
    assert not Unsubscription.objects.exists()


def test_whoever_is_erased_leaves_no_wish_behind(client: Client) -> None:
    organisation = an_organisation()
    contact = a_contact(organisation, email="awa@exemple.fr")
    row = posted(recipients=[Person.of(contact)])
    address = link(row)
    client.post(address, ONE_CLICK)
    Recipient.objects.update(due_at=None)
    erasure.erase(contact, by=None, now=timezone.now())
    assert not Unsubscription.objects.exists() and client.post(address, ONE_CLICK).status_code == 404
