"""How people call the operators that judge a sender by its volume."""

from django.utils.translation import gettext as _

from bienrecu.domain.large_operator import OTHERS

_NAMES = {
    "gmail": "Gmail, Google Workspace",
    "microsoft": "Outlook, Hotmail, Microsoft 365",
    "yahoo": "Yahoo, AOL",
    "orange": "Orange, Wanadoo",
    "free": "Free",
    "sfr": "SFR",
    "laposte": "La Poste",
}


def operator(code: str) -> str:
    """A code that a later version wrote is shown as it stands."""
    return _("All other mail services") if code == OTHERS else _NAMES.get(code, code)
