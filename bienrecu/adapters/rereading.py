"""What stored evidence says to the rules of today: the replies and reports behind events, read again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bienrecu.adapters.return_store import events_of
from bienrecu.diagnosis import diagnose
from bienrecu.diagnosis.receiver import receiving_host
from bienrecu.domain.event import Kind
from bienrecu.protocol.smtp.stage import Stage
from bienrecu.store.models import Event, Report
from bienrecu.store.record import Correction, NewEvent

_JUDGED = (Kind.DEFERRED, Kind.REFUSED, Kind.EXPIRED)
_REFUSAL = re.compile(r"[45]\d\d")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Reread:
    """What one piece of evidence says now: corrections of events, and events that nobody saw in it before."""

    corrections: list[Correction]
    new: list[NewEvent]


def reread_all() -> Iterator[Reread]:
    """Of all organisations; what says the same as before is left out. Changes nothing."""
    yield from _replies()
    yield from _reports()


def _replies() -> Iterator[Reread]:
    """Where the words of an answer are not kept any more, or are ours, there is nothing to read again."""
    rows = Event.objects.filter(kind__in=_JUDGED, attempt__isnull=False).exclude(attempt__stage=Stage.AUTH)
    for event in rows.select_related("attempt").order_by("id").iterator(_AT_ONCE):
        if not _REFUSAL.match(event.words):
            continue
        receiver = receiving_host(event.attempt.host, event.attempt.transcript)
        found = diagnose(event.words, None, None, event.attempt.stage, receiver)
        if (found.reason, found.certainty) != (event.reason, event.certainty):
            yield Reread([Correction(event, found.reason, found.certainty)], [])


def _reports() -> Iterator[Reread]:
    rows = Report.objects.filter(recipient__isnull=False).exclude(kind="")
    for report in rows.select_related("recipient").order_by("id").iterator(_AT_ONCE // 10):
        known = {event.key: event for event in Event.objects.filter(report=report)}
        found = events_of(report)
        corrections = [
            Correction(known[event.key], event.reason, event.certainty)
            for event in found
            if event.key in known and _differs(known[event.key], event)
        ]
        # A report that said nothing yesterday; of one that did, a count that differs is no news of another recipient.
        new = found if not known else []
        if corrections or new:
            yield Reread(corrections, new)


def _differs(event: Event, found: NewEvent) -> bool:
    said = (found.reason or "", found.certainty or "")
    return event.kind == found.kind and (event.reason, event.certainty) != said
