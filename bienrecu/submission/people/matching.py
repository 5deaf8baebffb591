"""Who is there already: somebody with the same address and the same name, or nothing that speaks against it.

Two people may share a mailbox, a couple or the secretaries of a company: an address alone is nobody."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol, TypeVar

from django.db.models import QuerySet
from django.db.models.functions import Lower

from bienrecu.domain.searchable import searchable
from bienrecu.store.models import Contact, Organisation

_AT_ONCE = 5000  # addresses in one question; SQLite takes 32 766 values


class Named(Protocol):
    """Somebody with a name: a contact, a line of a file."""

    @property
    def first_name(self) -> str: ...
    @property
    def last_name(self) -> str: ...


_T = TypeVar("_T")


class Known:
    """The contacts of an organisation that have one of some addresses; those made since are added by `add`."""

    def __init__(self, organisation: Organisation, addresses: Iterable[str]) -> None:
        self._by_address: dict[str, list[Contact]] = defaultdict(list)
        for part in parts(sorted({address.lower() for address in addresses}), _AT_ONCE):
            for contact in with_addresses(organisation, part):
                self.add(contact)

    def add(self, contact: Contact) -> None:
        self._by_address[contact.email.lower()].append(contact)

    def at(self, address: str) -> Sequence[Contact]:
        return self._by_address.get(address.lower(), ())

    def find(self, address: str, person: Named) -> Contact | None:
        """That person; without a name, the only one who has the address; else one whose name is not known yet."""
        there, name = self.at(address), name_of(person)
        same = next((one for one in there if name_of(one) == name), None)
        if same or not there:
            return same
        if name == ("", ""):
            return there[0] if len(there) == 1 else None
        return next((one for one in there if name_of(one) == ("", "")), None)


def with_addresses(organisation: Organisation, addresses: Sequence[str]) -> QuerySet[Contact]:
    """Who has one of `addresses`, given in lower case; those erased are nobody any more."""
    contacts = Contact.objects.filter(organisation=organisation, erased_at=None).order_by("id")
    return contacts.annotate(address=Lower("email")).filter(address__in=addresses)


def name_of(person: Named) -> tuple[str, str]:
    """First and last name, to compare: without case, accents or blanks around."""
    return searchable(person.first_name).strip(), searchable(person.last_name).strip()


def parts(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """`items` in lists of `size`, the last one shorter."""
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part
