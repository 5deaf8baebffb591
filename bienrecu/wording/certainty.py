"""How sure we are of a reason, for people."""

from django.utils.translation import gettext as _

from bienrecu.domain.certainty import Certainty, sets_aside
from bienrecu.domain.reason import Reason, facts
from bienrecu.wording.facts import text
from bienrecu.wording.mark import N_

_WORDS: dict[Certainty, str] = {
    "sure": N_("Sure: the server said it, in words or by a code that we know."),
    "likely": N_("Likely: we deduce it from the code of its answer, or from some of its words."),
    "guess": N_("A guess: its answer says almost nothing. The true cause may be another one."),
}


def words(reason: Reason | None, certainty: Certainty | None) -> str:
    """Empty where no words were judged, and where nothing is known that one could be sure of."""
    if certainty is None or reason is None or reason is Reason.UNDETERMINED:
        return ""
    spared = facts(reason).suppresses and not sets_aside(reason, certainty)
    return text(_(_WORDS[certainty]), _("That alone sets no address aside.") if spared else "")
