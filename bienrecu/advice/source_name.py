"""The name that an address has in the DNS of whoever runs it, and whether that name leads back to it."""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from bienrecu.advice.dns_answers import Ask, addresses_of
from bienrecu.advice.domain_records import plain_name

_MOST_NAMES = 2  # whoever runs the address decides how many there are
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+")


@dataclass(frozen=True, slots=True)
class SourceName:
    """Empty where there is none. `confirmed`: the name leads back to the address, so that both are of one operator;
    else it is what anybody can claim."""

    name: str = ""
    confirmed: bool = False


def source_name(address: str, ask: Ask) -> SourceName | None:
    """None when nobody answers."""
    found = ask(ip_address(address).reverse_pointer.rstrip("."), "PTR")
    if found is None:
        return None
    names = [name for text in found if _HOST.fullmatch(name := plain_name(text))][:_MOST_NAMES]
    leads_back = next((name for name in names if _leads_to(address, name, ask)), "")
    return SourceName(leads_back or next(iter(names), ""), confirmed=bool(leads_back))


def _leads_to(address: str, name: str, ask: Ask) -> bool:
    return any(ip_address(address) == ip_address(one) for one in addresses_of(name, ask) or ())
