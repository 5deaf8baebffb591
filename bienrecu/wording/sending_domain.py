"""What is said of a sending domain: where it stands, what each record is for, what the DNS answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from bienrecu.domain.sending_domain import DomainState, Purpose, Verdict
from bienrecu.wording.mark import N_


def label(state: DomainState) -> str:
    return _(_STATES[state][0])


def meaning(state: DomainState) -> str:
    return _(_STATES[state][1])


@dataclass(frozen=True, slots=True)
class News:
    """For a mail to the administrators: to be translated, `{domain}` to be filled in."""

    subject: str
    text: str


def news(state: DomainState) -> News:
    return News(_STATES[state][0], _NEWS[state])


def alarm(name: str, state: DomainState) -> str:
    """For one that is broken or has fallen back."""
    if state is DomainState.FALLEN_BACK:
        said = _(
            "The DNS records of {domain} are gone: your e-mails leave from the shared address until they are back."
        )
    else:
        said = _("A DNS record of {domain} is missing: recipients may refuse your e-mails.")
    return said.format(domain=name)


_STATES = {
    DomainState.TO_SET_UP: (
        N_("To set up"),
        N_("Publish the records below where your domain is managed, then check."),
    ),
    DomainState.WAITING: (
        N_("Waiting for the DNS"),
        N_("Some records are not visible yet. After they are published, it can take minutes, at times a day."),
    ),
    DomainState.VERIFIED: (
        N_("Verified"),
        N_("Your e-mails can leave in the name of this domain. We look at it again every day."),
    ),
    DomainState.BROKEN: (
        N_("Broken"),
        N_("A record that was there is missing. Put it back within a day; then your address is not used any more."),
    ),
    DomainState.FALLEN_BACK: (
        N_("Not used any more"),
        N_("Your e-mails leave from the shared address until the records are back. Replies still reach you."),
    ),
}

_NEWS = {
    DomainState.VERIFIED: N_("The domain {domain} is verified: your e-mails can leave in its name."),
    DomainState.BROKEN: N_(
        "A DNS record of the domain {domain} is missing: recipients may refuse your e-mails. Without it, they will "
        "leave from the shared address in 24 hours. The page says what to put back:"
    ),
    DomainState.FALLEN_BACK: N_(
        "The DNS records of the domain {domain} are still missing. Your e-mails now leave from the shared address, and "
        "replies still reach you. The page says what to put back:"
    ),
}

NEXT_KEY_WANTED = News(
    N_("A new signature to publish"),
    N_(
        "The signature of {domain} is a year old and should be replaced. Please publish the next one; it takes over by "
        "itself once it is visible. Until then nothing changes for your e-mails. The page says what to publish:"
    ),
)


@dataclass(frozen=True, slots=True)
class RecordWords:
    title: str
    why: str


def record(purpose: Purpose) -> RecordWords:
    title, why = _RECORDS[purpose]
    return RecordWords(_(title), _(why))


_RECORDS = {
    Purpose.KEY: (
        N_("Current signature"),
        N_("Proves to recipients that the e-mail comes from you and was not changed on the way (DKIM)."),
    ),
    Purpose.NEXT_KEY: (
        N_("Next signature"),
        N_("The key that will take over, so that the change leaves no gap (DKIM)."),
    ),
    Purpose.FORMER_KEY: (
        N_("Former signature"),
        N_("It signed your e-mails until lately. Leave it where it is: the last of them may still be verified (DKIM)."),
    ),
    Purpose.POLICY: (
        N_("Policy"),
        N_("Says what to do with e-mails that only pretend to come from you (DMARC). One that you have is kept as is."),
    ),
    Purpose.RETURNS: (
        N_("Returns"),
        N_("Lets returned e-mails come back through your own domain (SPF). Advised; nothing of yours is changed."),
    ),
    Purpose.TLS_REPORTS: (
        N_("Reports about encryption"),
        N_("Lets others report when they could not encrypt e-mails on their way to you (TLS-RPT). Advised."),
    ),
    Purpose.MAILBOX: (
        N_("Mailbox"),
        N_("Recipients want to be able to answer: the domain should receive e-mails. Nothing to publish if it does."),
    ),
}


def verdict(purpose: Purpose, found: Verdict, answers: Sequence[str]) -> str:
    """What the DNS answered, and what that means."""
    if found == Verdict.DIFFERENT:
        return _(_DIFFERENT[purpose])
    if purpose == Purpose.MAILBOX and found == Verdict.MISSING:
        return _("This domain does not receive e-mails: some providers refuse such a sender.")
    return _(_VERDICTS[found])


_VERDICTS = {
    Verdict.FINE: N_("In place."),
    Verdict.MISSING: N_("Not found."),
    Verdict.BEHIND: N_(
        "Your part is in place. Ours, behind it, is not there yet: whoever runs this service has to act."
    ),
    Verdict.UNKNOWN: N_("The DNS did not answer. That proves nothing: we will ask again."),
}

_DIFFERENT = {
    Purpose.KEY: N_("Something else stands there: compare it letter by letter, it must be on one line."),
    Purpose.NEXT_KEY: N_("Something else stands there: compare it letter by letter, it must be on one line."),
    Purpose.FORMER_KEY: N_("Something else stands there: what was signed lately can no longer be verified."),
    Purpose.POLICY: N_("There are several policies, or one without “p=”: keep exactly one."),
    Purpose.RETURNS: N_("It leads elsewhere: the record must be a CNAME to the name shown."),
    Purpose.TLS_REPORTS: N_("There are several such records: keep exactly one."),
    Purpose.MAILBOX: N_("This domain says that it receives no e-mails: providers refuse such a sender."),
}
