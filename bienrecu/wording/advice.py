"""What each piece of advice before sending says: what is held against the e-mail and why, and what to do."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from bienrecu.domain.advice import Advice, Rule, Severity
from bienrecu.wording.mark import N_


@dataclass(frozen=True, slots=True)
class AdviceWords:
    """`weight` names the severity."""

    weight: str
    message: str
    remedy: str


def words(advice: Advice) -> AdviceWords:
    """In the active language."""
    message, remedy = (_(text).format_map(advice.facts) for text in _WORDS[advice.rule])
    return AdviceWords(weight(advice.severity), message, remedy)


def weight(severity: Severity) -> str:
    return _(_WEIGHTS[severity])


_WEIGHTS = {
    Severity.BLOCKING: N_("Must be mended"),
    Severity.STRONG: N_("Important advice"),
    Severity.WARNING: N_("Advice"),
    Severity.INFO: N_("Good to know"),
}

_WORDS: dict[Rule, tuple[str, str]] = {
    Rule.SUBJECT_MISSING: (
        N_("The e-mail has no subject: filters distrust it, and nobody knows what it is about."),
        N_("Add a subject."),
    ),
    Rule.SUBJECT_LONG: (
        N_("The subject has {length} characters: a telephone shows about 40, a computer about 70."),
        N_("Say the most important in the first words, and shorten the rest."),
    ),
    Rule.SUBJECT_CAPITALS: (
        N_("The subject is in capitals: filters take that for advertising."),
        N_("Write it in small letters, as in a sentence."),
    ),
    Rule.SUBJECT_PUNCTUATION: (
        N_("The subject has repeated or many signs (!, ?, *…): filters take that for advertising."),
        N_("Take out the signs that are not needed."),
    ),
    Rule.SUBJECT_LINK: (
        N_("The subject holds the address of a page: filters take that for a trap."),
        N_("Move the link into the text."),
    ),
    Rule.SUBJECT_FAKE_REPLY: (
        N_("The subject begins like a reply or a forwarded e-mail, and it is neither: filters take that for a trick."),
        N_("Take out “Re:”, “Tr:” or “Fwd:”."),
    ),
    Rule.SUBJECT_CURRENCY: (
        N_("The subject names a sum of money: some filters count that as a sign of advertising."),
        N_("Name the sum in the text instead, if you can."),
    ),
    Rule.VARIABLE_UNRESOLVED: (
        N_("“{shown}” was not replaced by its value: the recipient would read it as it stands."),
        N_("Correct the variable, or complete the record that it comes from."),
    ),
    Rule.GREETING_EMPTY: (
        N_("The greeting names nobody: “{shown}”."),
        N_("Complete the person's name in their record, or use a greeting without a name."),
    ),
    Rule.FROM_MAILBOX_PROVIDER: (
        N_(
            "The sending address {address} is at {domain}, which lets nobody else send in its name: it will be refused."
        ),
        N_("Send from an address of your own domain. You can keep this one to receive the replies."),
    ),
    Rule.REPLIES_TO_MAILBOX_PROVIDER: (
        N_(
            "Replies go to {address}, at {domain}, which is not the sender's domain: filters take that for a sign of "
            "forgery."
        ),
        N_("Receive the replies at an address of the same domain as the sender's."),
    ),
    Rule.ADDRESS_IN_SENDER_NAME: (
        N_("The sender's name holds another address ({address}): filters take that for a forgery."),
        N_("Keep only the name of your organisation there."),
    ),
    Rule.REPLIES_LEAVE_DOMAIN: (
        N_("Sender and recipient are both at {domain}, but replies go elsewhere ({address}): it looks like a forgery."),
        N_("Receive the replies at an address of {domain}."),
    ),
    Rule.LINK_TEXT_DIFFERS: (
        N_("A link shows “{shown}” but leads to {host}: filters and readers take that for a trap."),
        N_("Show the true address, or words that say what is there."),
    ),
    Rule.LINK_LOOKALIKE: (
        N_("The address {host} mixes letters of two alphabets, as forgers do."),
        N_("Check this link, and type its address again."),
    ),
    Rule.LINK_TO_NUMBER: (
        N_("A link leads to a number ({host}) instead of a name: filters take that for a trap."),
        N_("Use the address of the site by its name."),
    ),
    Rule.LINK_WITH_USER: (
        N_("The address of a link names a user before {host}: it can make people believe that it leads elsewhere."),
        N_("Take out what stands before the “@” in the link."),
    ),
    Rule.LINK_SHORTENED: (
        N_("{host} shortens links and hides where they lead: filters distrust it, whoever uses it."),
        N_("Use the complete address."),
    ),
    Rule.LINK_ODD_PORT: (
        N_("A link to {host} names an unusual port: company networks often close it."),
        N_("Use an ordinary https:// address."),
    ),
    Rule.LINK_ONLY: (
        N_("The text is hardly more than a link: filters take that for a trap."),
        N_("Say who writes, and what the link is for."),
    ),
    Rule.TEXT_SHORT_FOR_LINKS: (
        N_("{n} links are many for so little text: filters count that as advertising."),
        N_("Keep the links that matter, or say more about each."),
    ),
    Rule.IMAGE_ONLY: (
        N_("There are only images: many people do not see them, and filters distrust what they cannot read."),
        N_("Write the message as text; keep the images for decoration."),
    ),
    Rule.TEXT_SHORT_FOR_IMAGES: (
        N_("There is little text ({n} characters) for a large image: filters count that as advertising."),
        N_("Write a few sentences more, or make the image smaller."),
    ),
    Rule.TEXT_HIDDEN: (
        N_("Some text cannot be seen (no size, no colour of its own, hidden): filters take that for a trick."),
        N_("Take out the hidden text, or make it visible."),
    ),
    Rule.TEXT_TINY: (
        N_("Some text is too small to be read: filters take that for hidden text."),
        N_("Use letters of at least 12 pixels."),
    ),
    Rule.TEXT_FAINT: (
        N_("Some text hardly differs from what is behind it: people cannot read it, filters take it for hidden text."),
        N_("Choose a darker colour, or a lighter one behind the text."),
    ),
    Rule.HTML_ACTIVE: (
        N_("The page uses what mail programs refuse ({shown}): it will be taken out, or the e-mail refused."),
        N_("Put a link to a page that does this instead."),
    ),
    Rule.HTML_HEAVY: (
        N_("The text weighs {n} KB with its layout: Gmail hides what goes beyond 102 KB."),
        N_("Shorten the text, or paste it without its layout."),
    ),
    Rule.TEXT_PART_MISSING: (
        N_("There is no version in plain text: some filters and readers want one."),
        N_("Add a plain text part that says the same."),
    ),
    Rule.TEXT_PART_DIFFERS: (
        N_("The version in plain text does not say the same as the other: filters take that for a trick."),
        N_("Write the same in both versions."),
    ),
    Rule.ATTACHMENT_FORBIDDEN: (
        N_("“{file}” is, or holds, a type of file that mail services refuse: the whole e-mail would be refused."),
        N_("Send a PDF, or a link to the file."),
    ),
    Rule.ATTACHMENT_RISKY: (
        N_("“{file}” is a file that filters often hold: a page, or something that they cannot look into."),
        N_("Send a plain PDF, or a link to the file."),
    ),
    Rule.ATTACHMENTS_HEAVY: (
        N_("The attachments weigh {n} MB, and a third more on the way: many mailboxes do not take that much."),
        N_("Send the heavy files as download links, or make them smaller."),
    ),
    Rule.HEADER_INCOMPLETE: (
        N_("Lines that every e-mail has are missing from its header: {shown}."),
        N_("Have the program that writes the e-mail add them."),
    ),
    Rule.RECIPIENT_MISTYPED: (
        N_("{address} looks mistyped."),
        N_("Is {meant} meant? Check with the person."),
    ),
    Rule.RECIPIENTS_FAILED_BEFORE: (
        N_("The last e-mail did not reach {n} of the recipients, {address} for one."),
        N_("Check these addresses before you send again: many failures harm your other e-mails."),
    ),
}
