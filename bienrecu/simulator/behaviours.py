"""The table of behaviours: what each simulated recipient does, and the status a rehearsal should end in.

An address says its behaviour in English or in French: `anyone@mailbox-full.simulator.invalid`,
`anyone+mailbox-full@simulator.invalid` or `mailbox-full@simulator.invalid`."""

import zlib
from dataclasses import dataclass
from enum import Enum, auto

from bienrecu.domain.rehearsal import SIMULATOR_DOMAIN, is_rehearsed
from bienrecu.domain.status import Status
from bienrecu.simulator.refusals import REFUSALS, Refusal, gettext_noop

HOST_NAME = "mx.simulator.invalid"


class Conduct(Enum):
    """How a recipient's server conducts the conversation, besides its answers."""

    PLAIN = auto()
    SLOW = auto()
    GREYLISTS = auto()
    BUSY_ONCE = auto()
    TAKES_NO_SIZE = auto()  # refused at RCPT when the size was declared (RFC 1870 §6.1), after the dot otherwise
    SILENT = auto()
    CUTS_BEFORE_CONTENT = auto()
    CUTS_AFTER_DOT = auto()


class Act(Enum):
    """What a recipient, their mail program or their server does once the message is accepted."""

    REPORT_FAILED = auto()
    REPORT_DELAYED = auto()
    REPORT_DELIVERED = auto()
    AUTO_REPLY = auto()
    REPLY = auto()
    COMPLAINT = auto()
    READ_RECEIPT = auto()
    OPEN = auto()
    APPLE_PREFETCH = auto()
    GMAIL_DISPLAY = auto()
    SCAN = auto()
    CONFIRM = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """`act` happens between `earliest` and `latest` seconds after acceptance, at speed 1.

    `said` is what the next server is supposed to have answered, for reports."""

    act: Act
    earliest: float
    latest: float
    said: str = ""

    def delay(self, recipient: str) -> float:
        """Seconds, spread over recipients: the same person always takes the same time."""
        return self.earliest + (self.latest - self.earliest) * zlib.crc32(recipient.encode()) / 2**32


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`does` is an English sentence, to be translated where it is shown. `ends` is the status of the first hours: what
    waits for another try is still Requested. In replies, {ip} stands for the client, {recipient} for the address."""

    name_en: str
    name_fr: str
    does: str
    ends: Status
    at_rcpt: str = "250 2.1.5 Recipient ok"
    at_dot: str = "250 2.0.0 Ok: queued as {id}"
    conduct: Conduct = Conduct.PLAIN
    after: tuple[Step, ...] = ()


def _refusing(one: Refusal) -> Behaviour:
    answer = {"at_dot" if one.after_content else "at_rcpt": one.words}
    return Behaviour(one.name_en, one.name_fr, one.does, one.ends, **answer)


BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour("accepts", "accepte", gettext_noop("Accepts the message, and nothing more."), Status.RECEIVED),
    Behaviour(
        "greylists",
        "liste-grise",
        gettext_noop("Asks unknown senders to come back a little later, then accepts."),
        Status.RECEIVED,
        conduct=Conduct.GREYLISTS,
    ),
    Behaviour(
        "busy-once",
        "occupe-une-fois",
        gettext_noop("Is too busy and hangs up the first time, then accepts."),
        Status.RECEIVED,
        conduct=Conduct.BUSY_ONCE,
    ),
    Behaviour(
        "try-later",
        "plus-tard",
        gettext_noop("Always asks to come back later: the message waits until we give up."),
        Status.REQUESTED,
        at_rcpt="451 4.3.2 Service not available, please try again later",
    ),
    Behaviour(
        "unknown-mailbox",
        "adresse-inconnue",
        gettext_noop("Refuses: nobody has this address."),
        Status.SEND_ERROR,
        at_rcpt="550 5.1.1 <{recipient}>: Recipient address rejected: User unknown in virtual mailbox table",
    ),
    Behaviour(
        "mailbox-full",
        "boite-pleine",
        gettext_noop("Refuses: the mailbox is full."),
        Status.RECEPTION_IMPOSSIBLE,
        at_rcpt="552 5.2.2 <{recipient}>: Mailbox full, quota exceeded",
    ),
    Behaviour(
        "mailbox-disabled",
        "boite-desactivee",
        gettext_noop("Refuses: the mailbox has been disabled."),
        Status.RECEPTION_IMPOSSIBLE,
        at_rcpt="550 5.2.1 <{recipient}>: Mailbox disabled, not accepting messages",
    ),
    Behaviour(
        "ip-blocked",
        "ip-bloquee",
        gettext_noop("Refuses: the address of our server is on a blocklist."),
        Status.RECEPTION_IMPOSSIBLE,
        at_rcpt="554 5.7.1 Service unavailable; Client host [{ip}] blocked using zen.spamhaus.org; "
        "https://www.spamhaus.org/query/ip/{ip}",
    ),
    Behaviour(
        "spam",
        "indesirable",
        gettext_noop("Refuses after reading the message: judged spam."),
        Status.RECEPTION_IMPOSSIBLE,
        at_dot="554 5.7.1 Message rejected: content identified as spam",
    ),
    Behaviour(
        "message-too-large",
        "message-trop-gros",
        gettext_noop("Refuses: the message is too large for this mailbox."),
        Status.RECEPTION_IMPOSSIBLE,
        at_dot="552 5.3.4 Message size exceeds fixed limit",
        conduct=Conduct.TAKES_NO_SIZE,
    ),
    Behaviour(
        "too-many",
        "trop-d-envois",
        gettext_noop("Always says that we send too much at once: the message waits until we give up."),
        Status.REQUESTED,
        at_rcpt="450 4.7.1 Too many messages from [{ip}], slow down",
    ),
    *map(_refusing, REFUSALS),
    Behaviour(
        "late-return",
        "retour-tardif",
        gettext_noop("Accepts, then returns the message: nobody has this address."),
        Status.SEND_ERROR,
        after=(Step(Act.REPORT_FAILED, 5, 7, "550 5.1.1 <{recipient}>: Recipient address rejected: User unknown"),),
    ),
    Behaviour(
        "late-mailbox-full",
        "retour-boite-pleine",
        gettext_noop("Accepts, then returns the message: the mailbox is full."),
        Status.RECEPTION_IMPOSSIBLE,
        after=(Step(Act.REPORT_FAILED, 5, 7, "552 5.2.2 <{recipient}>: Mailbox full, quota exceeded"),),
    ),
    Behaviour(
        "delayed",
        "retarde",
        gettext_noop("Accepts, then reports that the message is held up on its way to the mailbox."),
        Status.RECEIVED,
        after=(Step(Act.REPORT_DELAYED, 3, 4, "451 4.4.1 Connection to the mailbox store timed out"),),
    ),
    Behaviour(
        "auto-reply",
        "absent",
        gettext_noop("Accepts, then answers by itself that the person is away."),
        Status.RECEIVED,
        after=(Step(Act.AUTO_REPLY, 3, 5),),
    ),
    Behaviour(
        "replies",
        "repond",
        gettext_noop("Accepts; the person writes back."),
        Status.OPENED,
        after=(Step(Act.REPLY, 15, 20),),
    ),
    Behaviour(
        "read-receipt",
        "confirmation-de-lecture",
        gettext_noop("Accepts, then sends a read receipt if the message asks for one."),
        Status.RECEIVED,
        after=(Step(Act.READ_RECEIPT, 8, 12),),
    ),
    Behaviour(
        "complains",
        "plainte",
        gettext_noop("Accepts; the person marks the message as spam, and their operator reports it."),
        Status.RECEIVED,
        after=(Step(Act.COMPLAINT, 8, 12),),
    ),
    Behaviour(
        "slow",
        "lent",
        gettext_noop("Accepts, after about twenty seconds of reflection."),
        Status.RECEIVED,
        conduct=Conduct.SLOW,
    ),
    Behaviour(
        "hangs",
        "muet",
        gettext_noop("Stops answering in the middle of the conversation: the message waits for another try."),
        Status.REQUESTED,
        conduct=Conduct.SILENT,
    ),
    Behaviour(
        "drops-before",
        "coupe-avant",
        gettext_noop("Cuts the line before taking the message: it waits for another try."),
        Status.REQUESTED,
        conduct=Conduct.CUTS_BEFORE_CONTENT,
    ),
    Behaviour(
        "drops-after",
        "coupe-apres",
        gettext_noop("Takes the whole message, then cuts the line without a word."),
        Status.SENT,
        conduct=Conduct.CUTS_AFTER_DOT,
    ),
    Behaviour(
        "opens",
        "ouvre",
        gettext_noop("Accepts; the person displays the message and its images."),
        Status.OPENED,
        after=(Step(Act.OPEN, 12, 25),),
    ),
    Behaviour(
        "gmail-proxy",
        "proxy-gmail",
        gettext_noop("Accepts; the person displays the message in Gmail, which loads the images for them."),
        Status.OPENED,
        after=(Step(Act.GMAIL_DISPLAY, 12, 25),),
    ),
    Behaviour(
        "apple-prefetch",
        "prechargement-apple",
        gettext_noop("Accepts; Apple loads the images in advance, though nobody has opened the message."),
        Status.RECEIVED,
        after=(Step(Act.APPLE_PREFETCH, 3, 3),),
    ),
    Behaviour(
        "scanner",
        "analyseur",
        gettext_noop("Accepts; a security program follows every link and loads every image at once."),
        Status.RECEIVED,
        after=(Step(Act.SCAN, 0.2, 0.4),),
    ),
    Behaviour(
        "confirms",
        "confirme",
        gettext_noop("Accepts; the person follows the link and confirms receipt."),
        Status.OPENED,
        after=(Step(Act.CONFIRM, 7, 9),),
    ),
)

_BY_NAME = {name: behaviour for behaviour in BEHAVIOURS for name in (behaviour.name_en, behaviour.name_fr)}


def behaviour_of(address: str) -> Behaviour | None:
    """The behaviour that `address` names, in whatever case; None when it names none."""
    local, _, domain = address.lower().rpartition("@")
    if not local:
        return None
    if domain == SIMULATOR_DOMAIN:
        return _BY_NAME.get(local.rpartition("+")[2])
    name, _, parent = domain.partition(".")
    return _BY_NAME.get(name) if parent == SIMULATOR_DOMAIN else None


def is_simulated(address: str) -> bool:
    """Whether `address` lives in the simulator's world, its behaviour known or not."""
    return is_rehearsed(address.lower().rpartition("@")[2])
