"""What stands beside a status."""

from dataclasses import astuple, dataclass

from django.utils.translation import gettext as _

from bienrecu.domain.status import FAILURES, Flag, Status
from bienrecu.wording.facts import CardFacts, placeholders
from bienrecu.wording.mark import N_


@dataclass(frozen=True, slots=True)
class FlagWords:
    """`note` continues a line under a status; `know` and `advice` are sentences of the card, empty when it says
    the same in its own words."""

    note: str
    know: str = ""
    advice: str = ""


_ALL = frozenset(Status)
_WAITING = frozenset({Status.REQUESTED, Status.SENT})
# Beside other statuses a flag would say what the status already says, or what no longer matters.
_MATTERS: dict[Flag, frozenset[Status]] = {
    Flag.CONTRADICTORY: _ALL,
    Flag.POSSIBLE_DUPLICATE: _ALL,
    Flag.COMPLAINT: _ALL,
    Flag.CHALLENGE: frozenset({Status.RECEIVED}),
    Flag.AUTO_REPLY: frozenset({Status.RECEIVED}),
    Flag.MACHINE_LOAD: frozenset({Status.RECEIVED}),
    Flag.LATE_RETURN: FAILURES,
    Flag.EXPIRED: FAILURES,
    Flag.DELAYED: _WAITING,
    Flag.NOTED: _ALL,
    Flag.RESENT: _ALL,
    Flag.CONFIRMED: frozenset({Status.OPENED}),
}


def that_matter(status: Status, flags: Flag) -> list[Flag]:
    """The flags worth a word beside `status`, the weightiest first."""
    return [flag for flag, statuses in _MATTERS.items() if flag in flags and status in statuses]


def words(flag: Flag, case: CardFacts | None = None) -> FlagWords:
    """In the active language."""
    known = placeholders(case)
    return FlagWords(*(_(text).format_map(known) if text else "" for text in astuple(_WORDS[flag])))


_WORDS: dict[Flag, FlagWords] = {
    Flag.CONTRADICTORY: FlagWords(
        N_("conflicting signals"),
        N_("The e-mail was also refused or returned, which contradicts this."),
        N_("Check with {name}."),
    ),
    Flag.POSSIBLE_DUPLICATE: FlagWords(
        N_("possible duplicate"),
        N_("An answer was lost on the way: the e-mail may have been sent twice."),
    ),
    Flag.COMPLAINT: FlagWords(
        N_("marked as junk"),
        N_("The e-mail was marked as junk in the recipient's mailbox."),
        N_("Send {name} nothing but the essential."),
    ),
    Flag.AUTO_REPLY: FlagWords(
        N_("automatic reply received"),
        N_("An automatic reply came back, because of an absence for example."),
    ),
    Flag.MACHINE_LOAD: FlagWords(N_("images loaded automatically: opening unknown")),
    Flag.LATE_RETURN: FlagWords(N_("returned after being accepted")),
    Flag.NOTED: FlagWords(
        N_("handed over another way"),
        N_("Somebody noted that it was handed over another way."),
    ),
    Flag.RESENT: FlagWords(
        N_("resent"),
        N_("It was sent again since: what became of that one stands on a line of its own."),
    ),
    Flag.CONFIRMED: FlagWords(N_("confirmed by the recipient")),
    Flag.CHALLENGE: FlagWords(
        N_("a filter wants to know the sender"),
        N_("A filter holds the e-mail until its sender makes themselves known."),
        N_("Open the request that arrived at your reply address, and follow it."),
    ),
    Flag.EXPIRED: FlagWords(N_("given up after several tries")),
    Flag.DELAYED: FlagWords(
        N_("a server on the way reports a delay"),
        N_("A server on the way reports a delay, and keeps trying."),
    ),
}
