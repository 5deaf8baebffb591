"""The card of one e-mail: what we know, what we do not know, what you can do."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Failure, Mover, Reason
from bienrecu.domain.reason import facts as facts_of
from bienrecu.domain.status import Flag, Status
from bienrecu.wording import certainty, particulars, reasons, when
from bienrecu.wording import flags as flag_words
from bienrecu.wording.facts import CardFacts, effort, moment, placeholders, text
from bienrecu.wording.reasons import Voice


@dataclass(frozen=True, slots=True)
class Card:
    """Plain text in the active language. `who` can act, empty when nobody needs to: "you", "your recipient or us".
    `sure` is how sure we are of the cause, empty where there is nothing to doubt.
    `page`, of the blocklist called `page_of`, says more; empty for most."""

    title: str
    know: str
    dont_know: str
    can_do: str
    who: str
    sure: str = ""
    page: str = ""
    page_of: str = ""


def card(status: Status, reason: Reason | None, flags: Flag, facts: CardFacts) -> Card:
    """`status`, `reason` and `flags` as `domain.status.standing` gives them."""
    match status:
        case Status.REQUESTED if facts.held and facts.scheduled_at:
            said = _held(facts)
        case Status.REQUESTED:
            said = _put_off(reason, facts) if reason else _waiting(facts)
        case Status.SENT:
            said = _unanswered(facts) if facts.answer_lost or not facts.relay else _on_its_way(reason, flags, facts)
        case Status.RECEIVED:
            said = _received(flags, facts)
        case Status.OPENED:
            said = _opened(act_shown(flags, facts), facts)
        case Status.RECEPTION_IMPOSSIBLE | Status.SEND_ERROR:
            said = _failed(status, reason or Reason.UNDETERMINED, flags, facts)
    said = replace(said, sure=certainty.words(reason, facts.certainty))
    return _with_flags(said, status, flags, facts)


def act_shown(flags: Flag, facts: CardFacts) -> Kind | None:
    """How the recipient showed that they have it, as far as known; a confirmation says most."""
    return Kind.CONFIRMED if Flag.CONFIRMED in flags else facts.act


def _waiting(facts: CardFacts) -> Card:
    known = placeholders(facts)
    at = moment(facts.scheduled_at, facts)
    return Card(
        title=_("The e-mail will leave{when}").format(when=at) if at else _("The e-mail is waiting its turn"),
        know=_("The e-mail was recorded{when}. It is still with us.").format(when=moment(facts.since, facts)),
        dont_know=_("Whether {name}'s mail service will accept it.").format(**known),
        can_do=_("Nothing. Until then, you can still cancel it.") if at else _("Wait a few minutes."),
        who=_("us"),
    )


def _held(facts: CardFacts) -> Card:
    known = placeholders(facts)
    return Card(
        title=_("The e-mail will leave{when}").format(when=moment(facts.scheduled_at, facts)),
        know=text(
            _("The e-mail was recorded{when}. It is still with us.").format(when=moment(facts.since, facts)),
            _("Your sending domain is new: only a part of your e-mails leaves each day, a little more every time."),
            _("Mail services distrust a new sender that writes to many people at once."),
        ),
        dont_know=_("Whether {name}'s mail service will accept it.").format(**known),
        can_do=text(
            _("Nothing: it leaves by itself."),
            _("If it is urgent, reach {name} another way.").format(**known),
            _("If your domain already sends from elsewhere, an administrator can let everything go."),
        ),
        who=_("us"),
    )


def _put_off(reason: Reason, facts: CardFacts) -> Card:
    known = placeholders(facts)
    said = particulars.words(reason, facts)
    nameless = reason is Reason.UNDETERMINED
    return Card(
        title=_("The e-mail could not be delivered yet") if nameless else said.title,
        know=text(
            _asked_to_wait(facts) if reasons.voice(reason) is Voice.THEIRS else "",
            "" if nameless else said.cause,
            particulars.limit(reason, facts),
            _next_try(facts),
        ),
        dont_know=said.limit,
        can_do=text(
            _("Nothing for now: we keep trying{until}.").format(until=_until(facts)),
            _("If it is urgent, reach {name} another way.").format(**known),
            _already(reason, facts),
        ),
        who=_("us"),
        **particulars.page(reason, facts),
    )


def _asked_to_wait(facts: CardFacts) -> str:
    if facts.relay:
        return _("Your relay ({relay}) asked us to try again later.").format(relay=facts.relay)
    return _("Their mail service{system} asked us to try again later.").format(**placeholders(facts))


def _already(reason: Reason, facts: CardFacts) -> str:
    """For a cause that will not pass by waiting."""
    if facts.unproven:
        return _("Your recipient's IT department can deal with the cause already.")
    match facts_of(reason).movers[0]:
        case Mover.DOMAIN:
            return _("Your IT department can deal with the cause already.")
        case Mover.PLATFORM:
            return _("The administrator of Bien Reçu can deal with the cause already.")
        case _other:
            return ""


def _on_its_way(reason: Reason | None, flags: Flag, facts: CardFacts) -> Card:
    known = placeholders(facts)
    return Card(
        title=_("The e-mail is on its way"),
        know=text(
            _("Your relay ({relay}) accepted the e-mail{when}.").format(
                relay=facts.relay, when=moment(facts.since, facts)
            ),
            reasons.words(reason, facts).cause if reason else "",
        ),
        # A relay that reports a delay does pass on what follows.
        dont_know=_("Whether it will arrive.")
        if Flag.DELAYED in flags
        else _("Whether it arrived: your relay does not pass on what follows."),
        can_do=text(_("Wait up to 72 hours."), _("If it is urgent, reach {name} another way.").format(**known)),
        who="",
    )


def _unanswered(facts: CardFacts) -> Card:
    known = placeholders(facts)
    again = moment(facts.next_attempt_at, facts)
    return Card(
        title=_("The answer was lost on the way"),
        know=_("The line was cut right after the e-mail was sent{when}.").format(when=moment(facts.since, facts)),
        dont_know=_("Whether the server at the other end kept it."),
        can_do=_("Nothing: we try again{when}. A duplicate is possible.").format(when=again)
        if again
        else _("Ask {name} whether it arrived, before resending it.").format(**known),
        who=_("us") if again else _("you"),
    )


def _received(flags: Flag, facts: CardFacts) -> Card:
    known = placeholders(facts)
    return Card(
        title=_("{name}'s mail service has the e-mail").format(**known),
        know=_("Their mail service{system} accepted the e-mail{when}.").format(
            **known, when=moment(facts.since, facts)
        ),
        dont_know=text(
            _("Whether it is in the inbox, in the junk folder or held by a filter."), _opening(flags, facts)
        ),
        can_do=text(
            _("If {name} cannot find it, have {sender} looked for in the junk folder.").format(**known),
            _("Then resend it as a link."),
        ),
        who=_("your recipient"),
    )


def _opening(flags: Flag, facts: CardFacts) -> str:
    """Why the opening is unknown: silence is no proof of anything."""
    if not facts.tracked:
        return (
            _("Whether it was opened: this is not followed without the person's consent.")
            if facts.organisation_tracks
            else _("Whether it was opened: this is not followed.")
        )
    if Flag.MACHINE_LOAD in flags:
        return _("Whether it was opened: a machine loaded its images.")
    return _("Whether it was opened: many mail services send no signal.")


def _opened(act: Kind | None, facts: CardFacts) -> Card:
    known = {**placeholders(facts), "when": moment(acted_at(act, facts), facts)}
    match act:
        case Kind.CONFIRMED:
            title, know = _("{name} confirmed receipt"), _("The recipient pressed “Confirm receipt”{when}.")
        case Kind.REPLIED:
            title, know = _("{name} replied"), _("A reply came back{when}.")
        case Kind.DOWNLOADED:
            title, know = _("{name} downloaded a file"), _("The recipient pressed “Download”{when}.")
        case Kind.DISPLAYED:
            title, know = _("The e-mail was displayed"), _("The recipient's mail program says so{when}.")
        case _other:
            title, know = _("The e-mail was probably opened"), _("A credible signal of opening was recorded{when}.")
    is_firm = act in (Kind.CONFIRMED, Kind.REPLIED, Kind.DOWNLOADED)
    return Card(
        title=title.format(**known),
        know=know.format(**known),
        dont_know=_("Who had it in hand, and whether it was read in full."),
        can_do="" if is_firm else _("Nothing. For a firmer signal, ask for a confirmation of receipt."),
        who="",
    )


def acted_at(act: Kind | None, facts: CardFacts) -> datetime | None:
    """The status may be older than the act that says most about it."""
    if act is None:
        return facts.since
    return facts.acted_at if act is facts.act else None


def _failed(status: Status, reason: Reason, flags: Flag, facts: CardFacts) -> Card:
    if status is Status.SEND_ERROR and facts_of(reason).failure is not Failure.SEND_ERROR:
        return _our_fault(reason, flags, facts)
    said = particulars.words(reason, facts)
    voice = reasons.voice(reason)
    if facts.attempts == 0 and voice is not Voice.NOT_ASKED:
        voice = Voice.NOBODY
    return Card(
        title=particulars.in_vain(reason, facts) or said.title,
        know=text(_refusal(voice, flags, facts), said.cause, particulars.limit(reason, facts)),
        dont_know=said.limit,
        can_do=text(particulars.suggestion(reason, facts), said.advice, particulars.lighter(reason, facts)),
        who=particulars.who(reason, facts),
        **particulars.page(reason, facts),
    )


def _our_fault(reason: Reason, flags: Flag, facts: CardFacts) -> Card:
    """Without a cause that we can name: nobody over there refused anything."""
    return Card(
        title=_("The e-mail could not leave"),
        know=_refusal(Voice.NOBODY, flags, facts),
        dont_know=reasons.words(reason, facts).limit,
        can_do=_("Show the technical detail to the administrator of Bien Reçu."),
        who=_("us"),
    )


def _refusal(voice: Voice, flags: Flag, facts: CardFacts) -> str:
    known = {**placeholders(facts), "when": moment(facts.since, facts), "effort": effort(facts)}
    if Flag.LATE_RETURN in flags:
        said = _("Their mail service{system} first accepted the e-mail, then returned it{when}.")
    elif Flag.EXPIRED in flags:
        said = _("We gave up{when}{effort}.")
    elif voice is Voice.NOT_ASKED:
        said = _("We did not send the e-mail{when}, as a precaution.")
    elif voice is Voice.NOBODY:
        said = _("The e-mail could not be delivered{when}.")
    elif voice is Voice.OURS:
        said = _("Our sending server refused the e-mail{when}{effort}.")
    elif facts.relay:  # which server on the way said no is in the technical detail
        said = _("The e-mail was refused{when}{effort}.")
    else:
        said = _("Their mail service{system} refused the e-mail{when}{effort}.")
    return said.format(**known)


def _next_try(facts: CardFacts) -> str:
    if facts.next_attempt_at is None:
        return ""
    return _("The next try is planned{when}.").format(when=moment(facts.next_attempt_at, facts))


def _until(facts: CardFacts) -> str:
    return _(" until {day}").format(day=when.day(facts.gives_up_at, facts.now)) if facts.gives_up_at else ""


def _with_flags(said: Card, status: Status, flags: Flag, facts: CardFacts) -> Card:
    beside = [flag_words.words(flag, facts) for flag in flag_words.that_matter(status, flags)]
    return replace(
        said,
        know=text(said.know, *(words.know for words in beside)),
        can_do=text(*(words.advice for words in beside), said.can_do) or _("Nothing more."),
    )
