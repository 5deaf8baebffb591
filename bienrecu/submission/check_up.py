"""The check-up of an e-mail that failed: each question, answered from what is on record of this very e-mail."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Q

from bienrecu.advice import advise, read_letter
from bienrecu.domain.advice import Advice, Rule, Severity
from bienrecu.domain.check_up import NAMED, Answer, Finding, Question, Sender, in_order, pointed_at
from bienrecu.domain.event import OURS
from bienrecu.domain.reason import Reason
from bienrecu.domain.sending_domain import DomainState
from bienrecu.domain.spelling import suggestion
from bienrecu.domain.status import FAILURES, Status
from bienrecu.store.models import Organisation, Recipient, SendingDomain
from bienrecu.store.queries.emails import Case, ExactBytes, words_against

_ARRIVED = (Status.RECEIVED, Status.OPENED)
_LATELY = timedelta(days=14)
_SAMPLE, _MANY_PER_CENT = 10, 5
_LONGEST_WORDS = 400


def check_up(case: Case, exact: ExactBytes | None) -> tuple[list[Answer], list[Advice]]:
    """The answers, the likeliest cause on top; and what is to be said of the form of what was sent."""
    recipient = case.recipient
    reason = Reason(recipient.reason or Reason.UNDETERMINED)
    sender = sender_of(recipient.organisation, recipient.message.author_address)
    pointed = pointed_at(reason, sender)
    form = _advice(exact)
    answers = [
        _address(recipient, pointed),
        of_sender(sender, recipient.message.author_address, pointed),
        _filter(case, pointed),
        _form(form, pointed),
        _reputation(recipient, pointed),
        _server(recipient, pointed),
    ]
    return in_order(answers, pointed), form


def sender_of(organisation: Organisation, address: str) -> Sender:
    domain = _domain(address)
    if domain == settings.BIENRECU.platform_address.domain:
        return Sender.SHARED
    own = SendingDomain.objects.filter(organisation=organisation, name=domain).first()
    if own is None:
        return Sender.NOT_OURS
    return Sender.VERIFIED if own.state == DomainState.VERIFIED else Sender.NOT_VERIFIED


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _address(recipient: Recipient, pointed: Question | None) -> Answer:
    known: dict[str, str | int] = {"address": recipient.address}
    local, _, domain = recipient.address.rpartition("@")
    if (meant := suggestion(domain)) is not None:
        return Answer(Question.ADDRESS, Finding.LIKELY, "mistyped", known | {"meant": f"{local}@{meant}"})
    if pointed == Question.ADDRESS:
        return Answer(Question.ADDRESS, Finding.LIKELY, NAMED)
    earlier = Recipient.objects.filter(organisation=recipient.organisation_id, address=recipient.address)
    arrived = earlier.filter(status__in=_ARRIVED).exists()
    return Answer(Question.ADDRESS, *((Finding.FINE, "worked") if arrived else (Finding.UNKNOWN, "untried")), known)


def of_sender(sender: Sender, address: str, pointed: Question | None) -> Answer:
    known = {"address": address, "domain": _domain(address)}
    if sender in (Sender.SHARED, Sender.NOT_VERIFIED):
        blamed = Finding.LIKELY if pointed == Question.SENDER else Finding.UNKNOWN
        return Answer(Question.SENDER, blamed, sender.value, known)
    if pointed == Question.SENDER:
        return Answer(Question.SENDER, Finding.LIKELY, NAMED, known)
    return Answer(Question.SENDER, Finding.FINE if sender is Sender.VERIFIED else Finding.UNKNOWN, sender.value, known)


def _filter(case: Case, pointed: Question | None) -> Answer:
    words = _their_words(case)
    if pointed == Question.FILTER:
        return Answer(Question.FILTER, Finding.LIKELY, NAMED if words else "named_in_silence", {"words": words})
    return Answer(Question.FILTER, Finding.UNKNOWN, "words_only" if words else "nothing", {"words": words})


def _their_words(case: Case) -> str:
    """Empty where they left nothing but a code, or where it was us who spoke."""
    words = " ".join(words_against(case).split())[:_LONGEST_WORDS]
    return "" if words.startswith(OURS) or not re.search(r"[^\W\d_]", words) else words


def _advice(exact: ExactBytes | None) -> list[Advice]:
    """What whoever wrote it could change: not our own links, nor the address, which has a question of its own."""
    if exact is None:
        return []
    ours = urlsplit(settings.BIENRECU.public_url).hostname
    found = [one for one in advise(read_letter(exact.data)) if one.severity != Severity.INFO]
    return [one for one in found if one.rule != Rule.RECIPIENT_MISTYPED and one.facts.get("host") != ours]


def _form(form: list[Advice], pointed: Question | None) -> Answer:
    strong = any(one.severity in (Severity.BLOCKING, Severity.STRONG) for one in form)
    if pointed == Question.FORM:
        return Answer(Question.FORM, Finding.LIKELY, "named_and_seen" if form else NAMED)
    if form:
        return Answer(Question.FORM, Finding.UNKNOWN, "heavy" if strong else "light")
    return Answer(Question.FORM, Finding.FINE, "fine")


def _reputation(recipient: Recipient, pointed: Question | None) -> Answer:
    """Over what was asked for in the two weeks before."""
    lately = Recipient.objects.filter(
        organisation=recipient.organisation_id,
        destination=recipient.destination,
        requested_at__gt=recipient.requested_at - _LATELY,
        requested_at__lte=recipient.requested_at,
    )
    found = lately.aggregate(total=Count("id"), failed=Count("id", filter=Q(status__in=FAILURES)))
    total, failed = found["total"], found["failed"]
    known: dict[str, str | int] = {"n": total, "failed": failed, "domain": _domain(recipient.address)}
    if pointed == Question.REPUTATION:
        return Answer(Question.REPUTATION, Finding.LIKELY, NAMED, known)
    if total < _SAMPLE:
        return Answer(Question.REPUTATION, Finding.UNKNOWN, "few", known)
    many = 100 * failed > _MANY_PER_CENT * total
    return Answer(Question.REPUTATION, *((Finding.UNKNOWN, "many") if many else (Finding.FINE, "fine")), known)


def _server(recipient: Recipient, pointed: Question | None) -> Answer:
    if pointed == Question.SERVER:
        return Answer(Question.SERVER, Finding.LIKELY, NAMED)
    others = Recipient.objects.filter(session=recipient.session_id, status__in=_ARRIVED)
    arrived = recipient.session_id is not None and others.exists()
    return Answer(Question.SERVER, *((Finding.FINE, "others_arrived") if arrived else (Finding.UNKNOWN, "alone")))
