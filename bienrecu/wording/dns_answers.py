"""What each answer of the DNS means for the e-mails of a domain, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from bienrecu.domain.dns_answer import Topic
from bienrecu.wording.mark import N_

TOPICS = [topic.value for topic in Topic]


@dataclass(frozen=True, slots=True)
class TopicWords:
    title: str
    why: str


def topic(name: str) -> TopicWords:
    title, why = _TOPICS[Topic(name)]
    return TopicWords(_(title), _(why))


def sentence(answer: Mapping[str, Any]) -> str:
    """`answer` as it was kept: one with a code that a later version wrote says nothing."""
    found = _SILENT if answer["code"] == "silent" else _MEANINGS[Topic(answer["topic"])].get(answer["code"], "")
    return _(found).format(**answer["known"]) if found else ""


_TOPICS = {
    Topic.KEY: (N_("Signatures (DKIM)"), N_("Recipients verify with these keys that an e-mail comes from you.")),
    Topic.POLICY: (N_("Policy (DMARC)"), N_("What you ask of recipients for e-mails that only pretend to be yours.")),
    Topic.SPF: (
        N_("Servers of your domain (SPF)"),
        N_("Which servers may send for your domain itself. E-mails sent from here do not use it: leave it as it is."),
    ),
    Topic.RETURNS: (N_("Servers for your returns (SPF)"), N_("Whether our servers may send for your return address.")),
    Topic.MAILBOX: (N_("Mailboxes"), N_("Several providers accept e-mails only from domains that can be answered.")),
    Topic.SERVER: (N_("Our sending servers"), N_("Their address and their name must lead to each other (PTR, HELO).")),
    Topic.LIST: (N_("Blocklists"), N_("Lists of senders that some providers refuse.")),
    Topic.SECURE: (
        N_("Encrypted delivery to you (MTA-STS)"),
        N_("About the e-mails that you receive; those that you send do not need it."),
    ),
    Topic.REPORTS: (
        N_("Reports on encryption (TLS-RPT)"),
        N_("Other mail services would tell you when e-mails to you could not be encrypted."),
    ),
}

_SILENT = N_("The DNS did not answer. That proves nothing: ask again later.")

_MEANINGS: dict[Topic, dict[str, str]] = {
    Topic.KEY: {
        "fine": N_("In place, {bits} bits: as advised."),
        "modern": N_("In place, of the modern kind (Ed25519)."),
        "testing": N_("In place, {bits} bits, but marked as a test (t=y): remove this mark."),
        "short": N_("In place, but short ({bits} bits): 2048 are advised."),
        "too_short": N_("Too short ({bits} bits): recipients ignore such a signature."),
        "unreadable": N_("This is no key: compare it letter by letter."),
        "revoked": N_("The key was withdrawn (p= is empty): recipients refuse what it signed."),
        "several": N_("There are several keys under this name: keep exactly one."),
        "missing": N_("No key there."),
    },
    Topic.POLICY: {
        "none": N_("You ask for nothing yet (p=none): a good start. Later, “quarantine” protects your name better."),
        "quarantine": N_("Forgeries should be put aside (p=quarantine). Your e-mails from here are aligned and pass."),
        "reject": N_("Forgeries should be refused (p=reject). Your e-mails from here are aligned and pass."),
        "none_old": N_("You ask for nothing yet (p=none). The tags pct, rf and ri mean nothing any more: remove them."),
        "quarantine_old": N_(
            "Forgeries should be put aside. The tags pct, rf and ri mean nothing any more: remove them."
        ),
        "reject_old": N_("Forgeries should be refused. The tags pct, rf and ri mean nothing any more: remove them."),
        "strict": N_("SPF must match to the letter (aspf=s): only the signature aligns. That suffices for most."),
        "wrong": N_("This policy cannot be read (p= is missing or unknown): recipients ignore it."),
        "several": N_("There are several policies: recipients ignore them all. Keep exactly one."),
        "missing": N_("No policy: Orange, Gmail and Microsoft distrust or refuse e-mails of such a domain."),
    },
    Topic.SPF: {
        "fine": N_("Well formed; {n} of the 10 look-ups allowed."),
        "too_many": N_("{n} look-ups where 10 are allowed: recipients ignore it. Remove services that you have left."),
        "everybody": N_("It lets everybody send in your name (+all): that protects nobody, and some refuse it."),
        "missing": N_("None. E-mails sent from here do not need it; those of your mailboxes do."),
        "several": N_("There are several: recipients ignore them all. Merge them into one."),
        "wrong": N_("It cannot be read: recipients ignore it."),
        "loop": N_("It includes itself: recipients ignore it."),
        "spoilt": N_("Something that it includes is missing or wrong: recipients ignore all of it."),
    },
    Topic.RETURNS: {
        "pass": N_("{address} may send for {domain}."),
        "none": N_("{domain} does not say who may send: publish the record for returns."),
        "refused": N_("{domain} does not let {address} send: whoever runs this service has to act."),
    },
    Topic.MAILBOX: {
        "fine": N_("It receives e-mails."),
        "implicit": N_("It receives e-mails at its own address, without an MX record."),
        "none": N_("It says that it receives no e-mails (null MX): providers refuse such a sender."),
        "nowhere": N_("Its mail servers have no address: nobody can answer you."),
        "missing": N_("It does not receive e-mails: some providers refuse such a sender."),
    },
    Topic.SERVER: {
        "fine": N_("{address} and its name lead to each other, and we greet with {hello}."),
        "nameless": N_("{address} has no name (PTR): Gmail, Orange and La Poste refuse. Whoever runs this has to act."),
        "one_way": N_("The name of {address} does not lead back to it: many refuse. Whoever runs this has to act."),
        "other_greeting": N_("We greet with {hello}, which does not lead to {address}: some distrust that."),
        "unknown": N_("We do not know from which address e-mails leave: whoever runs this can set it."),
    },
    Topic.LIST: {
        "fine": N_("{what} is not on {list}."),
        "listed": N_("{what} is on {list}: its page says why and how to be taken off."),
    },
    Topic.SECURE: {
        "fine": N_("Announced."),
        "wrong": N_("It cannot be read: senders ignore it."),
        "missing": N_("None: nothing to do for your e-mails to arrive."),
    },
    Topic.REPORTS: {
        "fine": N_("Asked for."),
        "wrong": N_("It cannot be read: nobody reports."),
        "missing": N_("None: nothing to do for your e-mails to arrive."),
    },
}
