"""A mail in a line: who is concerned, why, and whether asking again could help. For measuring, and for programs."""

import re
from dataclasses import dataclass
from typing import Literal

from bienrecu.diagnosis import diagnose
from bienrecu.domain.event import Kind
from bienrecu.returns.auto_reply import begins_automatic
from bienrecu.returns.interpret import Interpretation, Reported, ReturnKind

Permanence = Literal["permanent", "temporary", "none"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is the value of a failure's reason or a word for what is no failure ("complaint"); empty when the
    mail is neither. `recipients` are the addresses named, for each what became of the one we wrote to."""

    recipients: tuple[str, ...] = ()
    reason: str = ""
    permanence: Permanence = "none"


_NO_FAILURE: dict[ReturnKind, str] = {
    ReturnKind.AUTO_REPLY: "auto_reply",
    ReturnKind.CHALLENGE: "challenge",
    ReturnKind.COMPLAINT: "complaint",
    ReturnKind.READ_RECEIPT: "read_receipt",
}


_ACCEPTED = re.compile(r"\s{0,9}2\d\d(?:[- ]|$)")  # RFC 5321 §4.2.1


def verdict_of(found: Interpretation) -> Verdict:
    """What was found in a mail that came back."""
    if found.kind is ReturnKind.REPORT:
        return _of_report(found.reported)
    return Verdict(found.about, _NO_FAILURE.get(found.kind, ""))


def verdict_of_reply(text: str) -> Verdict:
    """What a server's reply means; its permanence is that of its code. Some collections hold subjects among replies."""
    if _ACCEPTED.match(text):
        return Verdict(reason=str(Kind.DELIVERED))
    if begins_automatic(text[:200]):
        return Verdict(reason=_NO_FAILURE[ReturnKind.AUTO_REPLY])
    diagnosis = diagnose(text, None, None, "")
    return Verdict((), diagnosis.reason, _permanence(diagnosis.permanent_code))


def _permanence(permanent: bool) -> Permanence:
    return "permanent" if permanent else "temporary"


def _of_report(reported: tuple[Reported, ...]) -> Verdict:
    """The first failure speaks for the mail; else the first delay; else what was delivered."""
    first = min(reported, key=_weight)
    concerned = [part for part in reported if _is_trouble(part) == _is_trouble(first)]
    recipients = tuple(dict.fromkeys(address for part in concerned for address in part.addresses[-1:]))
    if first.diagnosis is None:
        return Verdict(recipients, str(first.kind))
    return Verdict(recipients, first.diagnosis.reason, _permanence(first.diagnosis.permanent))


def _is_trouble(part: Reported) -> bool:
    return part.diagnosis is not None


def _weight(part: Reported) -> int:
    return {Kind.RETURNED: 0, Kind.DELAYED: 1}.get(part.kind, 2)
