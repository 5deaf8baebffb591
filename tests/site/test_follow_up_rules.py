"""When it is wise to send something again: what is ruled out, what is warned of, what is fine."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from bienrecu.domain.audit import Action
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.protocol.message import Attachment
from bienrecu.store.models import AuditEntry, Message, Recipient, RecipientContent, Suppression
from bienrecu.submission import suppressions
from bienrecu.submission.request import Refused
from bienrecu.submission.resend import Cause, Ruling, may_resend, resend
from tests.builders import a_contact, a_recipient
from tests.site.follow_up import camille, failed

REMINDER = "Rappel\N{NO-BREAK SPACE}: Votre convocation"
pytestmark = pytest.mark.django_db
PDF = Attachment("Convocation été.pdf", "application/pdf", bytes(range(256)) * 20)


@pytest.mark.parametrize(
    "reason",
    [
        Reason.ADDRESS_UNKNOWN,
        Reason.ADDRESS_INVALID,
        Reason.ADDRESS_MOVED,
        Reason.MAILBOX_DISABLED,
        Reason.DOMAIN_NO_MAIL,
        Reason.ADDRESS_SUPPRESSED,
    ],
)
def test_an_address_that_failed_for_good_and_is_still_the_same_is_not_written_to_again(reason: Reason) -> None:
    verdict = may_resend(failed(reason))
    assert verdict.ruling is Ruling.BLOCKED
    assert verdict.sentence


@pytest.mark.parametrize("reason", [Reason.MAILBOX_FULL, Reason.SPAM_CONTENT, Reason.GREYLISTED, Reason.UNDETERMINED])
def test_what_failed_for_another_cause_may_be_sent_again(reason: Reason) -> None:
    assert may_resend(failed(reason)).is_allowed


def test_once_the_address_was_corrected_in_the_record_it_may_be_sent_again() -> None:
    contact = a_contact(email="awa@gmial.com")
    row = failed(contact=contact)
    contact.email = "awa@gmail.com"
    contact.save()
    assert may_resend(Recipient.objects.get(id=row.id)).is_allowed


def test_an_address_in_other_capitals_is_still_the_same() -> None:
    contact = a_contact(email="Awa@Exemple.fr")
    row = failed(contact=contact)
    contact.email = "awa@exemple.fr"
    contact.save()
    assert may_resend(Recipient.objects.get(id=row.id)).is_blocked


def test_a_reactivated_address_may_be_written_to_again() -> None:
    row = failed(Reason.ADDRESS_UNKNOWN)
    assert may_resend(row).cause is Cause.SUPPRESSED
    by = camille(row)
    assert suppressions.reactivate(row.organisation, row.address, by)
    assert may_resend(row).is_allowed
    entry = AuditEntry.objects.get(action=Action.SUPPRESSION_LIFTED)
    assert (entry.by, entry.target) == (by, row.address)
    assert not suppressions.reactivate(row.organisation, row.address, by)


def test_a_reactivation_before_it_failed_says_nothing_of_it() -> None:
    earlier = failed(address="awa@exemple.fr")
    suppressions.reactivate(earlier.organisation, earlier.address, None)
    Suppression.objects.update(lifted_at=timezone.now() - timedelta(hours=3))
    again = {"address": earlier.address, "requested_at": timezone.now() - timedelta(hours=1)}
    assert may_resend(failed(Reason.DOMAIN_NO_MAIL, session=earlier.session, **again)).cause is Cause.ADDRESS


def test_an_address_held_back_by_another_organisation_is_written_to() -> None:
    failed(address="awa@exemple.fr")
    assert may_resend(a_recipient(address="awa@exemple.fr", status=Status.OPENED)).is_allowed


def test_a_domain_that_did_not_exist_is_worth_another_try_the_day_after() -> None:
    now = timezone.now()
    of_today = failed(Reason.DOMAIN_UNKNOWN, requested_at=now - timedelta(hours=3))
    of_yesterday = failed(Reason.DOMAIN_UNKNOWN, requested_at=now - timedelta(hours=30))
    assert may_resend(of_today).is_blocked
    assert may_resend(of_yesterday).ruling is Ruling.WARNED


@pytest.mark.parametrize("status", [Status.REQUESTED, Status.SENT])
def test_where_a_copy_may_still_arrive_one_is_warned(status: Status) -> None:
    verdict = may_resend(a_recipient(status=status))
    assert (verdict.ruling, verdict.cause) == (Ruling.WARNED, Cause.DUPLICATE)


def test_what_was_received_may_still_turn_up_for_72_hours() -> None:
    now = timezone.now()
    lately = a_recipient(status=Status.RECEIVED, requested_at=now - timedelta(hours=71))
    long_ago = a_recipient(status=Status.RECEIVED, requested_at=now - timedelta(hours=73))
    assert may_resend(lately).ruling is Ruling.WARNED
    assert may_resend(long_ago).is_allowed


def test_nothing_is_sent_again_whose_content_is_gone_or_whose_recipient_was_erased() -> None:
    row, other = failed(Reason.MAILBOX_FULL), failed(Reason.MAILBOX_FULL, contact=a_contact(erased_at=timezone.now()))
    RecipientContent.objects.filter(recipient=row).delete()
    assert may_resend(row).cause is Cause.CONTENT
    assert may_resend(other).cause is Cause.ERASED


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_refused_is_refused_in_a_sentence(language: str) -> None:
    row = failed(Reason.ADDRESS_INVALID)
    with translation.override(language), pytest.raises(Refused, match={"fr": "corrigez", "en": "correct"}[language]):
        resend([row], by=None, key="k")
    assert Message.objects.count() == 1
