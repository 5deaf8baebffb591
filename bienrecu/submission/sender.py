"""In whose name a message leaves."""

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import gettext as _

from bienrecu.domain.address import Address, AddressError
from bienrecu.domain.mailbox_provider import is_mailbox_provider
from bienrecu.domain.sending_domain import DomainState
from bienrecu.protocol.message import Mailbox
from bienrecu.store.models import Organisation, RelayAccount, SenderException, SendingDomain
from bienrecu.submission.request import ANYTHING, About, Problem


def author_of(organisation: Organisation, about: About = ANYTHING) -> Mailbox:
    """That of the organisation's own mail account, else its own address, else the platform's with its tag.

    The organisation's address never stands in the display name: filters take that for a forgery."""
    if account := own_account(organisation, about):
        return Mailbox(organisation.name, Address.parse(account.address))
    other = exception_for(organisation, about)
    if other and other.sender_address and is_ready(organisation, other.sender_address):
        return Mailbox(organisation.name, Address.parse(other.sender_address))
    if organisation.sender_address and not has_fallen_back(organisation):
        return Mailbox(organisation.name, Address.parse(organisation.sender_address))
    shared: Address = settings.BIENRECU.platform_address
    name = _("%(organisation)s via %(platform)s") % {
        "organisation": organisation.name,
        "platform": settings.BIENRECU.platform_name,
    }
    return Mailbox(name, Address(f"{shared.local}+{organisation.slug}", shared.domain))


def reply_to(organisation: Organisation, address: str = "", about: About = ANYTHING) -> Mailbox | None:
    """Where replies go: to `address`, else to that for what it is about, else to the organisation's; None: to the
    sending address. Raises AddressError."""
    if not address and (other := exception_for(organisation, about)):
        address = other.reply_address or ("" if is_ready(organisation, other.sender_address) else other.sender_address)
        if not address and other.sender_address:
            return None
    address = address or organisation.reply_address
    if not address and has_fallen_back(organisation):
        address = organisation.sender_address
    return Mailbox(organisation.name, Address.parse(address)) if address else None


def exception_for(organisation: Organisation, about: About) -> SenderException | None:
    """That of the session, else that of the type."""
    if not organisation.pk or about.ours or about == ANYTHING:
        return None
    fitting = Q(session=None, type=about.type) | Q(session__isnull=False, session=about.session)
    return organisation.sender_exceptions.filter(fitting).order_by(F("session").asc(nulls_last=True)).first()


def is_ready(organisation: Organisation, address: str) -> bool:
    """Whether somebody has proven to read `address`, and its domain may send."""
    proven = organisation.sender_proofs.filter(address=address, proven_at__isnull=False).exists()
    return (proven or address == organisation.sender_address) and may_send(organisation, address.rpartition("@")[2])


def may_send(organisation: Organisation, name: str) -> bool:
    """Whether the domain `name` is verified for the organisation, or signed for by whoever runs this."""
    domain = own_domain(organisation, name)
    return domain.may_send if domain else name in {key.domain.lower() for key in settings.BIENRECU.dkim_keys}


def own_account(organisation: Organisation, about: About = ANYTHING) -> RelayAccount | None:
    """The mail account through which the organisation's e-mails leave, if it has one. Our own mails do not wait for one
    that does not work: they may be about it."""
    account: RelayAccount | None = getattr(organisation, "relay_account", None)
    return None if account and about.ours and account.trouble else account


def own_domain(organisation: Organisation, name: str) -> SendingDomain | None:
    """The domain of that name that the organisation has begun to set up."""
    return organisation.sending_domains.filter(name=name.lower()).first() if organisation.pk else None


def has_fallen_back(organisation: Organisation) -> bool:
    """Whether its own address is not to be used, as the records of its domain are gone. Until they were seen, its
    address is one that whoever runs this answers for."""
    domain = own_domain(organisation, organisation.sender_address.rpartition("@")[2])
    return domain is not None and domain.state == DomainState.FALLEN_BACK


def reply_problems(address: str) -> list[Problem]:
    """What is wrong with a reply address chosen for one e-mail."""
    try:
        if address:
            Address.parse(address)
    except AddressError:
        return [Problem("reply_invalid", _("The reply address is not of the form name@domain."))]
    return []


def sender_problems(organisation: Organisation) -> list[Problem]:
    try:
        author = author_of(organisation)
        reply_to(organisation)
    except AddressError:
        text = _("The sending or reply address of your organisation is not of the form name@domain.")
        return [Problem("sender_invalid", text)]
    if own_account(organisation) is None and is_mailbox_provider(author.address.domain):
        text = _(
            "%(address)s cannot be the sending address: %(domain)s does not let others send in its name, and "
            "recipients' mail services refuse such e-mails. Use an address of your own domain, or leave it empty to "
            "send from the shared address. You can keep this one to receive the replies."
        ) % {"address": author.address, "domain": author.address.domain}
        return [Problem("sender_mailbox_provider", text)]
    return []
