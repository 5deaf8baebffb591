"""What an enhanced status code means (RFC 3463, the IANA registry, and two large receivers' own numbers).

5.7.1 and the codes that end in .0 say next to nothing: they are left to what else is known."""

from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.domain.reason import Reason

_BY_SUBJECT_AND_DETAIL: dict[tuple[int, int], Reason] = {
    # Address
    (1, 1): Reason.ADDRESS_UNKNOWN,
    (1, 2): Reason.DOMAIN_UNKNOWN,
    (1, 3): Reason.ADDRESS_INVALID,
    (1, 4): Reason.ADDRESS_INVALID,
    (1, 6): Reason.ADDRESS_MOVED,
    (1, 7): Reason.SENDER_REFUSED,
    (1, 8): Reason.SENDER_REFUSED,
    (1, 10): Reason.DOMAIN_NO_MAIL,  # RFC 7505; Exchange says it of unknown addresses too, in words
    # Mailbox
    (2, 1): Reason.MAILBOX_DISABLED,
    (2, 2): Reason.MAILBOX_FULL,
    (2, 3): Reason.MESSAGE_TOO_LARGE,
    (2, 4): Reason.SERVER_ERROR,
    # Mail system
    (3, 0): Reason.SERVER_ERROR,
    (3, 1): Reason.SERVER_FULL,
    (3, 2): Reason.SERVER_ERROR,  # for good: see below
    (3, 3): Reason.SERVER_ERROR,
    (3, 4): Reason.MESSAGE_TOO_LARGE,
    (3, 5): Reason.SERVER_ERROR,
    # Network and routing
    (4, 0): Reason.CONNECTION_FAILED,
    (4, 1): Reason.CONNECTION_FAILED,
    (4, 2): Reason.CONNECTION_FAILED,
    (4, 3): Reason.DNS_TEMPORARY,
    (4, 4): Reason.DOMAIN_UNKNOWN,
    (4, 5): Reason.RATE_LIMITED,
    (4, 6): Reason.MAIL_LOOP,
    (4, 7): Reason.EXPIRED,
    # Protocol
    (5, 1): Reason.MESSAGE_MALFORMED,
    (5, 2): Reason.MESSAGE_MALFORMED,
    (5, 3): Reason.RATE_LIMITED,
    (5, 4): Reason.MESSAGE_MALFORMED,
    (5, 5): Reason.MESSAGE_MALFORMED,
    # Content
    (6, 0): Reason.MESSAGE_MALFORMED,
    (6, 1): Reason.ATTACHMENT_REFUSED,
    (6, 2): Reason.MESSAGE_MALFORMED,
    (6, 3): Reason.MESSAGE_MALFORMED,
    (6, 4): Reason.MESSAGE_MALFORMED,
    (6, 5): Reason.MESSAGE_MALFORMED,
    (6, 6): Reason.MESSAGE_MALFORMED,
    (6, 7): Reason.MESSAGE_MALFORMED,  # RFC 6531: beyond ASCII, and their server cannot
    (6, 8): Reason.MESSAGE_MALFORMED,
    (6, 9): Reason.MESSAGE_MALFORMED,
    (6, 10): Reason.MESSAGE_MALFORMED,
    # Security and policy
    (7, 2): Reason.RECIPIENT_REFUSES,
    (7, 3): Reason.POLICY,  # RFC 3463 §3.8: of the message's own encryption, not of the connection's
    (7, 4): Reason.TLS_REQUIRED,
    (7, 5): Reason.POLICY,
    (7, 6): Reason.POLICY,
    (7, 7): Reason.AUTH_FAILED,
    (7, 8): Reason.SUBMISSION_REFUSED,
    (7, 9): Reason.SUBMISSION_REFUSED,
    (7, 10): Reason.TLS_REQUIRED,
    (7, 11): Reason.SUBMISSION_REFUSED,
    (7, 12): Reason.SUBMISSION_REFUSED,
    (7, 13): Reason.MAILBOX_DISABLED,
    (7, 14): Reason.SUBMISSION_REFUSED,
    (7, 16): Reason.MESSAGE_TOO_LARGE,
    (7, 17): Reason.ADDRESS_MOVED,  # RFC 7293: the mailbox, the domain changed hands
    (7, 18): Reason.ADDRESS_MOVED,
    (7, 20): Reason.AUTH_FAILED,  # RFC 7372: DKIM, DKIM, DKIM, SPF, SPF
    (7, 21): Reason.AUTH_FAILED,
    (7, 22): Reason.AUTH_FAILED,
    (7, 23): Reason.AUTH_FAILED,
    (7, 24): Reason.AUTH_FAILED,
    (7, 25): Reason.NO_REVERSE_DNS,
    (7, 26): Reason.AUTH_FAILED,
    (7, 27): Reason.SENDER_REFUSED,  # RFC 7505: the sender's domain takes no mail
    (7, 28): Reason.RATE_LIMITED,
    (7, 29): Reason.AUTH_FAILED,  # RFC 8617: ARC
    # Gmail's numbers; RFC 8689 gave 30 to REQUIRETLS, which we never ask for.
    (7, 30): Reason.AUTH_FAILED,
    (7, 32): Reason.AUTH_FAILED,
    (7, 40): Reason.AUTH_FAILED,
    (7, 350): Reason.SPAM_CONTENT,  # Microsoft
}


# Numbers that only Microsoft gives (learn.microsoft.com), and that mean what its page says, whatever the words. Those
# that wrap another server's answer (5.1.351, 5.7.350, 5.7.367 ...) are not among them.
_MICROSOFT: dict[tuple[int, int], Reason] = {
    (1, 90): Reason.RATE_LIMITED,
    (2, 121): Reason.RATE_LIMITED,
    (2, 122): Reason.RATE_LIMITED,
    (4, 300): Reason.EXPIRED,
    (4, 310): Reason.DOMAIN_UNKNOWN,
    (4, 312): Reason.DNS_TEMPORARY,
    (4, 316): Reason.CONNECTION_FAILED,
    (6, 11): Reason.MESSAGE_MALFORMED,
    (7, 12): Reason.RECIPIENT_REFUSES,
    (7, 57): Reason.SUBMISSION_REFUSED,
    (7, 64): Reason.RELAY_DENIED,
    (7, 124): Reason.RECIPIENT_REFUSES,
    (7, 129): Reason.RECIPIENT_REFUSES,
    (7, 130): Reason.RECIPIENT_REFUSES,
    (7, 131): Reason.RECIPIENT_REFUSES,
    (7, 132): Reason.RECIPIENT_REFUSES,
    (7, 133): Reason.RECIPIENT_REFUSES,
    (7, 134): Reason.RECIPIENT_REFUSES,
    (7, 135): Reason.RECIPIENT_REFUSES,
    (7, 136): Reason.RECIPIENT_REFUSES,
    (7, 321): Reason.TLS_REQUIRED,
    (7, 322): Reason.TLS_REQUIRED,
    (7, 323): Reason.TLS_REQUIRED,
    (7, 324): Reason.TLS_REQUIRED,
    (7, 325): Reason.TLS_REQUIRED,
    (7, 502): Reason.SENDER_REFUSED,
    (7, 503): Reason.SENDER_REFUSED,
    (7, 504): Reason.ADDRESS_UNKNOWN,
    (7, 505): Reason.ADDRESS_UNKNOWN,
    (7, 506): Reason.NO_REVERSE_DNS,
    (7, 508): Reason.RATE_LIMITED,
    (7, 509): Reason.AUTH_FAILED,
    (7, 510): Reason.IP_BLOCKLISTED,  # they take nothing over IPv6
    (7, 511): Reason.IP_BLOCKLISTED,
    (7, 513): Reason.IP_BLOCKLISTED,
    (7, 515): Reason.AUTH_FAILED,
    **{(7, detail): Reason.IP_BLOCKLISTED for detail in range(606, 650)},
    (7, 650): Reason.REPUTATION,
    (7, 705): Reason.RATE_LIMITED,
    (7, 708): Reason.IP_BLOCKLISTED,
}

# Where the class changes the meaning.
_BY_CODE: dict[EnhancedCode, Reason] = {
    EnhancedCode(4, 4, 4): Reason.DNS_TEMPORARY,
    EnhancedCode(5, 3, 2): Reason.DOMAIN_NO_MAIL,  # "system not accepting network messages" (RFC 3463)
    EnhancedCode(5, 7, 0): Reason.POLICY,
    EnhancedCode(5, 7, 1): Reason.POLICY,
    EnhancedCode(4, 7, 29): Reason.TLS_REQUIRED,  # Gmail
    EnhancedCode(4, 7, 23): Reason.NO_REVERSE_DNS,  # Gmail
}


def reason_of_enhanced_code(code: EnhancedCode) -> Reason | None:
    """None when the code says nothing in particular."""
    return _BY_CODE.get(code) or _BY_SUBJECT_AND_DETAIL.get((code.subject, code.detail))


def reason_of_own_code(code: EnhancedCode) -> Reason | None:
    """What a receiver means by a number that it alone gives; None for every other."""
    return _MICROSOFT.get((code.subject, code.detail))
