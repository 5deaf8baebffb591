"""What somebody makes of a mail that came back and that nothing explains."""

from django.db import transaction
from django.utils import timezone

from bienrecu.diagnosis import diagnose
from bienrecu.domain.audit import Action
from bienrecu.domain.event import Kind
from bienrecu.returns.interpret import ReturnKind, interpret
from bienrecu.store import record
from bienrecu.store.audit import note
from bienrecu.store.models import Organisation, Recipient, Report, User
from bienrecu.store.models.follow_up import BY_HAND
from bienrecu.store.queries.returns import DISMISSED

_READ = 4000  # characters of its words that are looked at for a reason


def attach(report: Report, recipient: Recipient, words: str, *, failed: bool, by: User) -> None:
    """Says that `report`, whose text is `words`, is about `recipient`, and whether it says that the e-mail did not
    arrive. It suppresses nobody: a person has read it, no server has signed it."""
    with transaction.atomic():
        report.recipient, report.organisation = recipient, recipient.organisation
        report.kind, report.matched_by = ReturnKind.REPORT, BY_HAND
        report.save(update_fields=["recipient", "organisation", "kind", "matched_by"])
        if failed:
            record.add([_returned(report, recipient, words, by)])
        note(recipient.organisation, by, Action.RETURN_ATTACHED, recipient.address, report=report.pk)


def _returned(report: Report, recipient: Recipient, words: str, by: User) -> record.NewEvent:
    found = diagnose(words[:_READ], None, None, "")
    return record.NewEvent(
        recipient_id=recipient.pk,
        kind=Kind.RETURNED,
        at=timezone.now(),
        key=f"report:{report.digest[:40]}:by-hand",
        reason=found.reason,
        words=interpret(bytes(report.raw)).subject,
        report_id=report.pk,
        by_id=by.pk,
        certainty=found.certainty,
        may_suppress=False,
    )


def dismiss(report: Report, organisation: Organisation, by: User) -> None:
    """It is kept, and leaves the list."""
    report.kind = DISMISSED
    report.save(update_fields=["kind"])
    note(organisation, by, Action.RETURN_DISMISSED, report.sender, report=report.pk)
