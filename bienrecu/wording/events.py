"""The lines of the timeline."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.wording import reasons, when
from bienrecu.wording.facts import labelled, text
from bienrecu.wording.mark import N_
from bienrecu.wording.reasons import Voice

TOLD = frozenset({Kind.REQUESTED, Kind.NOTE, Kind.RESENT, Kind.DOWNLOADED})
"""Kinds whose words no server said: a note, the address of a resend, the name of a file. The line itself tells them."""


def line(
    kind: Kind,
    reason: Reason | None = None,
    *,
    by: str = "",
    note: str = "",
    after: timedelta | None = None,
    more: int = 0,
) -> str:
    """What happened, in one line: "Put off: mailbox full. 10 more tries".

    `by` is the person who asked or noted, `note` what they wrote, `after` how long we tried before giving up,
    `more` the number of like events that this line stands for, besides the first."""
    said = _what(kind, reason, by, after)
    if detail := note or (reasons.label(reason) if reason else ""):
        said = labelled(said, detail)
    return text(f"{said}." if more else said, _more(more))


def _what(kind: Kind, reason: Reason | None, by: str, after: timedelta | None) -> str:
    if by and kind in _BY:
        return _(_BY[kind]).format(by=by)
    if after and kind is Kind.EXPIRED:
        return _("Given up after {span}").format(span=when.span(after))
    if kind is Kind.DEFERRED and reason and reasons.voice(reason) is not Voice.THEIRS:
        return _("Try without success")
    return _(_LINES[kind])


def _more(count: int) -> str:
    return ngettext("{n} more try", "{n} more tries", count).format(n=count) if count else ""


_LINES: dict[Kind, str] = {
    Kind.REQUESTED: N_("Recorded"),
    Kind.SUPPRESSED: N_("Not sent, as a precaution"),
    Kind.UNSENDABLE: N_("Could not leave"),
    Kind.DEFERRED: N_("Put off"),
    Kind.INTERRUPTED: N_("Sending interrupted on our side, the outcome is unknown"),
    Kind.NOTE: N_("Note"),
    Kind.RESENT: N_("Resent"),
    Kind.HANDED_OVER: N_("Accepted by the relay"),
    Kind.LINE_LOST: N_("Line cut before the answer, the outcome is unknown"),
    Kind.DELIVERED: N_("Accepted by the recipient's mail server"),
    Kind.REFUSED: N_("Refused"),
    Kind.EXPIRED: N_("Given up"),
    Kind.RELAYED: N_("Passed on to a server that gives no further news"),
    Kind.DELAYED: N_("Delay reported by a server on the way"),
    Kind.RETURNED: N_("Returned"),
    Kind.AUTO_REPLY: N_("Automatic reply received"),
    Kind.CHALLENGE: N_("A filter asks the sender to make themselves known"),
    Kind.COMPLAINT: N_("Marked as junk by the recipient"),
    Kind.DISPLAYED: N_("Displayed by the recipient's mail program"),
    Kind.REPLIED: N_("Reply from the recipient"),
    Kind.OPENED: N_("Probably opened: images loaded"),
    Kind.MACHINE_LOAD: N_("Images loaded automatically: opening unknown"),
    Kind.CONFIRMED: N_("Receipt confirmed by the recipient"),
    Kind.UNSUBSCRIBED: N_("Asked for no more e-mails of this type"),
    Kind.SUBSCRIBED_AGAIN: N_("Asked for e-mails of this type again"),
    Kind.DOWNLOADED: N_("File downloaded by the recipient"),
}

_BY = {
    Kind.REQUESTED: N_("Requested by {by}"),
    Kind.NOTE: N_("Note by {by}"),
    Kind.RESENT: N_("Resent by {by}"),
}
