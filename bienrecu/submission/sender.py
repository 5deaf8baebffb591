"""In whose name a message leaves."""

from django.conf import settings
from django.utils.translation import gettext as _

from bienrecu.domain.address import Address, AddressError
from bienrecu.domain.mailbox_provider import is_mailbox_provider
from bienrecu.protocol.message import Mailbox
from bienrecu.store.models import Organisation
from bienrecu.submission.request import Problem


def author_of(organisation: Organisation) -> Mailbox:
    """The organisation's own address, else the platform's with the organisation's tag.

    The organisation's address never stands in the display name: filters take that for a forgery."""
    if organisation.sender_address:
        return Mailbox(organisation.name, Address.parse(organisation.sender_address))
    shared: Address = settings.BIENRECU.platform_address
    name = _("%(organisation)s via %(platform)s") % {
        "organisation": organisation.name,
        "platform": settings.BIENRECU.platform_name,
    }
    return Mailbox(name, Address(f"{shared.local}+{organisation.slug}", shared.domain))


def reply_to(organisation: Organisation, address: str = "") -> Mailbox | None:
    """Where replies go: to `address`, else to the organisation's; None: to the sending address. Raises AddressError."""
    if not (address or organisation.reply_address):
        return None
    return Mailbox(organisation.name, Address.parse(address or organisation.reply_address))


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
    if is_mailbox_provider(author.address.domain):
        text = _(
            "%(address)s cannot be the sending address: %(domain)s does not let others send in its name, and "
            "recipients' mail services refuse such e-mails. Use an address of your own domain, or leave it empty to "
            "send from the shared address. You can keep this one to receive the replies."
        ) % {"address": author.address, "domain": author.address.domain}
        return [Problem("sender_mailbox_provider", text)]
    return []
