"""From what the servers answered to what became of the message. Pure: times and dice come in as arguments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Protocol

from bienrecu.delivery.ports import AttemptRecord, Job, Outcome, RouteError, Sent
from bienrecu.diagnosis.receiver import receiving_host
from bienrecu.domain.certainty import Certainty
from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.domain.event import OURS, Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.retry import RetryRule, next_attempt_at
from bienrecu.protocol.smtp.reply import Reply
from bienrecu.protocol.smtp.stage import Stage
from bienrecu.protocol.smtp.transaction import Fate


class Diagnosis(Protocol):
    """`permanent`: whether the same attempt would be refused again."""

    @property
    def reason(self) -> Reason: ...
    @property
    def permanent(self) -> bool: ...
    @property
    def certainty(self) -> Certainty: ...


# The reply whole, its code, its enhanced code, the stage, the name of the server.
Diagnose = Callable[[str, int | None, EnhancedCode | None, str, str], Diagnosis]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one server made of one message. `opening`: it never came to the message. `detail` says in English what
    happened when there is no `reply`."""

    fate: Fate
    stage: Stage
    host: str
    ip: str = ""
    tls: str = ""
    reply: Reply | None = None
    detail: str = ""
    opening: bool = False

    @property
    def words(self) -> str:
        """For the evidence: the reply whole, or what we have to say."""
        return str(self.reply) if self.reply else OURS + self.detail


_LAST_WORDS = frozenset({Fate.ACCEPTED, Fate.REFUSED, Fate.LINE_LOST})


def decisive(answers: Sequence[Answer]) -> Answer:
    """Which of the answers of one attempt tells most. There is at least one.

    That a server will not talk to us at all is final only if it is so for all of the domain's servers."""
    best = max(answers, key=_weight)
    if best.opening and any(answer.fate is not Fate.REFUSED for answer in answers):
        return replace(best, fate=Fate.DEFERRED if best.reply else Fate.LINE_DEAD)
    return best


def _weight(answer: Answer) -> tuple[bool, bool, bool, bool]:
    is_last_word = not answer.opening and answer.fate in _LAST_WORDS
    return is_last_word, answer.fate is not Fate.UNSUPPORTED, not answer.opening, answer.reply is not None


class Sign(Enum):
    """What an attempt says about the server, apart from its message."""

    FINE = auto()
    TOO_FAST = auto()
    SUSPICIOUS = auto()
    UNREACHABLE = auto()
    NONE = auto()


_TIRED_OF_US = frozenset({Reason.RATE_LIMITED, Reason.REPUTATION, Reason.IP_BLOCKLISTED})


def sign_of(answers: Sequence[Answer], reason: Reason | None) -> Sign:
    """`reason` is why the decisive one of `answers` is as it is."""
    best = decisive(answers)
    if best.fate is Fate.ACCEPTED:
        return Sign.FINE
    if best.opening and not all(answer.opening for answer in answers):
        return Sign.NONE
    if best.opening and (best.reply is None or best.stage is Stage.AUTH):
        return Sign.UNREACHABLE
    if best.reply is None:
        return Sign.NONE if best.fate is Fate.UNSUPPORTED else Sign.SUSPICIOUS
    if best.opening or best.reply.closes or (reason is Reason.RATE_LIMITED and not _is_about_mailbox(best.reply)):
        return Sign.TOO_FAST
    return Sign.SUSPICIOUS if reason in _TIRED_OF_US else Sign.FINE


def _is_about_mailbox(reply: Reply) -> bool:
    """4.2.x: one person gets mail faster than their mailbox may (RFC 3463 §3.3); the others are not concerned."""
    return reply.enhanced_code is not None and reply.enhanced_code.subject == 2


@dataclass(frozen=True, slots=True)
class Judge:
    """Makes outcomes. In all methods `attempt.ended_at` is now, `jitter` is in [0, 1).

    `lost_answer_wait`: a line that died after the final dot is tried again once, so much later: the message may
    have arrived (RFC 1047), and by then a report or the recipient may have told."""

    diagnose: Diagnose
    rule: RetryRule
    lost_answer_wait: timedelta

    def conclude(
        self, job: Job, answer: Answer, attempt: AttemptRecord, *, is_final: bool, sent: Sent | None, jitter: float
    ) -> Outcome:
        """`is_final`: the server is the recipient's own."""
        if answer.fate is Fate.ACCEPTED:
            return Outcome(job, Kind.DELIVERED if is_final else Kind.HANDED_OVER, attempt, sent=sent)
        if answer.fate is Fate.LINE_LOST:
            return self.line_lost(job, attempt, sent)
        reason, permanent, certainty = self._reading(answer, attempt.transcript)
        if permanent:
            return Outcome(job, Kind.REFUSED, attempt, reason, sent=sent, certainty=certainty)
        given_up_as = Kind.UNSENDABLE if answer.stage is Stage.AUTH else Kind.EXPIRED
        waits = self.put_off(job, attempt, reason, jitter=jitter, given_up_as=given_up_as, sent=sent)
        return replace(waits, certainty=certainty)

    def no_route(self, job: Job, error: RouteError, now: datetime, *, jitter: float) -> Outcome:
        attempt = AttemptRecord(now, now, reply=OURS + error.detail)
        if error.permanent:
            kind = Kind.UNSENDABLE if error.reason is Reason.SUBMISSION_REFUSED else Kind.REFUSED
            return Outcome(job, kind, attempt, error.reason)
        return self.put_off(job, attempt, error.reason, jitter=jitter)

    def same_trouble(self, job: Job, failure: Outcome, now: datetime, *, jitter: float) -> Outcome:
        """For a message that meets servers of which `failure` has just shown that they are down: it waits its own
        time, and its sender learns why, without one more connection that would fail."""
        known = failure.attempt
        since = f"{known.host} at {known.ended_at:%H:%M:%S} UTC"
        words = f"{OURS}not tried; {since}: {known.reply.removeprefix(OURS)}"
        attempt = replace(known, started_at=now, ended_at=now, reply=words, transcript="")
        given_up_as = Kind.UNSENDABLE if known.stage == Stage.AUTH else Kind.EXPIRED
        waits = self.put_off(job, attempt, failure.reason, jitter=jitter, given_up_as=given_up_as)
        return replace(waits, certainty=failure.certainty)

    def put_off(
        self,
        job: Job,
        attempt: AttemptRecord,
        reason: Reason | None,
        *,
        jitter: float,
        given_up_as: Kind = Kind.EXPIRED,
        sent: Sent | None = None,
    ) -> Outcome:
        """Tries again later, or gives up with the last cause kept. Without a reason the fault is ours."""
        again_at = next_attempt_at(
            job.due_since, job.failed_attempts + 1, attempt.ended_at, rule=self.rule, jitter=jitter, reason=reason
        )
        given_up_as = given_up_as if reason else Kind.UNSENDABLE
        return Outcome(job, Kind.DEFERRED if again_at else given_up_as, attempt, reason, again_at, sent)

    def line_lost(self, job: Job, attempt: AttemptRecord, sent: Sent | None) -> Outcome:
        again_at = attempt.ended_at + self.lost_answer_wait if job.lost_answers == 0 else None
        return Outcome(job, Kind.LINE_LOST, attempt, next_attempt_at=again_at, sent=sent)

    def _reading(self, answer: Answer, transcript: str) -> tuple[Reason, bool, Certainty | None]:
        """Why, whether that is final, and how sure that is, where a server's words were judged."""
        if answer.fate is Fate.UNSUPPORTED:
            return _obstacle(answer.detail), True, None
        if answer.stage is Stage.AUTH:
            # An administrator can mend it, and what waits meanwhile will go.
            return Reason.SUBMISSION_REFUSED, False, None
        if answer.reply is None or answer.fate is Fate.PROTOCOL_ERROR:
            return _silent_failure(answer), False, None
        code, enhanced = answer.reply.code, answer.reply.enhanced_code
        receiver = receiving_host(answer.host, transcript)
        found = self.diagnose(str(answer.reply), code, enhanced, answer.stage, receiver)
        return found.reason, answer.fate is Fate.REFUSED and found.permanent, found.certainty


def _obstacle(detail: str) -> Reason:
    """What the server announced that it cannot take opens with an enhanced code (see `Transaction.obstacle`)."""
    enhanced = EnhancedCode.find(detail)
    too_large = enhanced is not None and enhanced.subject == 3
    return Reason.MESSAGE_TOO_LARGE if too_large else Reason.ADDRESS_INVALID


def _silent_failure(answer: Answer) -> Reason:
    if answer.fate is Fate.PROTOCOL_ERROR:
        return Reason.SERVER_ERROR
    return Reason.TLS_REQUIRED if answer.stage is Stage.STARTTLS else Reason.CONNECTION_FAILED
