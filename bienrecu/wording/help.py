"""What a page says about itself to somebody who asks: what stands there, and what one can do with it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.wording import reasons, statuses
from bienrecu.wording.mark import N_


@dataclass(frozen=True, slots=True)
class HelpText:
    title: str
    paragraphs: tuple[str, ...]


_PAGES = {
    "sessions": HelpText(
        N_("Sessions"),
        (
            N_("A session brings together the people you train and the e-mails you send them."),
            N_("The bar shows how its e-mails stand: its colours are those of the statuses."),
            N_("Archive a session when you are done with it: its history and its records stay."),
        ),
    ),
    "participants": HelpText(
        N_("Participants"),
        (
            N_("These are the people you can write to from this session."),
            N_("Add them from your contacts, one by one, or from a spreadsheet."),
            N_("Removing somebody changes nothing of the e-mails they already got."),
        ),
    ),
    "contacts": HelpText(
        N_("Contacts"),
        (
            N_("Everybody you write to, whatever the session. Their page shows every e-mail sent to them."),
            N_("When you correct an address here, e-mails already sent keep the address they went to."),
            N_("Two people may share one address: each keeps a page of their own."),
        ),
    ),
    "import": HelpText(
        N_("Importing a file"),
        (
            N_("The file is first read and shown to you. Nothing is added before you ask for it."),
            N_("A line with a mistake is left aside and says why. The others can be imported without it."),
            N_("People you already have are recognised by their address, and completed. An import can be undone."),
        ),
    ),
    "reputation": HelpText(
        N_("Reputation"),
        (
            N_("Each large mail service judges whoever writes to its users, and keeps its judgement to itself."),
            N_("These figures are what can be seen from here: what it refused, put off, or was told to be junk."),
            N_("A domain that is new sends little at first. What waits for its day says so in the history."),
        ),
    ),
    "writing": HelpText(
        N_("Writing an e-mail"),
        (
            N_("Your draft saves itself. Nothing leaves before you press the button of the last page."),
            N_("A field such as the first name is filled in for each person. The preview shows each result."),
            N_("What is missing for somebody stops the sending, and that person is named."),
            N_("Pressing twice never sends twice."),
        ),
    ),
    "history": HelpText(
        N_("E-mail history"),
        (
            N_("One line per person and e-mail. The status says who holds the e-mail now."),
            N_("Open a line for the reason, what you can do, and the timeline."),
            N_("Filters stand in the address of the page: you can send it to a colleague."),
            N_("Sent is not a failure: nobody has told us more. Its absence of news proves nothing."),
        ),
    ),
    "to_handle": HelpText(
        N_("To handle"),
        (
            N_("E-mails that did not arrive, for all sessions. Those of a session that begins soon come first."),
            N_("They are grouped by cause, because one remedy often serves for several people."),
            N_("If you gave the document another way, note it: the line leaves this page, the history keeps it."),
        ),
    ),
    "suppressions": HelpText(
        N_("Addresses set aside"),
        (
            N_("An address is set aside when its own mail service says that it does not exist or is closed."),
            N_("Never because of a full mailbox, a filter or a failure on our side: these e-mails can be resent."),
            N_("If the person says that the address works, reactivate it, then resend."),
        ),
    ),
    "scheduled": HelpText(
        N_("Scheduled e-mails"),
        (
            N_("These e-mails wait for their time. Nobody has received anything of them."),
            N_("You can change the time or cancel, until the moment they leave."),
        ),
    ),
    "grid": HelpText(
        N_("Who received what"),
        (
            N_("One line per person, one column per type of e-mail, and the status in each cell."),
            N_("An empty cell means that nothing of that type was sent to that person."),
            N_("The page can be printed as it stands."),
        ),
    ),
    "records": HelpText(
        N_("Records for an audit"),
        (
            N_("A record tells, e-mail by e-mail, what was sent, when, and what the servers answered."),
            N_("Each record is sealed: a change of a single byte is noticed when it is checked."),
            N_("It does not prove that an e-mail was read. Its first page says so."),
        ),
    ),
}


def page_help(topic: str) -> HelpText:
    found = _PAGES[topic]
    return HelpText(_(found.title), tuple(_(paragraph) for paragraph in found.paragraphs))


def title(topic: str) -> str:
    """What the help text of `topic` is about; KeyError when there is none.

    A topic is a page that explains itself, a status by its code, or a reason."""
    if topic in _PAGES:
        return _(_PAGES[topic].title)
    if topic in (reason.value for reason in Reason):
        return reasons.words(Reason(topic)).title
    return statuses.label({status.code: status for status in Status}[topic])
