"""A mail account of the customer's own, through which their e-mails leave."""

from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto

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


# A server may be away for a while, and come back by itself.
_MAY_PASS = frozenset({Trouble.HOST_UNKNOWN, Trouble.UNREACHABLE, Trouble.NO_MAIL_SERVER})
_WHILE = timedelta(hours=2)
_TOLD_EVERY = timedelta(days=1)


def is_broken(trouble: Trouble, since: datetime, now: datetime) -> bool:
    """Whether somebody has to do something about what was met first at `since`."""
    return trouble is not Trouble.NONE and (trouble not in _MAY_PASS or now - since >= _WHILE)


class News(Enum):
    NONE = auto()
    BROKEN = auto()
    MENDED = auto()


def news(trouble: Trouble, since: datetime | None, told_at: datetime | None, now: datetime) -> News:
    """What the administrators are to be told at `now`: that it is broken, at most once a day; that it works again, if
    they were told that it did not. `since` is since when it did not work, None if it did."""
    if since is None:
        return News.NONE
    if trouble is Trouble.NONE:
        return News.MENDED if told_at and told_at >= since else News.NONE
    is_time = told_at is None or now - told_at >= _TOLD_EVERY
    return News.BROKEN if is_time and is_broken(trouble, since, now) else News.NONE


def destination_of(account: int | str) -> str:
    """What the queue orders by: e-mails that leave through one account wait for one server, whoever they are for."""
    return f"{_PREFIX}{account}"


def account_of(destination: str) -> int | None:
    """The account that a destination stands for, if it does."""
    number = destination.removeprefix(_PREFIX)
    return int(number) if destination.startswith(_PREFIX) and number.isdecimal() else None
