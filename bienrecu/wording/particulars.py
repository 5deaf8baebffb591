"""What this very case adds to the sentences of its reason; empty when it adds nothing."""

from dataclasses import replace

from django.utils.formats import localize
from django.utils.translation import gettext as _

from bienrecu.domain.reason import Reason
from bienrecu.wording import reasons
from bienrecu.wording.facts import CardFacts, placeholders
from bienrecu.wording.reasons import ReasonWords

_HEAVY = 1_000_000  # octets: a smaller attachment does not fill a mailbox
# What a blocklist that the server names can keep away.
_LISTED = frozenset({Reason.IP_BLOCKLISTED, Reason.DOMAIN_BLOCKLISTED, Reason.LINK_BLOCKLISTED, Reason.REPUTATION})


def words(reason: Reason, facts: CardFacts) -> ReasonWords:
    """What is said of the reason; of encryption that their certificate prevented, not that it could not be set up."""
    if reason is not Reason.TLS_REQUIRED or not facts.unproven:
        return reasons.words(reason, facts)
    known = placeholders(facts)
    return replace(
        reasons.words(reason, facts),
        title=_("{name}'s mail server could not be recognised").format(**known),
        cause=_(
            "Nothing proves that the server which answers is theirs, as their domain asks. Nothing was sent to it."
        ),
        limit=_("Whether somebody stands in between, or a certificate was renewed without being announced."),
        advice=_(
            "Tell your recipient's IT department: their server's certificate and what their domain announces differ. "
            "Then resend."
        ),
    )


def who(reason: Reason, facts: CardFacts) -> str:
    return _("your recipient") if reason is Reason.TLS_REQUIRED and facts.unproven else reasons.who(reason)


def in_vain(reason: Reason, facts: CardFacts) -> str:
    """Once we have given up, nobody asks us to wait any more."""
    if reason is not Reason.GREYLISTED:
        return ""
    return _("{name}'s mail service made us wait in vain").format(**placeholders(facts))


def suggestion(reason: Reason, facts: CardFacts) -> str:
    if reason is not Reason.DOMAIN_UNKNOWN or not facts.suggestion:
        return ""
    return _("Did you mean “{domain}”?").format(domain=facts.suggestion)


def limit(reason: Reason, facts: CardFacts) -> str:
    """What the server itself said that it takes."""
    if facts.size_limit is None:
        return ""
    if reason is Reason.MAILBOX_FULL:
        return _("Its limit is {size}, says this mail service.").format(size=_size(facts.size_limit))
    if reason is Reason.MESSAGE_TOO_LARGE:
        return _("This mail service takes {size} at most.").format(size=_size(facts.size_limit))
    return ""


def lighter(reason: Reason, facts: CardFacts) -> str:
    if reason is not Reason.MAILBOX_FULL or facts.attachment_bytes < _HEAVY:
        return ""
    return _("A link takes less room than an attachment of {size}.").format(size=_size(facts.attachment_bytes))


def page(reason: Reason, facts: CardFacts) -> dict[str, str]:
    """That of the blocklist which the server names."""
    if reason not in _LISTED or not facts.list_page:
        return {}
    return {"page": facts.list_page, "page_of": facts.list_name}


def _size(octets: int) -> str:
    """ "4 MB", "1.5 GB": rounded, as people say it."""
    if octets < 1_000_000:
        return _("{n} KB").format(n=max(1, round(octets / 1000)))
    if octets < 1_000_000_000:
        return _("{n} MB").format(n=round(octets / 1_000_000))
    return _("{n} GB").format(n=localize(round(octets / 1_000_000_000, 1)).removesuffix(".0").removesuffix(",0"))
