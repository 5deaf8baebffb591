"""Whom a draft is for, and what is known of their addresses before anything is sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet

from bienrecu.domain.address import Address, AddressError
from bienrecu.domain.reason import Reason
from bienrecu.domain.searchable import searchable
from bienrecu.domain.spelling import suggestion
from bienrecu.store.models import Contact, Draft, Suppression, TrainingSession
from bienrecu.store.queries import unsubscribed

EVERYBODY, PICKED = "", "picked"


@dataclass(frozen=True, slots=True)
class Doubt:
    """An address that is probably mistyped; `suggestion` is what it may stand for."""

    contact: Contact
    suggestion: str


@dataclass(frozen=True, slots=True)
class Audience:
    """`people` will be written to, the suppressed and the doubtful among them; `without_address` cannot be, and
    `unsubscribed` asked for no more e-mails of this type."""

    people: list[Contact]
    without_address: list[Contact]
    suppressed: list[tuple[Contact, Reason]]
    doubtful: list[Doubt]
    unsubscribed: list[Contact]


def members(session: TrainingSession) -> QuerySet[Contact]:
    """Who can be written to about `session`."""
    return session.participants.filter(archived_at=None, erased_at=None)


def audience_of(draft: Draft) -> Audience:
    """In the order of names; who is noted twice with one address counts once."""
    chosen = _without_twins(sorted(_chosen(draft), key=_by_name))
    with_address = [contact for contact in chosen if _has_address(contact)]
    left = unsubscribed.among(draft.organisation, draft.type, [contact.email for contact in with_address])
    reachable = [contact for contact in with_address if contact.email.lower() not in left]
    return Audience(
        people=reachable,
        without_address=[contact for contact in chosen if not _has_address(contact)],
        suppressed=_suppressed(reachable),
        doubtful=[Doubt(contact, meant) for contact in reachable if (meant := _suggested(contact.email)) is not None],
        unsubscribed=[contact for contact in with_address if contact.email.lower() in left],
    )


def _chosen(draft: Draft) -> QuerySet[Contact]:
    everybody = members(draft.session)
    if draft.audience == EVERYBODY:
        return everybody
    if draft.audience == PICKED:
        return everybody.filter(id__in=draft.contacts.values("id"))
    return everybody.filter(role=draft.audience)


def _by_name(contact: Contact) -> tuple[str, str, int]:
    return searchable(contact.last_name or contact.email), searchable(contact.first_name), contact.id


def _without_twins(contacts: Iterable[Contact]) -> list[Contact]:
    """One person noted twice, with one address, is written to once."""
    first: dict[tuple[str, str], Contact] = {}
    for contact in contacts:
        first.setdefault((contact.email.lower(), contact.name.lower()), contact)
    return list(first.values())


def _has_address(contact: Contact) -> bool:
    try:
        Address.parse(contact.email)
    except AddressError:
        return False
    return True


def _suppressed(contacts: list[Contact]) -> list[tuple[Contact, Reason]]:
    if not contacts:
        return []
    live = Suppression.objects.filter(organisation=contacts[0].organisation_id, lifted_at=None)
    reasons = dict(
        live.filter(address__in={contact.email.lower() for contact in contacts}).values_list("address", "reason")
    )
    return [
        (contact, Reason(reasons[contact.email.lower()])) for contact in contacts if contact.email.lower() in reasons
    ]


# People come from the same few domains, and looking one over takes milliseconds.
_meant = lru_cache(maxsize=10_000)(suggestion)


def _suggested(address: str) -> str | None:
    local, _, domain = address.rpartition("@")
    meant = _meant(domain)
    return f"{local}@{meant}" if meant else None
