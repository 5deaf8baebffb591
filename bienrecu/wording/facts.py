"""What is known of one case, and how it stands in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from bienrecu.domain.certainty import Certainty
from bienrecu.domain.event import Kind
from bienrecu.wording import when
from bienrecu.wording.french import de


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """What is not known stays out of the sentences. `now` is in the reader's time zone; all else is shown in it."""

    now: datetime
    since: datetime | None = None
    """The first proof of the status."""
    name: str = ""
    address: str = ""
    system: str = ""
    """Who runs the recipient's mail, as people call it ("Orange"), or the name of the server that answered."""
    sender: str = ""
    """The From address."""
    relay: str = ""
    """The relay that took the e-mail; empty when we spoke to the recipient's own server."""
    answer_lost: bool = False
    """The line died after the final dot, and nothing has been heard since."""
    attempts: int | None = None
    """Tries so far; None when not known."""
    first_attempt_at: datetime | None = None
    next_attempt_at: datetime | None = None
    gives_up_at: datetime | None = None
    scheduled_at: datetime | None = None
    held: bool = False
    """It leaves then because its domain is new, not because somebody chose the hour."""
    tracked: bool = False
    """The image is in the e-mail."""
    organisation_tracks: bool = False
    act: Kind | None = None
    """By what the recipient showed that they have it: opened, displayed, downloaded, replied or confirmed."""
    acted_at: datetime | None = None
    certainty: Certainty | None = None
    """How sure the reason is, where a server's or a report's words were judged."""
    list_name: str = ""
    """The blocklist that the reply names."""
    list_page: str = ""
    """The address where that list says more."""
    size_limit: int | None = None
    """Octets that the server says it takes: the room of the mailbox, or the size of a message."""
    unproven: bool = False
    """Their server did not prove to be theirs, so we did not go on."""
    suggestion: str = ""
    """The domain that was probably meant, for one that does not exist."""
    attachment_bytes: int = 0


def placeholders(facts: CardFacts | None) -> dict[str, str]:
    """What a sentence may name. Without facts, the words that hold for everybody.

    English needs `name` only; French contracts what stands before it, hence `de_name` and `a_name`."""
    name = facts.name or facts.address if facts else ""
    return {
        "name": name or _("the recipient"),
        "de_name": de(name) if name else _("of the recipient"),
        "a_name": f"à {name}" if name else _("to the recipient"),
        "system": _aside(facts.system if facts else ""),
        "domain": _aside(facts.address.rpartition("@")[2] if facts else ""),
        "list": _("the {list} list").format(list=facts.list_name) if facts and facts.list_name else _("a blocklist"),
        "sender": _("the address {sender}").format(sender=facts.sender)
        if facts and facts.sender
        else _("your sending address"),
    }


def _aside(text: str) -> str:
    return f" ({text})" if text else ""


def effort(facts: CardFacts) -> str:
    """ ", after 11 tries in 3 days"; empty for a single try."""
    if (facts.attempts or 0) < 2 or facts.first_attempt_at is None or facts.since is None:
        return ""
    span = when.span(facts.since - facts.first_attempt_at)
    return _(", after {n} tries in {span}").format(n=facts.attempts, span=span)


def moment(at: datetime | None, facts: CardFacts) -> str:
    """ " on 8 January at 09:14", its space included; empty when unknown."""
    return f" {when.moment(at, facts.now)}" if at else ""


def brief(at: datetime | None, facts: CardFacts) -> str:
    """ " at 09:29", its space included; empty when unknown."""
    return f" {when.brief(at, facts.now)}" if at else ""


def text(*sentences: str) -> str:
    """One paragraph; what is empty stays out."""
    return " ".join(filter(None, sentences))


def phrases(parts: Sequence[str]) -> str:
    return _("; ").join(filter(None, parts))


def labelled(what: str, detail: str) -> str:
    """ "Recipient: Awa Diallo", with the space that French puts before its colon."""
    return _("{what}: {detail}").format(what=what, detail=detail)
