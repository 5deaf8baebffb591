"""The check-up of an e-mail that failed: each question, answered from what is on record of this very e-mail."""

from datetime import timedelta

from django.conf import settings

from bienrecu.advice import advise, read_letter
from bienrecu.domain.advice import Advice, Severity
from bienrecu.domain.check_up import Answer, Finding, Question, in_order, pointed_at
from bienrecu.domain.reason import Reason
from bienrecu.domain.spelling import suggestion
from bienrecu.domain.status import FAILURES, Status
from bienrecu.store.models import Recipient, SendingDomain
from bienrecu.store.queries.emails import ExactBytes

# A full mailbox is full whoever writes to it.
_A_SENDER_CAN_CAUSE = frozenset(
    (
        *(Reason.POLICY, Reason.REPUTATION, Reason.IP_BLOCKLISTED, Reason.DOMAIN_BLOCKLISTED),
        *(Reason.AUTH_FAILED, Reason.SENDER_REFUSED, Reason.UNDETERMINED),
    )
)
_LATELY = timedelta(days=14)
_SAMPLE, _MANY_PER_CENT = 10, 5
_LONGEST_WORDS = 400


def check_up(recipient: Recipient, exact: ExactBytes | None) -> tuple[list[Answer], list[Advice]]:
    """The answers, the likeliest cause on top; and what is to be said of the form of what was sent."""
    reason = Reason(recipient.reason or Reason.UNDETERMINED)
    pointed = pointed_at(reason)
    shared_to_blame = _is_shared(recipient) and reason in _A_SENDER_CAN_CAUSE
    form = _advice(exact)
    answers = [
        _address(recipient, pointed),
        _shared(recipient, blamed=shared_to_blame) if _is_shared(recipient) else _sender(recipient, pointed),
        _filter(recipient, pointed),
        _form(form, pointed),
        _reputation(recipient, pointed),
    ]
    return in_order(answers, Question.SENDER if shared_to_blame else pointed), form


def _address(recipient: Recipient, pointed: Question) -> Answer:
    known: dict[str, str | int] = {"address": recipient.address}
    local, _, domain = recipient.address.rpartition("@")
    if (meant := suggestion(domain)) is not None:
        return Answer(Question.ADDRESS, Finding.LIKELY, "mistyped", known | {"meant": f"{local}@{meant}"})
    if pointed == Question.ADDRESS:
        return Answer(Question.ADDRESS, Finding.LIKELY, "refused", known)
    arrived = Recipient.objects.filter(
        organisation=recipient.organisation_id,
        address=recipient.address,
        status__in=[Status.RECEIVED, Status.OPENED],
    ).exists()
    return Answer(Question.ADDRESS, *((Finding.FINE, "worked") if arrived else (Finding.UNKNOWN, "untried")), known)


def _sender_domain(recipient: Recipient) -> str:
    return recipient.message.author_address.rpartition("@")[2].lower()


def _is_shared(recipient: Recipient) -> bool:
    shared: str = settings.BIENRECU.platform_address.domain
    return _sender_domain(recipient) == shared


def _shared(recipient: Recipient, *, blamed: bool) -> Answer:
    known = {"address": recipient.message.author_address}
    return Answer(Question.SENDER, Finding.LIKELY if blamed else Finding.UNKNOWN, "shared", known)


def _sender(recipient: Recipient, pointed: Question) -> Answer:
    domain = _sender_domain(recipient)
    known = {"address": recipient.message.author_address, "domain": domain}
    own = SendingDomain.objects.filter(organisation=recipient.organisation_id, name=domain).first()
    if own is not None and own.state != "verified":
        return Answer(Question.SENDER, Finding.LIKELY, "not_verified", known)
    if pointed == Question.SENDER:
        return Answer(Question.SENDER, Finding.LIKELY, "refused", known)
    return Answer(Question.SENDER, *((Finding.FINE, "verified") if own else (Finding.UNKNOWN, "not_ours")), known)


def _filter(recipient: Recipient, pointed: Question) -> Answer:
    attempt = recipient.attempts.exclude(reply="").order_by("-started_at", "-id").first()
    words = " ".join(attempt.reply.split())[:_LONGEST_WORDS] if attempt else ""
    if pointed == Question.FILTER:
        return Answer(Question.FILTER, Finding.LIKELY, "words" if words else "silent", {"words": words})
    return Answer(Question.FILTER, Finding.UNKNOWN, "words_only" if words else "nothing", {"words": words})


def _advice(exact: ExactBytes | None) -> list[Advice]:
    if exact is None:
        return []
    return [one for one in advise(read_letter(exact.data)) if one.severity != Severity.INFO]


def _form(form: list[Advice], pointed: Question) -> Answer:
    strong = any(one.severity in (Severity.BLOCKING, Severity.STRONG) for one in form)
    if pointed == Question.FORM:
        return Answer(Question.FORM, Finding.LIKELY, "blamed_and_seen" if form else "blamed", {"n": len(form)})
    if form:
        return Answer(Question.FORM, Finding.UNKNOWN, "heavy" if strong else "light", {"n": len(form)})
    return Answer(Question.FORM, Finding.FINE, "fine")


def _reputation(recipient: Recipient, pointed: Question) -> Answer:
    """Over what was asked for in the two weeks before."""
    lately = Recipient.objects.filter(
        organisation=recipient.organisation_id,
        destination=recipient.destination,
        requested_at__gt=recipient.requested_at - _LATELY,
        requested_at__lte=recipient.requested_at,
    )
    total, failed = lately.count(), lately.filter(status__in=FAILURES).count()
    known: dict[str, str | int] = {"n": total, "failed": failed, "domain": recipient.destination}
    if pointed == Question.REPUTATION:
        return Answer(Question.REPUTATION, Finding.LIKELY, "blamed", known)
    if total < _SAMPLE:
        return Answer(Question.REPUTATION, Finding.UNKNOWN, "few", known)
    many = 100 * failed > _MANY_PER_CENT * total
    return Answer(Question.REPUTATION, *((Finding.UNKNOWN, "many") if many else (Finding.FINE, "fine")), known)
