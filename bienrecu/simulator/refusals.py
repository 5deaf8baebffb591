"""Refusals in words that real receivers use: each names another cause."""

from typing import NamedTuple

from bienrecu.domain.status import Status


class Refusal(NamedTuple):
    name_en: str
    name_fr: str
    does: str
    words: str
    after_content: bool = False  # it has read the message
    ends: Status = Status.RECEPTION_IMPOSSIBLE


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for translation; Django's own needs the settings."""
    return sentence


REFUSALS = (
    Refusal(
        "not-authenticated",
        "non-authentifie",
        gettext_noop("Refuses: nothing proves that the sender's domain lets us write in its name."),
        "550 5.7.26 Unauthenticated email is not accepted due to the DMARC policy of the sender's domain",
        after_content=True,
    ),
    Refusal(
        "sender-refused",
        "expediteur-refuse",
        gettext_noop("Refuses: the sender's address does not exist, as far as it can see."),
        "550 5.1.8 Sender address rejected: Domain not found",
    ),
    Refusal(
        "domain-blocked",
        "domaine-bloque",
        gettext_noop("Refuses: the sender's domain is on a blocklist."),
        "550 5.7.1 Your sending domain is listed at dbl.spamhaus.org",
    ),
    Refusal(
        "poor-reputation",
        "mauvaise-reputation",
        gettext_noop("Refuses: too many unwanted e-mails came from us lately."),
        "550 5.7.1 Message refused: the reputation of the sender is too low",
    ),
    Refusal(
        "no-reverse-name",
        "sans-nom-inverse",
        gettext_noop("Refuses: the address of our server has no name."),
        "550 5.7.25 Client host rejected: cannot find your reverse hostname, [{ip}]",
    ),
    Refusal(
        "encryption-required",
        "chiffrement-exige",
        gettext_noop("Refuses: wants an encrypted connection."),
        "550 5.7.10 Encryption needed: TLS is required to send to this domain",
    ),
    Refusal(
        "attachment-refused",
        "piece-jointe-refusee",
        gettext_noop("Refuses after reading the message: forbids such attachments."),
        "552 5.7.0 Attachments of this type are not allowed",
        after_content=True,
    ),
    Refusal(
        "link-blocked",
        "lien-bloque",
        gettext_noop("Refuses after reading the message: a link in it is on a blocklist."),
        "554 5.7.1 Message contains a URL listed by SURBL",
        after_content=True,
    ),
    Refusal(
        "virus-found",
        "virus-trouve",
        gettext_noop("Refuses after reading the message: an antivirus found something."),
        "554 5.7.1 Virus found: Eicar-Test-Signature",
        after_content=True,
    ),
    Refusal(
        "some-senders-only",
        "expediteurs-choisis",
        gettext_noop("Refuses: the person accepts some senders only."),
        "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; only authenticated senders may write here",
    ),
    Refusal(
        "internal-rule",
        "regle-interne",
        gettext_noop("Refuses: a rule that it does not name."),
        "550 5.7.1 Rejected for policy reasons",
    ),
    Refusal(
        "moved",
        "demenage",
        gettext_noop("Refuses: the person has another address now."),
        "551 5.1.6 <{recipient}>: this user has moved, the mailbox no longer exists here",
        ends=Status.SEND_ERROR,
    ),
    Refusal(
        "says-nothing",
        "sans-explication",
        gettext_noop("Refuses without saying why."),
        "554 5.0.0 No",
        after_content=True,
    ),
)
