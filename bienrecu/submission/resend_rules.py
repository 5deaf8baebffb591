"""When it is wise to send something again: never to an address that failed for good and is still the same, and only
knowingly where a copy may still arrive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum

from django.utils import timezone
from django.utils.translation import gettext as _

from bienrecu.domain.reason import Mover, Reason, facts
from bienrecu.domain.status import Flag, Status
from bienrecu.store.models import Recipient
from bienrecu.store.queries import follow_up
from bienrecu.store.queries.follow_up import Known

# For so long a copy that was accepted may still turn up, from a quarantine for example.
MAY_STILL_ARRIVE = timedelta(hours=72)
# A domain that does not exist may be out of order: it is worth another try the day after.
OUT_OF_ORDER = timedelta(days=1)


class Ruling(Enum):
    ALLOWED = "allowed"
    WARNED = "warned"  # may be done by who was told
    BLOCKED = "blocked"


class Cause(StrEnum):
    """Why not, or why to think twice."""

    NONE = ""
    ERASED = "erased"
    SUPPRESSED = "suppressed"
    UNSUBSCRIBED = "unsubscribed"
    ADDRESS = "address"  # failed for good because of the address, which is still the same
    CONTENT = "content"
    RESENT = "resent"
    DOMAIN = "domain"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an e-mail may be sent again, and what to tell the person who wants to (empty when allowed)."""

    ruling: Ruling
    cause: Cause = Cause.NONE
    sentence: str = ""

    @property
    def is_allowed(self) -> bool:
        return self.ruling is Ruling.ALLOWED

    @property
    def is_blocked(self) -> bool:
        return self.ruling is Ruling.BLOCKED


_FINE = Verdict(Ruling.ALLOWED)


def address_now(recipient: Recipient) -> str:
    """Where a resend goes: to the address that the person's record has now."""
    return recipient.contact.email if recipient.contact else recipient.address


def may_resend(recipient: Recipient, *, to: str = "") -> Verdict:
    """`to` is another address than the one of `address_now`."""
    return verdicts([recipient], to=to)[recipient.id]


def verdicts(recipients: Sequence[Recipient], *, to: str = "") -> dict[int, Verdict]:
    """For recipients of one organisation, in as many questions as for a single one."""
    if not recipients:
        return {}
    targets = {row.id: (to or address_now(row)).lower() for row in recipients}
    known = follow_up.known(recipients[0].organisation, list(targets), set(targets.values()))
    now = timezone.now()
    return {row.id: _judge(row, targets[row.id], known, now) for row in recipients}


def _judge(row: Recipient, target: str, known: Known, now: datetime) -> Verdict:
    if verdict := _ruled_out(row, target, known):
        return verdict
    if target == row.address.lower() and (verdict := _unchanged(row, known.lifted.get(target), now)):
        return verdict
    if Flag.RESENT in Flag(row.flags):
        return _warned(Cause.RESENT, _("It was sent again already. Once more may make a duplicate."))
    return _while_it_may_arrive(row, now)


def _ruled_out(row: Recipient, target: str, known: Known) -> Verdict | None:
    """Whatever became of it."""
    if row.contact and row.contact.erased_at:
        return _blocked(Cause.ERASED, _("The data of this person was erased: nothing can be sent to them any more."))
    if row.id not in known.kept:
        return _blocked(Cause.CONTENT, _("Its content is not kept any more: write a new e-mail."))
    if target in known.held_back:
        text = _("{address} failed or complained before. Correct it; or, if you know that it works, reactivate it.")
        return _blocked(Cause.SUPPRESSED, text.format(address=target))
    if (target, row.type) in known.unsubscribed:
        return _blocked(Cause.UNSUBSCRIBED, _("This person asked for no more e-mails of this type."))
    return None


def _unchanged(row: Recipient, lifted_at: datetime | None, now: datetime) -> Verdict | None:
    """For the very address that it went to: whether the address is what it failed for."""
    status, reason = Status(row.status), Reason(row.reason) if row.reason else None
    if not status.is_failure or reason is None or Mover.ADDRESS_BOOK not in facts(reason).movers:
        return None
    if lifted_at is not None and lifted_at > row.since:
        return None  # somebody has checked it since
    if reason is Reason.DOMAIN_UNKNOWN and row.since < now - OUT_OF_ORDER:
        text = _("The part of the address after “@” did not exist. Resend only if you are sure of its spelling.")
        return _warned(Cause.DOMAIN, text)
    text = _("This address failed for good, and is still the same: correct it first.")
    return _blocked(Cause.ADDRESS, text)


def _while_it_may_arrive(row: Recipient, now: datetime) -> Verdict:
    match Status(row.status):
        case Status.REQUESTED:
            text = _("We are still trying to deliver it. Resending it may make a duplicate.")
        case Status.SENT:
            text = _("It is on its way, and may still arrive. Resending it may make a duplicate.")
        case Status.RECEIVED if row.since > now - MAY_STILL_ARRIVE:
            text = _("Their mail service accepted it less than 72 hours ago. Resending it may make a duplicate.")
        case _other:
            return _FINE
    return _warned(Cause.DUPLICATE, text)


def _blocked(cause: Cause, sentence: str) -> Verdict:
    return Verdict(Ruling.BLOCKED, cause, sentence)


def _warned(cause: Cause, sentence: str) -> Verdict:
    return Verdict(Ruling.WARNED, cause, sentence)
