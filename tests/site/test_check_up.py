"""The check-up of an e-mail that failed: the true cause stands on top, and nothing is claimed that cannot be known."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from bienrecu.domain.check_up import Finding, Question
from bienrecu.domain.reason import Reason, facts
from bienrecu.domain.status import Status
from bienrecu.store.models import Attempt, Recipient
from bienrecu.store.queries import emails
from bienrecu.submission.check_up import check_up
from tests.builders import ASKED, a_user, an_organisation
from tests.site.parties import posted
from tests.site.test_pages_history import text

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
    return {one.question: (one.finding, one.case) for one in check_up(row, emails.exact_bytes(row))[0]}


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
    Reason.IP_BLOCKLISTED: Question.REPUTATION,
}


@pytest.mark.parametrize(("reason", "cause"), TRUE_CAUSES.items())
def test_the_true_cause_stands_on_top(reason: Reason, cause: Question) -> None:
    row = failed(reason)
    found = check_up(row, emails.exact_bytes(row))[0]
    assert (found[0].question, found[0].finding) == (cause, Finding.LIKELY)
    assert {one.question for one in found} == set(Question)


@pytest.mark.parametrize("reason", [Reason.POLICY, Reason.REPUTATION, Reason.AUTH_FAILED, Reason.UNDETERMINED])
def test_a_shared_address_is_blamed_first_where_a_sender_can_be_the_cause(reason: Reason) -> None:
    row = failed(reason, shared=True)
    top = check_up(row, emails.exact_bytes(row))[0][0]
    assert (top.question, top.finding, top.case) == (Question.SENDER, Finding.LIKELY, "shared")
    assert top.known["address"].endswith(f"@{settings.BIENRECU.platform_address.domain}")  # type: ignore[union-attr]


def test_a_full_mailbox_is_full_whoever_writes_to_it() -> None:
    row = failed(Reason.MAILBOX_FULL, shared=True)
    assert check_up(row, emails.exact_bytes(row))[0][0].question == Question.FILTER
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
    assert answers(heavy)[Question.FORM] == (Finding.LIKELY, "blamed_and_seen")
    assert {one.rule for one in check_up(heavy, emails.exact_bytes(heavy))[1]} >= {"link_shortened"}


def test_without_its_content_nothing_is_said_of_its_form() -> None:
    row = failed(Reason.SPAM_CONTENT)
    assert check_up(row, None)[1] == []


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
