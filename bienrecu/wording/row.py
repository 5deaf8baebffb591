"""The short line under a status in a table."""

from django.utils.translation import gettext as _

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Flag, Status
from bienrecu.wording import flags as flag_words
from bienrecu.wording import reasons, when
from bienrecu.wording.card import act_shown, acted_at
from bienrecu.wording.facts import CardFacts, brief, phrases

_NEWS_EXPECTED_WITHIN = 3600
"""Seconds after which the silence of a relay is worth a word."""


def row_note(status: Status, reason: Reason | None, flags: Flag, facts: CardFacts) -> str:
    """ "mailbox full", "their mail service asks us to wait; next try at 09:29"; empty when there is nothing to add."""
    match status:
        case Status.REQUESTED:
            said = _waiting(reason, facts)
        case Status.SENT:
            said = [_on_its_way(facts)]
        case Status.RECEIVED:
            said = [_received(flags, facts)]
        case Status.OPENED:
            said = [_opened(act_shown(flags, facts), facts)]
        case Status.RECEPTION_IMPOSSIBLE | Status.SEND_ERROR:
            said = [_failed(status, reason, facts)]
    return phrases([*said, _beside(status, flags)])


# These flags are what the line itself says.
_SAID = frozenset({Flag.CONFIRMED, Flag.MACHINE_LOAD, Flag.EXPIRED})


def _beside(status: Status, flags: Flag) -> str:
    """The weightiest flag; the card tells the others."""
    left = [flag for flag in flag_words.that_matter(status, flags) if flag not in _SAID]
    return flag_words.words(left[0]).note if left else ""


def _waiting(reason: Reason | None, facts: CardFacts) -> list[str]:
    if reason is not None:
        again = brief(facts.next_attempt_at, facts)
        return [reasons.label(reason), _("next try{when}").format(when=again) if again else ""]
    if facts.scheduled_at and facts.held:
        return [_("leaves{when}: your domain is new").format(when=brief(facts.scheduled_at, facts))]
    if facts.scheduled_at:
        return [_("leaves{when}").format(when=brief(facts.scheduled_at, facts))]
    return [_("waiting its turn")]


def _on_its_way(facts: CardFacts) -> str:
    if facts.answer_lost or not facts.relay:
        return _("the answer was lost: perhaps received")
    silence = facts.now - facts.since if facts.since else None
    if silence is None or silence.total_seconds() < _NEWS_EXPECTED_WITHIN:
        return _("accepted by the relay")
    return _("no news from the relay for {span}").format(span=when.span(silence))


def _received(flags: Flag, facts: CardFacts) -> str:
    if facts.tracked:
        return flag_words.words(Flag.MACHINE_LOAD).note if Flag.MACHINE_LOAD in flags else _("opening unknown")
    if facts.organisation_tracks:
        return _("opening not followed, without consent")
    return _("opening not followed")


def _opened(act: Kind | None, facts: CardFacts) -> str:
    at = brief(acted_at(act, facts), facts)
    match act:
        case Kind.CONFIRMED:
            return _("confirmed receipt{when}").format(when=at)
        case Kind.REPLIED:
            return _("replied{when}").format(when=at)
        case Kind.DOWNLOADED:
            return _("downloaded a file{when}").format(when=at)
        case Kind.DISPLAYED:
            return _("displayed by the mail program{when}").format(when=at)
        case _other:
            return _("probably opened{when}").format(when=at)


def _failed(status: Status, reason: Reason | None, facts: CardFacts) -> str:
    if reason is Reason.DOMAIN_UNKNOWN and facts.suggestion:
        return _("this domain does not exist: “{domain}”?").format(domain=facts.suggestion)
    if reason is Reason.GREYLISTED:
        return _("their mail service made us wait in vain")
    if status is Status.SEND_ERROR and reason in (None, Reason.UNDETERMINED):
        return _("could not leave")
    return reasons.label(reason or Reason.UNDETERMINED)
