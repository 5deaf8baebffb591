"""Beginning and ending with a domain, and the records that it needs."""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bienrecu.advice.domain_records import Record, key_record, records
from bienrecu.domain.address import Address, AddressError
from bienrecu.domain.audit import Action
from bienrecu.domain.mailbox_provider import is_mailbox_provider
from bienrecu.domain.sending_domain import DomainState, Purpose
from bienrecu.protocol.dkim import dns_record, load_key, make_key
from bienrecu.returns.return_path import ReturnPaths
from bienrecu.store import warm_up
from bienrecu.store.audit import note
from bienrecu.store.models import DomainKey, Organisation, SendingDomain, User
from bienrecu.store.sealed import seal

MOST_DOMAINS = 20
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class DomainRefused(Exception):
    """`sentence` is for the person who asked."""

    sentence: str


def add(organisation: Organisation, typed: str, by: User) -> SendingDomain:
    """The domain that was typed, alone or as part of an address; the one there is, if there is. Raises
    DomainRefused."""
    name = _name(typed)
    if found := organisation.sending_domains.filter(name=name).first():
        return found
    if organisation.sending_domains.count() >= MOST_DOMAINS:
        raise DomainRefused(_("You have %d domains already: remove one first.") % MOST_DOMAINS)
    with transaction.atomic():
        domain = SendingDomain.objects.create(organisation=organisation, name=name, state_since=timezone.now())
        # Organisations that share a domain have selectors of their own.
        base = "br" + "".join(secrets.choice(_LETTERS) for _number in range(6))
        for number in (1, 2):
            make_domain_key(domain, f"{base}-{number}", signs=number == 1)
        note(organisation, by, Action.DOMAIN_ADDED, name)
    return domain


def _name(typed: str) -> str:
    typed = typed.strip().rpartition("@")[2].removeprefix("www.").rstrip(".").lower()
    try:
        name = Address.parse(f"contact@{typed}").domain
    except AddressError:
        raise DomainRefused(_("“%s” is not the name of a domain, such as formation-exemple.fr.") % typed[:80]) from None
    if is_mailbox_provider(name):
        text = _("%s belongs to a mail service for everybody: nobody else may send in its name. Use your own domain.")
        raise DomainRefused(text % name)
    return name


def make_domain_key(domain: SendingDomain, selector: str, *, signs: bool) -> None:
    pem = make_key("rsa")
    _where, record = dns_record(load_key(pem, domain.name, selector))
    since = timezone.now() if signs else None
    DomainKey.objects.create(
        domain=domain, selector=selector, record=record, sealed=seal(pem), signs=signs, signs_since=since
    )


def remove(domain: SendingDomain, by: User) -> None:
    """Its keys go with it; who sent from it sends from the shared address again."""
    with transaction.atomic():
        organisation = domain.organisation
        if organisation.sender_address.lower().endswith(f"@{domain.name}"):
            organisation.sender_address = ""
            organisation.save(update_fields=["sender_address"])
        warm_up.end(domain)  # what it held leaves
        domain.delete()
        note(organisation, by, Action.DOMAIN_REMOVED, domain.name)


def records_of(domain: SendingDomain) -> list[Record]:
    """What is to be published for it."""
    keys = [_record_of(key, domain) for key in domain.keys.order_by("-signs", "-retired_at", "id")]
    ours = settings.BIENRECU
    returns = "" if ours.returns_imap_url else ours.return_path.rpartition("@")[2]
    return records(domain.name, keys, returns, _reports_to(domain), reports_address(domain))


def _record_of(key: DomainKey, domain: SendingDomain) -> Record:
    """The next key must be there before the domain is believed, so that the first change asks nothing of anybody.
    Afterwards a new one may take its time."""
    is_new = DomainState(domain.state) in (DomainState.TO_SET_UP, DomainState.WAITING)
    needed = key.purpose == Purpose.KEY or (key.purpose == Purpose.NEXT_KEY and is_new)
    name = f"{key.selector}._domainkey.{domain.name}"
    return key_record(key.purpose, name, key.record, zone_name(key), needed=needed)


def zone_name(key: DomainKey) -> str:
    """Where we publish the key ourselves, or ""."""
    return f"{key.selector}.{settings.BIENRECU.dkim_zone}" if settings.BIENRECU.dkim_zone else ""


def reports_address(domain: SendingDomain) -> str:
    """Where we read reports about it; "" when we cannot. Below the domain itself: reports sent elsewhere would need a
    record there (RFC 9990 §4)."""
    ours = settings.BIENRECU
    returns = ours.return_path.rpartition("@")[2].lower()
    inside = f".{returns}".endswith(f".{domain.name}")
    if returns.endswith(".invalid") or (ours.returns_imap_url and not inside):
        return ""
    paths = ReturnPaths(settings.SECRET_KEY.encode(), ours.return_path)
    return paths.report_address(domain.pk, "" if inside else domain.name)


def _reports_to(domain: SendingDomain) -> str:
    """We do, or else somebody who reads mail at the domain."""
    if ours := reports_address(domain):
        return ours
    for address in (domain.organisation.sender_address, domain.organisation.reply_address):
        if address.lower().endswith(f"@{domain.name}"):
            return address
    return f"postmaster@{domain.name}"
