"""Why a message is not there: the closed list, which failure each reason proves, and whose move it is."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Reason(StrEnum):
    """The values are stored: they never change meaning."""

    ADDRESS_UNKNOWN = "address_unknown"
    ADDRESS_INVALID = "address_invalid"
    ADDRESS_MOVED = "address_moved"
    DOMAIN_UNKNOWN = "domain_unknown"
    DOMAIN_NO_MAIL = "domain_no_mail"
    ADDRESS_SUPPRESSED = "address_suppressed"
    SUBMISSION_REFUSED = "submission_refused"
    MESSAGE_MALFORMED = "message_malformed"
    MAILBOX_FULL = "mailbox_full"
    MAILBOX_DISABLED = "mailbox_disabled"
    RECIPIENT_REFUSES = "recipient_refuses"
    RELAY_DENIED = "relay_denied"
    MESSAGE_TOO_LARGE = "message_too_large"
    SPAM_CONTENT = "spam_content"
    VIRUS = "virus"
    ATTACHMENT_REFUSED = "attachment_refused"
    LINK_BLOCKLISTED = "link_blocklisted"
    IP_BLOCKLISTED = "ip_blocklisted"
    DOMAIN_BLOCKLISTED = "domain_blocklisted"
    REPUTATION = "reputation"
    AUTH_FAILED = "auth_failed"
    NO_REVERSE_DNS = "no_reverse_dns"
    TLS_REQUIRED = "tls_required"
    SENDER_REFUSED = "sender_refused"
    POLICY = "policy"
    RATE_LIMITED = "rate_limited"
    GREYLISTED = "greylisted"
    SERVER_FULL = "server_full"
    SERVER_ERROR = "server_error"
    CONNECTION_FAILED = "connection_failed"
    DNS_TEMPORARY = "dns_temporary"
    MAIL_LOOP = "mail_loop"
    EXPIRED = "expired"
    UNDETERMINED = "undetermined"


class Failure(StrEnum):
    """Which of the two failures a reason proves once it is final."""

    SEND_ERROR = "send_error"
    RECEPTION_IMPOSSIBLE = "reception_impossible"


class Mover(StrEnum):
    """Whose move it is."""

    ADDRESS_BOOK = "address_book"  # the sender's address book
    DOMAIN = "domain"  # the sender's domain set-up: DNS, SPF, DKIM, DMARC
    CONTENT = "content"
    VOLUME = "volume"  # volume and reputation
    RECIPIENT = "recipient"  # the recipient or their administrator
    WAIT = "wait"
    PLATFORM = "platform"  # whoever runs this installation


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds for every case of one reason; `suppresses` only where the fault is the recipient's own, and for as
    long as `suppressed_for`; None: until somebody lifts it."""

    failure: Failure
    movers: tuple[Mover, ...]
    suppresses: bool = False
    suppressed_for: timedelta | None = None


_E, _R = Failure.SEND_ERROR, Failure.RECEPTION_IMPOSSIBLE
_A, _D, _C, _V = Mover.ADDRESS_BOOK, Mover.DOMAIN, Mover.CONTENT, Mover.VOLUME
_T, _W, _P = Mover.RECIPIENT, Mover.WAIT, Mover.PLATFORM

_FACTS: dict[Reason, Facts] = {
    Reason.ADDRESS_UNKNOWN: Facts(_E, (_A,), suppresses=True),
    Reason.ADDRESS_INVALID: Facts(_E, (_A,)),
    Reason.ADDRESS_MOVED: Facts(_E, (_A,), suppresses=True),
    # An expired or broken zone looks the same as a spelling mistake: the next send may well pass.
    Reason.DOMAIN_UNKNOWN: Facts(_E, (_A,)),
    Reason.DOMAIN_NO_MAIL: Facts(_E, (_A,)),
    Reason.ADDRESS_SUPPRESSED: Facts(_E, (_A,)),
    Reason.SUBMISSION_REFUSED: Facts(_E, (_P,)),
    Reason.MESSAGE_MALFORMED: Facts(_E, (_P, _C)),
    Reason.MAILBOX_FULL: Facts(_R, (_T,)),
    # Whoever left a mailbox unused for long may come back to it.
    Reason.MAILBOX_DISABLED: Facts(_R, (_T, _A), suppresses=True, suppressed_for=timedelta(days=90)),
    Reason.RECIPIENT_REFUSES: Facts(_R, (_T,)),
    Reason.RELAY_DENIED: Facts(_R, (_T,)),
    Reason.MESSAGE_TOO_LARGE: Facts(_R, (_C,)),
    Reason.SPAM_CONTENT: Facts(_R, (_C,)),
    Reason.VIRUS: Facts(_R, (_C,)),
    Reason.ATTACHMENT_REFUSED: Facts(_R, (_C,)),
    Reason.LINK_BLOCKLISTED: Facts(_R, (_C,)),
    Reason.IP_BLOCKLISTED: Facts(_R, (_P, _V)),
    Reason.DOMAIN_BLOCKLISTED: Facts(_R, (_D, _V)),
    Reason.REPUTATION: Facts(_R, (_V,)),
    Reason.AUTH_FAILED: Facts(_R, (_D,)),
    Reason.NO_REVERSE_DNS: Facts(_R, (_P,)),
    Reason.TLS_REQUIRED: Facts(_R, (_P,)),
    Reason.SENDER_REFUSED: Facts(_R, (_D,)),
    Reason.POLICY: Facts(_R, (_T,)),
    Reason.RATE_LIMITED: Facts(_R, (_V, _W)),
    Reason.GREYLISTED: Facts(_R, (_W,)),
    Reason.SERVER_FULL: Facts(_R, (_T, _W)),
    Reason.SERVER_ERROR: Facts(_R, (_T, _W)),
    Reason.CONNECTION_FAILED: Facts(_R, (_W, _T)),
    Reason.DNS_TEMPORARY: Facts(_R, (_W, _T)),
    Reason.MAIL_LOOP: Facts(_R, (_T,)),
    Reason.EXPIRED: Facts(_R, (_T, _W)),
    Reason.UNDETERMINED: Facts(_R, (_T,)),
}


def facts(reason: Reason) -> Facts:
    """What holds of a reason whatever the case."""
    return _FACTS[reason]


_OURS = frozenset({Mover.PLATFORM, Mover.DOMAIN})


def is_on_our_side(reason: Reason) -> bool:
    """Whether the sender's set-up or this installation is at fault: whoever the recipient, it fails the same way."""
    return facts(reason).movers[0] in _OURS
