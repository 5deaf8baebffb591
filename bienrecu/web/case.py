"""One e-mail's case as people read it: its card, its timeline, the evidence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.utils import timezone

from bienrecu.diagnosis.blocklist import named_list, page_of
from bienrecu.diagnosis.certificate import is_unproven
from bienrecu.diagnosis.size_limit import size_limit_in
from bienrecu.domain import spelling
from bienrecu.domain.event import Kind
from bienrecu.domain.mail_operator import operator_of
from bienrecu.domain.reason import Reason
from bienrecu.domain.relay_account import account_of
from bienrecu.domain.status import PROVES, Flag, Status
from bienrecu.protocol.message.parse import to_text
from bienrecu.store.models import Attachment, Attempt, Event, Organisation
from bienrecu.store.queries.emails import Case, certainty_of, words_against
from bienrecu.store.queries.history import ACTS
from bienrecu.web.history_rows import is_held, next_attempt_at, scheduled_at
from bienrecu.wording import events as event_words
from bienrecu.wording.card import Card, card
from bienrecu.wording.facts import CardFacts
from bienrecu.wording.size import link_words

_SHOWN_OF_REPORT = 64 * 1024

_FAILED = frozenset({Kind.REFUSED, Kind.RETURNED, Kind.EXPIRED, Kind.UNSENDABLE, Kind.SUPPRESSED})
_ENDED_IN_DOUBT = frozenset({Kind.LINE_LOST, Kind.INTERRUPTED})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline; `mark` is how its dot looks."""

    at: datetime
    text: str
    mark: str


@dataclass(frozen=True, slots=True)
class Report:
    """A mail that came back, its beginning as text."""

    received_at: datetime
    sender: str
    text: str
    is_cut: bool
    is_less_certain: bool
    """Whether its recipient was found by the message that it returns, not by its return address."""


def card_of(case: Case, organisation: Organisation, now: datetime) -> Card:
    row = case.recipient
    reason = Reason(row.reason) if row.reason else None
    return card(Status(row.status), reason, Flag(row.flags), _facts(case, organisation, now))


def _facts(case: Case, organisation: Organisation, now: datetime) -> CardFacts:
    row, attempts = case.recipient, case.attempts
    relay = row.host if _went_by_relay(case) else ""
    act = _act(case.events)
    words = words_against(case)
    listed = named_list(words)
    return CardFacts(
        now=now,
        since=row.since,
        name=row.name,
        address=row.address,
        system="" if relay else operator_of(row.host) or row.host,
        sender=row.message.author_address,
        relay=relay,
        answer_lost=_answer_lost(case.events),
        attempts=len(attempts),
        first_attempt_at=attempts[0].started_at if attempts else None,
        gives_up_at=row.due_since + timedelta(hours=settings.BIENRECU.retry_max_age),
        tracked=row.tracked,
        organisation_tracks=organisation.open_tracking,
        act=Kind(act.kind) if act else None,
        acted_at=act.at if act else None,
        attachment_bytes=sum(attachment.size for attachment in case.attachments if not attachment.linked),
        next_attempt_at=next_attempt_at(row),
        scheduled_at=scheduled_at(row, now),
        held=is_held(row),
        certainty=certainty_of(case),
        list_name=listed,
        list_page=page_of(listed),
        size_limit=size_limit_in(words),
        unproven=not relay and is_unproven(words),
        suggestion=spelling.suggestion(row.address.rpartition("@")[2]) or "",
    )


def _went_by_relay(case: Case) -> bool:
    """As far as this e-mail tells; before it was taken by anybody, as this installation is set up."""
    taken = [event.kind for event in case.events if event.kind in (Kind.HANDED_OVER, Kind.DELIVERED)]
    by_setting = bool(settings.BIENRECU.relay_url) or account_of(case.recipient.destination) is not None
    return Kind.HANDED_OVER in taken if taken else by_setting


def _answer_lost(events: Sequence[Event]) -> bool:
    told = [event.kind for event in events if PROVES[Kind(event.kind)] is Status.SENT]
    return bool(told) and told[-1] == Kind.LINE_LOST


def _act(events: Sequence[Event]) -> Event | None:
    """By what the recipient showed best that they have the e-mail."""
    acts = [event for event in events if event.kind in ACTS]
    return min(acts, key=lambda event: ACTS.index(Kind(event.kind)), default=None)


def downloads_of(file: Attachment, case: Case) -> str:
    """What became of a file sent as a link; empty for one that was in the e-mail."""
    if not file.linked:
        return ""
    begin = f"downloaded:{file.pk}:"
    times = sum(event.key.startswith(begin) for event in case.events)
    expires_at = file.file.expires_at if hasattr(file, "file") else None
    return link_words(times, timezone.localtime(expires_at) if expires_at else None, timezone.localtime())


def timeline(case: Case) -> list[Line]:
    return list(_lines(case))


def _lines(case: Case) -> Iterator[Line]:
    started = case.attempts[0].started_at if case.attempts else None
    for (kind, reason, _), same in groupby(case.events, key=_alike):
        first, *others = same
        yield Line(
            at=first.at,
            text=event_words.line(
                Kind(kind),
                Reason(reason) if reason else None,
                by=str(first.by) if first.by else "",
                note=first.words if kind in event_words.TOLD else "",
                after=first.at - started if started and kind == Kind.EXPIRED else None,
                more=len(others),
            ),
            mark=_mark(Kind(kind)),
        )


def _alike(event: Event) -> tuple[str, str, int]:
    """Tries put off for one reason in a row are one line; everything else is a line of its own."""
    return event.kind, event.reason, 0 if event.kind == Kind.DEFERRED else event.id


def _mark(kind: Kind) -> str:
    if kind in _FAILED:
        return "failed"
    if kind in _ENDED_IN_DOUBT:
        return "doubt"
    proved = PROVES[kind]
    return proved.code if proved in (Status.SENT, Status.RECEIVED, Status.OPENED) else "plain"


def evidence(attempts: Sequence[Attempt]) -> list[Attempt]:
    """The attempts that left words, the latest first: it is the one that counts."""
    return [attempt for attempt in reversed(attempts) if attempt.reply or attempt.transcript]


def reports(case: Case) -> list[Report]:
    return [
        Report(
            report.received_at,
            report.sender,
            to_text(bytes(report.raw[:_SHOWN_OF_REPORT])),
            is_cut=len(report.raw) > _SHOWN_OF_REPORT,
            is_less_certain=report.is_less_certain,
        )
        for report in case.reports
    ]
