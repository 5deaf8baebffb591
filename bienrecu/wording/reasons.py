"""What each reason says to a person: the facts first, then what to do, and who can do it.

The limit and nothing else is read under the heading "what we do not know", hence its form."""

from dataclasses import astuple, dataclass
from enum import Enum, auto

from django.utils.translation import gettext as _

from bienrecu.domain.reason import Mover, Reason, facts
from bienrecu.wording.facts import CardFacts, placeholders
from bienrecu.wording.mark import N_


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """`label`, of at most 40 characters, stands in a table and continues a sentence; `title` heads a card."""

    label: str
    title: str
    cause: str
    limit: str
    advice: str


class Voice(Enum):
    """Who said no. Nobody did when there was no one to ask, or when we did not ask."""

    THEIRS = auto()
    OURS = auto()
    NOBODY = auto()
    NOT_ASKED = auto()


_VOICES = {
    Reason.SUBMISSION_REFUSED: Voice.OURS,
    Reason.ADDRESS_INVALID: Voice.NOBODY,
    Reason.ADDRESS_SUPPRESSED: Voice.NOT_ASKED,
    Reason.DOMAIN_UNKNOWN: Voice.NOBODY,
    Reason.DOMAIN_NO_MAIL: Voice.NOBODY,
    Reason.CONNECTION_FAILED: Voice.NOBODY,
    Reason.DNS_TEMPORARY: Voice.NOBODY,
    Reason.TLS_REQUIRED: Voice.NOBODY,
    Reason.EXPIRED: Voice.NOBODY,
}

_WHO = {
    Mover.ADDRESS_BOOK: N_("you"),
    Mover.CONTENT: N_("you"),
    Mover.VOLUME: N_("you"),
    Mover.DOMAIN: N_("your IT department"),
    Mover.RECIPIENT: N_("your recipient"),
    Mover.WAIT: N_("us"),
    Mover.PLATFORM: N_("us"),
}


def words(reason: Reason, case: CardFacts | None = None) -> ReasonWords:
    """In the active language; without a case, or with one of nobody in particular, in words that hold for everybody."""
    known = placeholders(case)
    said = [_(text).format_map(known) for text in astuple(_WORDS[reason])]
    if case is None or not (case.name or case.address):
        said[1] = said[1][:1].upper() + said[1][1:]
    return ReasonWords(*said)


def label(reason: Reason) -> str:
    return _(_WORDS[reason].label)


def voice(reason: Reason) -> Voice:
    return _VOICES.get(reason, Voice.THEIRS)


def who(reason: Reason) -> str:
    """Who can do something about it: "you", "your recipient or us"."""
    movers = facts(reason).movers
    people = [_(_WHO[mover]) for mover in movers if mover is not Mover.WAIT or len(movers) == 1]
    return _(" or ").join(dict.fromkeys(people))


_WORDS: dict[Reason, ReasonWords] = {
    Reason.ADDRESS_UNKNOWN: ReasonWords(
        N_("unknown address"),
        N_("{name}'s address is unknown"),
        N_("This mail service does not know the address."),
        N_("Whether the address is misspelt or closed. A few services say so to hide a block."),
        N_("Ask {name} for the right address another way, correct it, then resend."),
    ),
    Reason.ADDRESS_INVALID: ReasonWords(
        N_("misspelt address"),
        N_("{name}'s address is misspelt"),
        N_("The address does not have a valid form, such as name@domain."),
        N_("Which address was meant."),
        N_("Correct the address in the contact's record, then resend."),
    ),
    Reason.ADDRESS_MOVED: ReasonWords(
        N_("address given up"),
        N_("{name}'s address has changed"),
        N_("This mail service says that the address was given up or moved."),
        N_("The new address."),
        N_("Ask {name} for the new address, correct it, then resend."),
    ),
    Reason.DOMAIN_UNKNOWN: ReasonWords(
        N_("this domain does not exist"),
        N_("The domain of {name}'s address does not exist"),
        N_("The part after “@”{domain} cannot be found on the internet."),
        N_("Whether the domain is misspelt, or out of order for now."),
        N_("Check the spelling after “@”, correct it, then resend. If it is right, try again tomorrow."),
    ),
    Reason.DOMAIN_NO_MAIL: ReasonWords(
        N_("this domain takes no e-mail"),
        N_("The domain of {name}'s address takes no e-mail"),
        N_("The part after “@”{domain} exists, but receives no e-mail."),
        N_("The address at which {name} does receive e-mail."),
        N_("Ask {name} for another address, correct it, then resend."),
    ),
    Reason.ADDRESS_SUPPRESSED: ReasonWords(
        N_("held back as a precaution"),
        N_("The e-mail to {name} was held back as a precaution"),
        N_("This address failed before, or its owner complained."),
        N_("Whether the address works again."),
        N_("Check the address with {name}. If it works, reactivate it, then resend."),
    ),
    Reason.SUBMISSION_REFUSED: ReasonWords(
        N_("refused by our sending server"),
        N_("Our sending server refused the e-mail"),
        N_("A password, a right or a quota keeps it from leaving."),
        N_("Whether other e-mails are concerned; they probably are."),
        N_("Ask the administrator of Bien Reçu to check the sending server. Then resend."),
    ),
    Reason.MESSAGE_MALFORMED: ReasonWords(
        N_("e-mail badly formed"),
        N_("The e-mail is badly formed"),
        N_("Its form breaks a rule that all mail services share."),
        N_("Which part is at fault; the technical detail sometimes tells."),
        N_("Resend from a simple template. If it fails again, show the detail to the administrator of Bien Reçu."),
    ),
    Reason.MAILBOX_FULL: ReasonWords(
        N_("mailbox full"),
        N_("{name}'s mailbox is full"),
        N_("The mailbox has no room left."),
        N_("Whether {name} still looks at this mailbox."),
        N_("Tell {name} another way, then resend once there is room."),
    ),
    Reason.MAILBOX_DISABLED: ReasonWords(
        N_("mailbox disabled"),
        N_("{name}'s mailbox is disabled"),
        N_("The account exists, but takes no more e-mail."),
        N_("Whether this is for good."),
        N_("Ask {name} for another address, correct it, then resend."),
    ),
    Reason.RECIPIENT_REFUSES: ReasonWords(
        N_("accepts some senders only"),
        N_("{name}'s mailbox accepts some senders only"),
        N_("Your sending address is not among those that this mailbox accepts."),
        N_("Who set this rule: {name} or their organisation."),
        N_("Ask {name} to allow {sender}, then resend."),
    ),
    Reason.RELAY_DENIED: ReasonWords(
        N_("their server does not serve this domain"),
        N_("The domain of {name}'s address leads to the wrong server"),
        N_("The server named for this domain does not handle its mail."),
        N_("Whether this is a passing mistake."),
        N_("Tell {name} another way: their IT department must correct the domain's settings."),
    ),
    Reason.MESSAGE_TOO_LARGE: ReasonWords(
        N_("e-mail too large"),
        N_("The e-mail is too large for {name}'s mail service"),
        N_("Its size is over what this mail service accepts. Sending adds a third to an attachment."),
        N_("Whether a lighter e-mail would pass."),
        N_("Resend with a download link instead of the attachment."),
    ),
    Reason.SPAM_CONTENT: ReasonWords(
        N_("taken for junk mail"),
        N_("The e-mail was taken for junk mail"),
        N_("A filter found its content suspicious."),
        N_("What displeased the filter: it does not say."),
        N_("Lighten the subject, the links and the images, then resend. Or ask {name} to allow {sender}."),
    ),
    Reason.VIRUS: ReasonWords(
        N_("file or link judged dangerous"),
        N_("A file or a link was judged dangerous"),
        N_("An antivirus stopped the e-mail."),
        N_("Whether the antivirus is right: it can be wrong."),
        N_("Do not insist: have the file checked, then send a link."),
    ),
    Reason.ATTACHMENT_REFUSED: ReasonWords(
        N_("attachment refused"),
        N_("The attachment was refused"),
        N_("This mail service forbids this type of file, and refused the whole e-mail."),
        N_("Which types of file would be accepted."),
        N_("Resend with a PDF file or a link."),
    ),
    Reason.LINK_BLOCKLISTED: ReasonWords(
        N_("contains a blocked link"),
        N_("A link in the e-mail is blocked"),
        N_("A link leads to a site that {list} reports."),
        N_("Which link it is, if there are several."),
        N_("Remove or replace the link, then resend."),
    ),
    Reason.IP_BLOCKLISTED: ReasonWords(
        N_("our sending server is blocked"),
        N_("Our sending server is blocked by {name}'s mail service"),
        N_("Our sending server is reported by {list}. Your e-mail is not at fault."),
        N_("When the block will be lifted."),
        N_("Resend later. Tell the administrator of Bien Reçu, who can have the block lifted."),
    ),
    Reason.DOMAIN_BLOCKLISTED: ReasonWords(
        N_("your domain is on a blocklist"),
        N_("Your sending domain is on a blocklist"),
        N_("Your sending domain is reported by {list}."),
        N_("What caused the report."),
        N_("Ask your IT department to find the cause, then to have the domain taken off the list."),
    ),
    Reason.REPUTATION: ReasonWords(
        N_("too little trust in your e-mails"),
        N_("{name}'s mail service has too little trust in your e-mails"),
        N_("This often follows an unusual volume, or many wrong addresses."),
        N_("How long it will last: often several days."),
        N_("Space out your e-mails, and correct the addresses that fail. Resend in a few days."),
    ),
    Reason.AUTH_FAILED: ReasonWords(
        N_("sender not authenticated"),
        N_("Your domain does not authorise our e-mails"),
        N_("Your domain does not prove that it lets us send in its name."),
        N_("Which other recipients are concerned: probably all those of this mail service."),
        N_("Ask your IT department to complete your domain's sending settings. Then resend."),
    ),
    Reason.NO_REVERSE_DNS: ReasonWords(
        N_("our server is poorly identified"),
        N_("Our sending server is poorly identified"),
        N_("A setting that names our server is missing or wrong. Your e-mail is not at fault."),
        N_("Which other recipients are concerned."),
        N_("Tell the administrator of Bien Reçu, who can correct this setting. Then resend."),
    ),
    Reason.TLS_REQUIRED: ReasonWords(
        N_("encryption required"),
        N_("Encryption is required to write to {name}"),
        N_("Our server and theirs could not set up an encrypted connection."),
        N_("Which of the two servers is at fault."),
        N_("Ask the administrator of Bien Reçu to check our server's encryption. Then resend."),
    ),
    Reason.SENDER_REFUSED: ReasonWords(
        N_("sending address refused"),
        N_("Your sending address was refused"),
        N_("This mail service wants a sending address that exists and receives e-mail."),
        N_("Which check your address did not pass."),
        N_("Ask your IT department to check your sending address, or use another one. Then resend."),
    ),
    Reason.POLICY: ReasonWords(
        N_("refused by an internal rule"),
        N_("A rule of {name}'s mail service forbids the e-mail"),
        N_("A rule of this mail service is against it; which one, it does not say."),
        N_("Which rule it is: only the administrator there knows."),
        N_("Ask {name} to have {sender} allowed, and pass on the technical detail."),
    ),
    Reason.RATE_LIMITED: ReasonWords(
        N_("too many e-mails at once"),
        N_("{name}'s mail service limits our e-mails"),
        N_("This mail service takes only so many e-mails at a time."),
        N_("The exact limit: it is seldom told."),
        N_("Resend in a few hours, to fewer people at a time."),
    ),
    Reason.GREYLISTED: ReasonWords(
        N_("their mail service asks us to wait"),
        N_("{name}'s mail service asks us to wait"),
        N_("This mail service makes the senders that it does not know yet wait."),
        N_("How long the wait will be."),
        N_("Resend tomorrow. If it lasts, ask {name} to allow {sender}."),
    ),
    Reason.SERVER_FULL: ReasonWords(
        N_("their mail service is overloaded"),
        N_("{name}'s mail service is overloaded"),
        N_("This mail service lacks the room or the means to take e-mail."),
        N_("When the mail service will have recovered."),
        N_("Resend tomorrow, or reach {name} another way."),
    ),
    Reason.SERVER_ERROR: ReasonWords(
        N_("failure of their mail service"),
        N_("{name}'s mail service is out of order"),
        N_("This mail service answered with an internal error."),
        N_("What failed."),
        N_("Resend tomorrow. If it lasts, pass the technical detail on to {name}."),
    ),
    Reason.CONNECTION_FAILED: ReasonWords(
        N_("their mail service does not answer"),
        N_("{name}'s mail service does not answer"),
        N_("No server of this mail service answered us. It is often a failure on their side."),
        N_("Whether the failure is theirs, or on the way."),
        N_("Resend later, or reach {name} another way."),
    ),
    Reason.DNS_TEMPORARY: ReasonWords(
        N_("their domain does not answer"),
        N_("The domain of {name}'s address does not answer"),
        N_("The part after “@”{domain} no longer says where its e-mail goes."),
        N_("Whether the domain is still in use."),
        N_("Check the spelling after “@”, then resend tomorrow."),
    ),
    Reason.MAIL_LOOP: ReasonWords(
        N_("forwarded in circles"),
        N_("The e-mail was forwarded in circles"),
        N_("Forwarding rules send it endlessly from one mailbox to another."),
        N_("Which mailbox should have kept it."),
        N_("Tell {name} another way: their IT department must correct the forwarding."),
    ),
    Reason.EXPIRED: ReasonWords(
        N_("given up after several tries"),
        N_("The e-mail could not be delivered in time"),
        N_("No try succeeded, and no other reason was given."),
        N_("What prevented it."),
        N_("Reach {name} another way, then resend tomorrow."),
    ),
    Reason.UNDETERMINED: ReasonWords(
        N_("no reason given"),
        N_("{name}'s mail service did not say why"),
        N_("No usable explanation came with the refusal."),
        N_("The reason. The exact words are in the technical detail."),
        N_("Check the address and resend once. If it fails again, show the detail to your IT department."),
    ),
}
