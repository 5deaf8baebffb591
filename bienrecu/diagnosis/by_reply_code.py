"""What a reply code means when there is nothing better: a guess, from the stage (RFC 5321 §4.2.3)."""

from bienrecu.domain.reason import Reason

_WHATEVER_THE_STAGE: dict[int, Reason] = {
    521: Reason.DOMAIN_NO_MAIL,  # RFC 7504
    530: Reason.SUBMISSION_REFUSED,  # RFC 4954
    534: Reason.SUBMISSION_REFUSED,
    535: Reason.SUBMISSION_REFUSED,
    538: Reason.SUBMISSION_REFUSED,
    551: Reason.ADDRESS_MOVED,
    556: Reason.DOMAIN_NO_MAIL,  # RFC 7504
}

_AT_STAGE: dict[tuple[int, str], Reason] = {
    # Before anything was asked: it is our server that they do not want.
    (550, "greeting"): Reason.IP_BLOCKLISTED,
    (554, "greeting"): Reason.IP_BLOCKLISTED,
    (550, "ehlo"): Reason.IP_BLOCKLISTED,
    (554, "ehlo"): Reason.IP_BLOCKLISTED,
    (501, "rcpt"): Reason.ADDRESS_INVALID,
    (550, "mail"): Reason.SENDER_REFUSED,
    (550, "rcpt"): Reason.ADDRESS_UNKNOWN,
    (550, "data"): Reason.POLICY,
    (550, "dot"): Reason.POLICY,
    (552, "rcpt"): Reason.MAILBOX_FULL,
    (552, "data"): Reason.MESSAGE_TOO_LARGE,
    (552, "dot"): Reason.MESSAGE_TOO_LARGE,
    (553, "mail"): Reason.SENDER_REFUSED,
    (553, "rcpt"): Reason.ADDRESS_INVALID,
}


def reason_of_reply_code(code: int, stage: str) -> Reason | None:
    """None when the code says nothing in particular, as every temporary one."""
    if stage == "auth" and code >= 500:
        return Reason.SUBMISSION_REFUSED
    return _WHATEVER_THE_STAGE.get(code) or _AT_STAGE.get((code, stage))
