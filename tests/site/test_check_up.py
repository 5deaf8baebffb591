"""The check-up of an e-mail that failed: the true cause stands on top, and nothing is claimed that cannot be known."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from bienrecu.domain.check_up import Finding, Question
from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason, facts
from bienrecu.domain.status import Status
from bienrecu.store import record
from bienrecu.store.models import Attempt, Recipient, Role, SendingDomain
from bienrecu.store.queries import emails
from bienrecu.submission.check_up import check_up
from tests.builders import ASKED, a_user, an_organisation
from tests.site.pages import text
from tests.site.parties import posted

pytestmark = pytest.mark.django_db
CONTENT = "<p>Bonjour {{ prenom }},</p><p>Votre convocation est en ligne, à lire avant lundi matin.</p>"


def failed(reason: Reason, address: str = "awa@exemple.fr", *, shared: bool = False, **fields: Any) -> Recipient:
    sender = "" if shared else "contact@of-exemple.fr"
    organisation = fields.pop("organisation", None) or an_organisation(sender_address=sender)
    row = posted(address, organisation=organisation, session=None, **({"html": CONTENT} | fields))[0]
    status = Status.SEND_ERROR if facts(reason).failure == "send_error" else Status.RECEPTION_IMPOSSIBLE
    Recipient.objects.filter(pk=row.pk).update(status=status, reason=reason)
    return Recipient.objects.select_related("message").get(pk=row.pk)


def answers(row: Recipient) -> dict[Question, tuple[Finding, str]]:
    return {one.question: (one.finding, one.case) for one in check_up(emails.case(row), emails.exact_bytes(row))[0]}


TRUE_CAUSES = {
    Reason.ADDRESS_UNKNOWN: Question.ADDRESS,
    Reason.ADDRESS_MOVED: Question.ADDRESS,
    Reason.DOMAIN_UNKNOWN: Question.ADDRESS,
    Reason.DOMAIN_NO_MAIL: Question.ADDRESS,
    Reason.AUTH_FAILED: Question.SENDER,
    Reason.SENDER_REFUSED: Question.SENDER,
    Reason.DOMAIN_BLOCKLISTED: Question.SENDER,
    Reason.MAILBOX_FULL: Question.FILTER,
    Reason.MAILBOX_DISABLED: Question.FILTER,
    Reason.RECIPIENT_REFUSES: Question.FILTER,
    Reason.POLICY: Question.FILTER,
    Reason.SERVER_FULL: Question.FILTER,
    Reason.CONNECTION_FAILED: Question.FILTER,
    Reason.SPAM_CONTENT: Question.FORM,
    Reason.VIRUS: Question.FORM,
    Reason.ATTACHMENT_REFUSED: Question.FORM,
    Reason.LINK_BLOCKLISTED: Question.FORM,
    Reason.MESSAGE_TOO_LARGE: Question.FORM,
    Reason.REPUTATION: Question.REPUTATION,
    Reason.RATE_LIMITED: Question.REPUTATION,
    Reason.MESSAGE_MALFORMED: Question.FORM,
    Reason.IP_BLOCKLISTED: Question.SERVER,
    Reason.NO_REVERSE_DNS: Question.SERVER,
    Reason.TLS_REQUIRED: Question.SERVER,
    Reason.SUBMISSION_REFUSED: Question.SERVER,
}


@pytest.mark.parametrize(("reason", "cause"), TRUE_CAUSES.items())
def test_the_true_cause_stands_on_top(reason: Reason, cause: Question) -> None:
    row = failed(reason)
    found = check_up(emails.case(row), emails.exact_bytes(row))[0]
    assert (found[0].question, found[0].finding) == (cause, Finding.LIKELY)
    assert {one.question for one in found} == set(Question)


@pytest.mark.parametrize("reason", [Reason.POLICY, Reason.REPUTATION, Reason.AUTH_FAILED, Reason.UNDETERMINED])
def test_a_shared_address_is_blamed_first_where_a_sender_can_be_the_cause(reason: Reason) -> None:
    row = failed(reason, shared=True)
    top = check_up(emails.case(row), emails.exact_bytes(row))[0][0]
    assert (top.question, top.finding, top.case) == (Question.SENDER, Finding.LIKELY, "shared")
    assert top.known["address"].endswith(f"@{settings.BIENRECU.platform_address.domain}")  # type: ignore[union-attr]


@pytest.mark.parametrize("reason", [Reason.IP_BLOCKLISTED, Reason.MAILBOX_FULL, Reason.SPAM_CONTENT, Reason.VIRUS])
def test_a_shared_address_is_not_blamed_for_what_looks_at_no_address(reason: Reason) -> None:
    row = failed(reason, shared=True)
    assert check_up(emails.case(row), emails.exact_bytes(row))[0][0].question == TRUE_CAUSES[reason]


@pytest.mark.parametrize(
    ("reason", "top"), [(Reason.POLICY, "not_verified"), (Reason.MAILBOX_FULL, "named_in_silence")]
)
def test_a_domain_that_is_not_verified_is_blamed_where_it_can_be_the_cause(reason: Reason, top: str) -> None:
    row = failed(reason)
    SendingDomain.objects.create(organisation=row.organisation, name="of-exemple.fr", state="broken", state_since=ASKED)
    found = check_up(emails.case(row), emails.exact_bytes(row))[0]
    assert (found[0].case, found[0].finding) == (top, Finding.LIKELY)
    assert [one.finding for one in found].count(Finding.LIKELY) == 1


@pytest.mark.parametrize("reason", [Reason.UNDETERMINED, Reason.EXPIRED])
def test_where_nothing_explains_it_nothing_is_called_likely_and_help_is_offered(client: Client, reason: Reason) -> None:
    row = failed(reason)
    assert Finding.LIKELY not in {finding for finding, _case in answers(row).values()}
    client.force_login(a_user(organisation=row.organisation, language="fr"))
    response = client.get(reverse("check_up", args=[row.organisation.slug, row.pk]))
    assert "Rien de ce que nous savons ne l'explique" in text(response)
    assert reverse("email_help", args=[row.organisation.slug, row.pk]) in response.content.decode()


def test_whoever_is_asked_for_help_gets_it_all(client: Client) -> None:
    row = failed(Reason.MAILBOX_FULL)
    client.force_login(a_user(organisation=row.organisation, language="fr"))
    shown = text(client.get(reverse("email_help", args=[row.organisation.slug, row.pk])))
    for question in ("L'adresse est-elle juste ?", "Cause probable", "Notre serveur d'envoi est-il en ordre ?"):
        assert question in shown


def test_the_servers_words_are_those_of_the_report_that_came_later() -> None:
    row = failed(Reason.MAILBOX_FULL)
    Attempt.objects.create(
        recipient=row, started_at=ASKED, ended_at=ASKED, stage="dot", reply="250 2.0.0 Ok: queued as 1"
    )
    assert words_of(row) == ""
    record.add([record.NewEvent(row.pk, Kind.RETURNED, ASKED, "r", Reason.MAILBOX_FULL, "552 5.2.2 over quota")])
    row.refresh_from_db()
    assert words_of(row) == "552 5.2.2 over quota"


@pytest.mark.parametrize("words", ["Bien Reçu: gmial.com: no such domain", "5.0.0", "550 5.1.1"])
def test_what_we_said_ourselves_and_bare_codes_are_no_words_of_theirs(words: str) -> None:
    row = failed(Reason.DOMAIN_UNKNOWN)
    Attempt.objects.create(recipient=row, started_at=ASKED, ended_at=ASKED, stage="rcpt", reply=words)
    assert words_of(row) == ""


def test_our_own_links_are_not_held_against_what_was_written() -> None:
    ours = settings.BIENRECU.public_url
    row = failed(Reason.SPAM_CONTENT, html=f'{CONTENT}<p><a href="{ours}/c/x">{ours}</a></p>')
    hosts = {one.facts.get("host") for one in check_up(emails.case(row), emails.exact_bytes(row))[1]}
    assert urlsplit(ours).hostname not in hosts


def words_of(row: Recipient) -> str:
    found = check_up(emails.case(row), None)[0]
    return next(str(one.known["words"]) for one in found if one.question == Question.FILTER)


def test_a_reputation_that_suffers_leads_to_its_figures(client: Client) -> None:
    row = failed(Reason.REPUTATION)
    client.force_login(a_user(Role.SENDER, row.organisation))
    page = client.get(reverse("check_up", args=[row.organisation.slug, row.pk])).content.decode()
    first = page.partition('<ol class="records">')[2].partition("</li>")[0]
    assert f'href="{reverse("reputation", args=[row.organisation.slug])}"' in first


def test_each_finding_has_its_button_for_those_who_may(client: Client) -> None:
    row = failed(Reason.ADDRESS_UNKNOWN, shared=True)
    slug = row.organisation.slug
    resend, sender = reverse("resend", args=[slug, row.pk]), reverse("sender", args=[slug])
    leads = {Role.READER: set(), Role.SENDER: {resend}, Role.ADMINISTRATOR: {resend, sender}}
    for role, wanted in leads.items():
        client.force_login(a_user(role, row.organisation))
        page = client.get(reverse("check_up", args=[slug, row.pk])).content.decode()
        answers_only = page.partition('<ol class="records">')[2].partition("</ol>")[0]
        assert {one for one in (resend, sender) if f'href="{one}"' in answers_only} == wanted


def test_a_full_mailbox_is_full_whoever_writes_to_it() -> None:
    row = failed(Reason.MAILBOX_FULL, shared=True)
    assert check_up(emails.case(row), emails.exact_bytes(row))[0][0].question == Question.FILTER
    assert answers(row)[Question.SENDER] == (Finding.UNKNOWN, "shared")


def test_a_mistyped_domain_is_seen_whatever_the_refusal_says() -> None:
    row = failed(Reason.DOMAIN_UNKNOWN, "awa@gmial.com")
    assert answers(row)[Question.ADDRESS] == (Finding.LIKELY, "mistyped")


def test_an_address_that_worked_is_fine() -> None:
    row = failed(Reason.SPAM_CONTENT)
    assert answers(row)[Question.ADDRESS] == (Finding.UNKNOWN, "untried")
    earlier = posted("awa@exemple.fr", organisation=row.organisation, session=None, key="two")[0]
    Recipient.objects.filter(pk=earlier.pk).update(status=Status.RECEIVED)
    assert answers(row)[Question.ADDRESS] == (Finding.FINE, "worked")


def test_the_form_is_judged_on_what_was_sent() -> None:
    heavy = failed(Reason.SPAM_CONTENT, html=CONTENT + '<p><a href="https://bit.ly/x">www.banque.fr</a></p>')
    assert answers(heavy)[Question.FORM] == (Finding.LIKELY, "named_and_seen")
    assert {one.rule for one in check_up(emails.case(heavy), emails.exact_bytes(heavy))[1]} >= {"link_shortened"}


def test_without_its_content_nothing_is_said_of_its_form() -> None:
    row = failed(Reason.SPAM_CONTENT)
    assert check_up(emails.case(row), None)[1] == []


def test_the_page_says_it_with_the_servers_own_words(client: Client) -> None:
    organisation = an_organisation(sender_address="contact@of-exemple.fr")
    row = failed(Reason.POLICY, organisation=organisation)
    Attempt.objects.create(
        recipient=row, started_at=ASKED, ended_at=ASKED, stage="rcpt", reply="550 5.7.1 <b>Not</b> wanted here"
    )
    client.force_login(a_user(organisation=organisation, language="fr"))
    response = client.get(reverse("check_up", args=[organisation.slug, row.pk]))
    assert "550 5.7.1 <b>Not</b> wanted here" in text(response)
    assert "<b>Not</b>" not in response.content.decode()
    assert (
        reverse("check_up", args=[organisation.slug, row.pk])
        in client.get(reverse("email", args=[organisation.slug, row.pk])).content.decode()
    )


def test_it_is_for_failures_of_ones_own_organisation(client: Client) -> None:
    row = failed(Reason.POLICY)
    stranger = a_user(organisation=an_organisation())
    client.force_login(stranger)
    assert client.get(reverse("check_up", args=[stranger.organisations.get().slug, row.pk])).status_code == 404
    client.force_login(a_user(organisation=row.organisation))
    Recipient.objects.filter(pk=row.pk).update(status=Status.RECEIVED)
    assert client.get(reverse("check_up", args=[row.organisation.slug, row.pk])).status_code == 404
