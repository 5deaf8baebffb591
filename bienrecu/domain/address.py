"""Addresses: a local part and a domain (RFC 5321 §4.1.2, RFC 6531 for those beyond ASCII)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

# Rehearsals and tests live under the reserved domains of RFC 2606; that such a domain receives nothing is for
# delivery to find out, as for any other. Changing this list is how the library is configured.
for _name in ("invalid", "test"):
    SPECIAL_USE_DOMAIN_NAMES.remove(_name)


class AddressError(ValueError):
    """Not of the form name@domain; the text says what is wrong, in English."""


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox. `domain` is lower case, in its ASCII form (A-labels, RFC 5890)."""

    local: str
    domain: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises AddressError. Quoted local parts and address literals are refused: nobody has one."""
        return cls(*_parts(text.strip()))

    @property
    def needs_smtputf8(self) -> bool:
        return not self.local.isascii()

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


# An address is checked, then composed for, then queued: it is looked at once.
@lru_cache(maxsize=10_000)
def _parts(text: str) -> tuple[str, str]:
    """Local part and domain. Raises AddressError."""
    try:
        found = validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        raise AddressError(str(error)) from error
    return found.local_part, found.ascii_domain.lower()
