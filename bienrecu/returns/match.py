"""Which events a returned mail proves for the one recipient whose signed return address it came to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bienrecu.diagnosis import Diagnosis
from bienrecu.domain.certainty import Certainty
from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.returns.interpret import Interpretation, Reported, ReturnKind


class Addressee(Protocol):
    """Whom we wrote to: one recipient of one message."""

    @property
    def address(self) -> str: ...

    @property
    def message_id(self) -> str:
        """With its angle brackets, as in the header."""


@dataclass(frozen=True, slots=True)
class ReturnEvent:
    """An event to record. `at` is when we got the mail: what it says of times is hearsay.

    `address` is the one the report names, and `forwarded` says that it is not the one we wrote to: the reason
    holds for where the message went on to, and must suppress nobody. `words` is the evidence, word for word."""

    kind: Kind
    at: datetime
    reason: Reason | None = None
    address: str = ""
    forwarded: bool = False
    words: str = ""
    diagnosis: Diagnosis | None = None

    @property
    def certainty(self) -> Certainty | None:
        return self.diagnosis.certainty if self.diagnosis else None


def events_for(interpretation: Interpretation, recipient: Addressee, at: datetime) -> list[ReturnEvent]:
    """What the mail, got at `at`, proves for `recipient`. Other recipients that it names are not touched."""
    if interpretation.kind is ReturnKind.REPORT:
        return [_reported_event(*found, at) for found in _about(recipient, interpretation.reported)]
    kind = _kind_proved(interpretation, recipient)
    # Beside a reception, not against it: it was received, and whoever writes again should ask for another address.
    reason = Reason.ADDRESS_MOVED if interpretation.moved else None
    return [ReturnEvent(kind, at, reason, words=interpretation.subject)] if kind else []


def _kind_proved(found: Interpretation, recipient: Addressee) -> Kind | None:
    match found.kind:
        case ReturnKind.AUTO_REPLY:
            return Kind.AUTO_REPLY
        case ReturnKind.CHALLENGE:
            return Kind.CHALLENGE
        case ReturnKind.COMPLAINT if found.unwanted:
            return Kind.COMPLAINT
        case ReturnKind.READ_RECEIPT if found.displayed:
            return Kind.DISPLAYED
        case ReturnKind.ORDINARY if recipient.message_id in found.answers:
            return Kind.REPLIED
    return None


def _about(recipient: Addressee, reported: tuple[Reported, ...]) -> list[tuple[Reported, bool]]:
    """The parts of a report about `recipient`, and whether each is about where the message was forwarded.

    A report that came to the recipient's own return address and speaks of a single address is about them: it was
    forwarded. Of several strangers, nobody can say which one is meant."""
    ours = recipient.address.casefold()
    for names in (_first_address, _all_addresses):
        if found := [(part, False) for part in reported if ours in names(part)]:
            return found
    if len(reported) == 1:
        return [(reported[0], bool(reported[0].addresses))]
    return []


def _first_address(part: Reported) -> list[str]:
    return _all_addresses(part)[:1]


def _all_addresses(part: Reported) -> list[str]:
    return [address.casefold() for address in part.addresses]


def _reported_event(part: Reported, forwarded: bool, at: datetime) -> ReturnEvent:
    return ReturnEvent(
        kind=part.kind,
        at=at,
        reason=part.diagnosis.reason if part.diagnosis else None,
        address=next(iter(part.addresses), ""),
        forwarded=forwarded,
        words=part.words,
        diagnosis=part.diagnosis,
    )
