"""A mail account of the customer's own, through which their e-mails leave."""

from enum import StrEnum

_PREFIX = "account:"

USUAL_PORTS = (587, 465, 25, 2525)
"""Where mail is handed in; other ports are somebody else's business."""


class Security(StrEnum):
    """The values are stored: they never change meaning."""

    STARTTLS = "starttls"
    TLS = "tls"
    CLEAR = "clear"  # inside one's own network only


class Trouble(StrEnum):
    """What a try of the account may meet, in the order in which it would. The values are stored."""

    NONE = ""
    HOST_UNKNOWN = "host_unknown"
    NOT_PUBLIC = "not_public"
    UNREACHABLE = "unreachable"
    NO_MAIL_SERVER = "no_mail_server"
    NO_ENCRYPTION = "no_encryption"
    NOT_TRUSTED = "not_trusted"
    NO_LOGIN = "no_login"
    LOGIN_REFUSED = "login_refused"
    ADDRESS_REFUSED = "address_refused"


def destination_of(account: int) -> str:
    """What the queue orders by: e-mails that leave through one account wait for one server, whoever they are for."""
    return f"{_PREFIX}{account}"


def account_of(destination: str) -> int | None:
    """The account that a destination stands for, if it does."""
    number = destination.removeprefix(_PREFIX)
    return int(number) if destination.startswith(_PREFIX) and number.isdecimal() else None
