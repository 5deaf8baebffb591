"""What is said of an organisation's own mail account: what a try met, and where common ones are found."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bienrecu.domain.relay_account import Security, Trouble
from bienrecu.wording import when
from bienrecu.wording.mark import N_

SECURITIES = {
    Security.STARTTLS: N_("STARTTLS (usually port 587)"),
    Security.TLS: N_("TLS from the start (port 465)"),
    Security.CLEAR: N_("None (your own network only)"),
}


def trouble(found: Trouble) -> str:
    """What is wrong and what to do; "" when nothing is."""
    return _(_TROUBLES[found]) if found else ""


_TROUBLES = {
    Trouble.HOST_UNKNOWN: N_("No server has this name: check it letter by letter."),
    Trouble.NOT_PUBLIC: N_(
        "This name leads into a private network, where this service does not go. Use the name that works from home."
    ),
    Trouble.UNREACHABLE: N_("Nobody answers there: check the name of the server and the port."),
    Trouble.NO_MAIL_SERVER: N_(
        "What answers there is not ready to take mail. Check the port, and whether it should be encrypted from the "
        "start."
    ),
    Trouble.NO_ENCRYPTION: N_(
        "This server does not offer encryption at this port. Try port 465 with TLS from the start."
    ),
    Trouble.NOT_TRUSTED: N_(
        "The server's certificate does not prove that it is the one you named. Use the name that its provider gives."
    ),
    Trouble.NO_LOGIN: N_("This server does not let anybody log in with a password. Ask its provider how to send."),
    Trouble.LOGIN_REFUSED: N_(
        "The server refuses the user name or the password. Many providers want a password made for programs "
        "(“app password”)."
    ),
    Trouble.ADDRESS_REFUSED: N_(
        "You are logged in, but the server does not let this account send from this address. Use the account's own."
    ),
}


def broken(address: str, since: datetime, now: datetime) -> str:
    seen = when.moment(since, timezone.localtime(now))
    return _("Your mail account {address} does not work: your e-mails wait. We saw it first {when}.").format(
        address=address, when=seen
    )


def waiting(number: int) -> str:
    """Empty when none does."""
    if not number:
        return ""
    return ngettext(
        "{n} e-mail waits. It leaves by itself once the account works again; it fails if that takes days.",
        "{n} e-mails wait. They leave by themselves once the account works again; they fail if that takes days.",
        number,
    ).format(n=number)


@dataclass(frozen=True, slots=True)
class Provider:
    """Where the accounts of a common provider are found. `hint` is for what people stumble over."""

    name: str
    host: str
    port: int
    hint: str = ""


_APP_PASSWORD = N_("Needs an app password.")

PROVIDERS = (
    Provider("Google Workspace, Gmail", "smtp.gmail.com", 587, _APP_PASSWORD),
    Provider("Microsoft 365", "smtp.office365.com", 587, N_("Sending by password must be allowed for the mailbox.")),
    Provider("OVHcloud", "ssl0.ovh.net", 465),
    Provider("Gandi", "mail.gandi.net", 587),
    Provider("IONOS", "smtp.ionos.fr", 587),
    Provider("Infomaniak", "mail.infomaniak.com", 465),
    Provider("Orange", "smtp.orange.fr", 465),
)
