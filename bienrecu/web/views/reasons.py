"""Every status and reason in both languages, with the facts of a made-up case: for whoever reads the words over."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.http import require_safe

from bienrecu.diagnosis.blocklist import page_of
from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Failure, Reason, facts
from bienrecu.domain.status import Flag, Status
from bienrecu.store.models import Role
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.roles import needs
from bienrecu.wording import reasons, statuses
from bienrecu.wording.card import Card, card
from bienrecu.wording.facts import CardFacts
from bienrecu.wording.reasons import ReasonWords
from bienrecu.wording.row import row_note

_FAILED = {Failure.SEND_ERROR: Status.SEND_ERROR, Failure.RECEPTION_IMPOSSIBLE: Status.RECEPTION_IMPOSSIBLE}


@dataclass(frozen=True, slots=True)
class Shown:
    """One e-mail as History and its own page tell it."""

    status: Status
    label: str
    note: str
    card: Card


@dataclass(frozen=True, slots=True)
class Told:
    """One reason in one language: where it is final, while it waits, and as it is explained without a case."""

    language: str
    cases: list[Shown]
    words: ReasonWords | None = None
    who: str = ""


@require_safe
@member
@needs(Role.ADMINISTRATOR)
def index(request: MemberRequest) -> HttpResponse:
    sample = _sample(timezone.localtime())
    context = {
        "statuses": [
            (status.code, list(_of_status(status, sample))) for status in statuses.IN_ORDER if not status.is_failure
        ],
        "reasons": [(reason, list(_of_reason(reason, sample))) for reason in Reason],
    }
    return render(request, "web/settings/reasons.html", context)


def _sample(now: datetime) -> CardFacts:
    return CardFacts(
        now=now,
        since=now - timedelta(hours=2),
        name="Hugo Petit",
        address="hugo.petit@orange.fr",
        system="Orange",
        sender="contact@formation-exemple.fr",
        attempts=11,
        first_attempt_at=now - timedelta(days=3),
        gives_up_at=now + timedelta(days=2),
        act=Kind.CONFIRMED,
        acted_at=now - timedelta(hours=1),
        list_name="Spamhaus",
        list_page=page_of("Spamhaus"),
        attachment_bytes=4_200_000,
    )


_PARTICULARS: dict[Reason, dict[str, str | int]] = {
    Reason.DOMAIN_UNKNOWN: {"address": "hugo.petit@gmial.com", "suggestion": "gmail.com", "system": ""},
    Reason.MAILBOX_FULL: {"size_limit": 1_000_000_000},
    Reason.MESSAGE_TOO_LARGE: {"size_limit": 10_000_000},
}


# Where these are final, it is because we gave up.
_RUN_OUT = (
    *(Reason.GREYLISTED, Reason.RATE_LIMITED, Reason.SERVER_FULL, Reason.CONNECTION_FAILED, Reason.DNS_TEMPORARY),
    *(Reason.TLS_REQUIRED, Reason.EXPIRED),
)


def _of_status(status: Status, sample: CardFacts) -> Iterator[Told]:
    known = replace(sample, relay="relais.exemple.fr") if status is Status.SENT else sample
    for language, _name in settings.LANGUAGES:
        with override(language):
            flags = Flag.CONFIRMED if status is Status.OPENED else Flag.NONE
            yield Told(language, [_shown(status, None, known, flags)])


def _of_reason(reason: Reason, sample: CardFacts) -> Iterator[Told]:
    known = replace(sample, **_PARTICULARS.get(reason, {}))  # type: ignore[arg-type]
    again = replace(known, next_attempt_at=sample.now + timedelta(minutes=29))
    failure = facts(reason).failure
    for language, _name in settings.LANGUAGES:
        with override(language):
            cases = [_shown(_FAILED[failure], reason, known, Flag.EXPIRED if reason in _RUN_OUT else Flag.NONE)]
            if failure is Failure.RECEPTION_IMPOSSIBLE:
                cases.append(_shown(Status.REQUESTED, reason, again))
            yield Told(language, cases, reasons.words(reason), reasons.who(reason))


def _shown(status: Status, reason: Reason | None, known: CardFacts, flags: Flag = Flag.NONE) -> Shown:
    note = row_note(status, reason, flags, known)
    return Shown(status, statuses.label(status), note, card(status, reason, flags, known))
