"""What each status says to a person. The labels are exact: people know them by heart."""

from dataclasses import astuple, dataclass

from django.utils.translation import gettext as _

from bienrecu.domain.status import Status
from bienrecu.wording.mark import N_

IN_ORDER = (
    Status.REQUESTED,
    Status.SENT,
    Status.RECEIVED,
    Status.OPENED,
    Status.RECEPTION_IMPOSSIBLE,
    Status.SEND_ERROR,
)
"""As an e-mail goes, then the two ways it can fail."""


@dataclass(frozen=True, slots=True)
class StatusWords:
    label: str
    meaning: str
    limit: str
    next_step: str


def words(status: Status) -> StatusWords:
    """In the active language."""
    return StatusWords(*map(_, astuple(_WORDS[status])))


def label(status: Status) -> str:
    return _(_WORDS[status].label)


_WORDS: dict[Status, StatusWords] = {
    Status.REQUESTED: StatusWords(
        N_("Requested"),
        N_("We hold the e-mail: it waits its turn, or the recipient's mail service asked us to try again later."),
        N_("Nobody else has it yet."),
        N_("Wait a few minutes. When we must try again, the time of the next try is shown."),
    ),
    Status.SENT: StatusWords(
        N_("Sent"),
        N_("A server on the way accepted the e-mail. The recipient's mail service has not answered yet."),
        N_("We do not know whether it arrived; some relays never tell us."),
        N_("Wait up to 72 hours. If it is urgent, reach the person another way."),
    ),
    Status.RECEIVED: StatusWords(
        N_("Received"),
        N_("The recipient's mail service accepted the e-mail."),
        N_("It may be in the junk folder, or held by a filter. Nothing tells whether it was read."),
        N_("If the person cannot find it, have them look in the junk folder. Then resend it as a link."),
    ),
    Status.OPENED: StatusWords(
        N_("Received and opened"),
        N_("A credible signal of opening, or an act of the recipient, was recorded."),
        N_("It proves neither reading nor identity. Without a signal, opening is simply unknown."),
        N_("Nothing. For a firmer signal, ask for a confirmation of receipt."),
    ),
    Status.RECEPTION_IMPOSSIBLE: StatusWords(
        N_("Could not be received"),
        N_("The recipient's mail service refused or returned the e-mail, or never took it."),
        N_("The reason shown is the one that it chose to give."),
        N_("Follow the advice shown. Do not resend the e-mail unchanged."),
    ),
    Status.SEND_ERROR: StatusWords(
        N_("Sending error"),
        N_("The e-mail could not be sent to this address."),
        N_("The recipient has received nothing and does not know."),
        N_("Correct the address or the setting shown, then resend."),
    ),
}
