"""The six statuses, and how events prove them. A status says who holds the message now.

The status of a recipient is a pure function of their events, in whatever order and however often these
arrive: the strongest proof wins (docs/decisions/0001-status-is-the-strongest-proof.md)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, IntFlag

from bienrecu.domain.event import Event, Kind
from bienrecu.domain.reason import Failure, Reason, facts


class Status(IntEnum):
    """From the weakest proof to the strongest; the two failures are equally strong.

    The numbers are stored: they never change meaning."""

    REQUESTED = 0
    SENT = 1
    RECEIVED = 2
    RECEPTION_IMPOSSIBLE = 3
    SEND_ERROR = 4
    OPENED = 5

    @property
    def code(self) -> str:
        """The name that commands and the API use, for example `reception_impossible`."""
        return self.name.lower()

    @property
    def is_failure(self) -> bool:
        return self in FAILURES


FAILURES = frozenset({Status.RECEPTION_IMPOSSIBLE, Status.SEND_ERROR})

# Every kind of event is here: what proves nothing says None, so that nobody wonders.
PROVES: dict[Kind, Status | None] = {
    Kind.REQUESTED: Status.REQUESTED,
    Kind.DEFERRED: Status.REQUESTED,
    Kind.HANDED_OVER: Status.SENT,
    Kind.RELAYED: Status.SENT,
    Kind.LINE_LOST: Status.SENT,
    Kind.DELAYED: Status.SENT,
    Kind.DELIVERED: Status.RECEIVED,
    # Only a system that holds the message can answer it in its recipient's absence.
    Kind.AUTO_REPLY: Status.RECEIVED,
    Kind.CHALLENGE: Status.RECEIVED,
    # Which of the two failures depends on the reason: see `_proved`.
    Kind.REFUSED: Status.RECEPTION_IMPOSSIBLE,
    Kind.EXPIRED: Status.RECEPTION_IMPOSSIBLE,
    Kind.RETURNED: Status.RECEPTION_IMPOSSIBLE,
    Kind.SUPPRESSED: Status.SEND_ERROR,
    Kind.UNSENDABLE: Status.SEND_ERROR,
    Kind.OPENED: Status.OPENED,
    Kind.CONFIRMED: Status.OPENED,
    Kind.REPLIED: Status.OPENED,
    Kind.DISPLAYED: Status.OPENED,
    # The link stood in the e-mail alone, and a button was pressed behind it.
    Kind.DOWNLOADED: Status.OPENED,
    # A sandbox may fetch everything before the message is refused: it does not even prove reception.
    Kind.MACHINE_LOAD: None,
    Kind.INTERRUPTED: None,
    Kind.COMPLAINT: None,
    # Mail programs and filters press for people here: RFC 8058 asks for no page in between.
    Kind.UNSUBSCRIBED: None,
    Kind.SUBSCRIBED_AGAIN: None,
    Kind.NOTE: None,
    Kind.RESENT: None,
}


class Flag(IntFlag):
    """What stands beside a status. The numbers are stored: they never change meaning."""

    NONE = 0
    CONTRADICTORY = 1  # a failure and an act of the recipient both exist
    POSSIBLE_DUPLICATE = 2  # sent again after an answer that never came (RFC 1047)
    COMPLAINT = 4
    AUTO_REPLY = 8
    MACHINE_LOAD = 16
    LATE_RETURN = 32  # accepted first, returned afterwards
    NOTED = 64  # somebody noted that it was handed over another way
    CONFIRMED = 128  # the recipient pressed "Confirm receipt"
    CHALLENGE = 256
    EXPIRED = 512  # temporary refusals that ran out; the reason is the last cause
    DELAYED = 1024
    RESENT = 2048  # somebody sent it again


# Somebody has dealt with the failure beside which one of these stands.
SETTLED = Flag.NOTED | Flag.RESENT


_FLAG_OF: dict[Kind, Flag] = {
    Kind.COMPLAINT: Flag.COMPLAINT,
    Kind.AUTO_REPLY: Flag.AUTO_REPLY,
    Kind.MACHINE_LOAD: Flag.MACHINE_LOAD,
    Kind.NOTE: Flag.NOTED,
    Kind.CONFIRMED: Flag.CONFIRMED,
    Kind.CHALLENGE: Flag.CHALLENGE,
    Kind.EXPIRED: Flag.EXPIRED,
    Kind.DELAYED: Flag.DELAYED,
    Kind.RESENT: Flag.RESENT,
}

# A human act comes only from somebody who has the message.
_ACTS = frozenset({Kind.OPENED, Kind.CONFIRMED, Kind.REPLIED, Kind.DISPLAYED, Kind.DOWNLOADED})
# Who sends again after one of these may send twice.
_ANSWER_UNKNOWN = frozenset({Kind.LINE_LOST, Kind.INTERRUPTED})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one recipient's message stands. `since` is the first proof of `status`.

    `reason` says why it failed, or while it waits or travels, what it waits for."""

    status: Status
    since: datetime
    reason: Reason | None
    flags: Flag

    @property
    def unsettled_since(self) -> datetime | None:
        """Since when it has failed and waits for somebody to deal with it; None when there is nothing to do."""
        return self.since if self.status.is_failure and not self.flags & SETTLED else None


def standing(events: Iterable[Event]) -> Standing:
    """What `events`, at least one of which proves a status, prove together."""
    seen = sorted(set(events), key=_by_time)
    proofs = [(status, event) for event in seen if (status := _proved(event)) is not None]
    strongest = max(_strength(status) for status, _ in proofs)
    best = [(status, event) for status, event in proofs if _strength(status) == strongest]
    # Of several failures the latest one tells; of several successes the first one dates the status.
    status, event = best[-1] if best[0][0].is_failure else best[0]
    return Standing(status, event.at, _reason(status, event, best), _flags(seen))


def _by_time(event: Event) -> tuple[datetime, str, str]:
    return event.at, event.kind, event.reason or ""


def _proved(event: Event) -> Status | None:
    if event.reason is None or event.kind not in (Kind.REFUSED, Kind.RETURNED, Kind.EXPIRED, Kind.UNSENDABLE):
        return PROVES[event.kind]
    failure = facts(event.reason).failure
    return Status.SEND_ERROR if failure is Failure.SEND_ERROR else Status.RECEPTION_IMPOSSIBLE


def _strength(status: Status) -> int:
    return min(status, Status.RECEPTION_IMPOSSIBLE) if status.is_failure else status


def _reason(status: Status, event: Event, best: list[tuple[Status, Event]]) -> Reason | None:
    if status.is_failure:
        return event.reason or Reason.UNDETERMINED
    if status in (Status.REQUESTED, Status.SENT):
        return best[-1][1].reason
    return None


def _flags(seen: list[Event]) -> Flag:
    flags = Flag.NONE
    for event in seen:
        flags |= _FLAG_OF.get(event.kind, Flag.NONE)
    statuses = [_proved(event) for event in seen]
    failed = any(status is not None and status.is_failure for status in statuses)
    if failed and any(event.kind in _ACTS for event in seen):
        flags |= Flag.CONTRADICTORY
    if failed and Status.RECEIVED in statuses:
        flags |= Flag.LATE_RETURN
    if _sent_again(seen):
        flags |= Flag.POSSIBLE_DUPLICATE
    return flags


def _sent_again(seen: list[Event]) -> bool:
    """Whether an attempt followed one whose answer we never saw."""
    unknown = [event.at for event in seen if event.kind in _ANSWER_UNKNOWN]
    accepted = [event.at for event in seen if event.kind in (Kind.HANDED_OVER, Kind.DELIVERED)]
    return len(unknown) > 1 or bool(unknown and accepted and max(accepted) > unknown[0])
