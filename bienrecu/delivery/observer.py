"""What the engine tells whoever watches: one method per log line. Ids and hosts, never content nor mailboxes."""

from datetime import datetime

from bienrecu.delivery.ports import Outcome, Share
from bienrecu.domain.event import Kind


class Observer:
    """Watches nothing: whoever wants to know derives from it. Methods return at once and raise nothing; `seconds`
    are how long it took or will take."""

    def started(self, share: Share) -> None: ...
    def share_changed(self, share: Share) -> None: ...
    def stopping(self) -> None: ...
    def stopped(self) -> None: ...

    def delivered(self, recipient: int, host: str, seconds: float) -> None: ...
    def handed_over(self, recipient: int, host: str, seconds: float) -> None: ...
    def deferred(
        self, recipient: int, host: str, stage: str, code: str, reason: str, next_attempt_at: datetime | None
    ) -> None: ...
    def line_lost(self, recipient: int, host: str, next_attempt_at: datetime | None) -> None: ...
    def refused(self, recipient: int, host: str, stage: str, code: str, reason: str) -> None: ...
    def expired(self, recipient: int, host: str, stage: str, code: str, reason: str) -> None: ...
    def unsendable(self, recipient: int, host: str, stage: str, code: str, reason: str) -> None: ...
    def claim_lost(self, recipient: int) -> None:
        """Somebody else has the message now: it was not sent from here."""

    def connection_opened(self, host: str, ip: str, tls: str) -> None: ...
    def connection_failed(self, host: str, ip: str, stage: str, code: str) -> None: ...
    def connection_closed(self, host: str, ip: str, messages: int) -> None: ...

    def slowed_down(self, provider: str, host: str, seconds: float, connections: int) -> None:
        """A set of servers, of which `host` is the first, gets no message for so long, then so many connections."""

    def no_route(self, destination: str, reason: str, permanent: bool) -> None: ...
    def released(self, messages: int) -> None:
        """Given back to the queue unattempted."""

    def queue_failed(self, doing: str, error: str, seconds: float) -> None:
        """The queue raised `error` (its class); another try in `seconds`."""

    def fault(self, recipient: int | None, error: BaseException) -> None:
        """A fault of ours, on an attempt for `recipient` if known: that message is tried again later."""

    def gauges(self, connections: int, claimed: int, destinations: int) -> None:
        """A few times a minute: connections open or opening, messages claimed, destinations with work."""


def tell(observer: Observer, outcome: Outcome) -> None:
    """The log line of an outcome."""
    attempt, recipient, host = outcome.attempt, outcome.job.id, outcome.attempt.host
    seconds = (attempt.ended_at - attempt.started_at).total_seconds()
    code = attempt.reply[:3] if attempt.reply[:3].isdigit() else ""
    why = (recipient, host, attempt.stage, code, outcome.reason or "")
    match outcome.kind:
        case Kind.DELIVERED:
            observer.delivered(recipient, host, seconds)
        case Kind.HANDED_OVER:
            observer.handed_over(recipient, host, seconds)
        case Kind.LINE_LOST:
            observer.line_lost(recipient, host, outcome.next_attempt_at)
        case Kind.DEFERRED:
            observer.deferred(*why, outcome.next_attempt_at)
        case Kind.REFUSED:
            observer.refused(*why)
        case Kind.EXPIRED:
            observer.expired(*why)
        case _:
            observer.unsendable(*why)
