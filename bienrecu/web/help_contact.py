"""Where people who need help are led: what the administrator gave is an address, or the link of a page or chat."""

from bienrecu.store.models import Organisation

_TO = "mailto:"


def address_of(organisation: Organisation) -> str:
    """The address to write to; empty when there is none."""
    given = organisation.help_contact
    return given.removeprefix(_TO) if given.startswith(_TO) else ""


def link_of(organisation: Organisation) -> str:
    """The page or chat to open; empty when there is none."""
    given = organisation.help_contact
    return given if given.startswith(("https://", "http://")) else ""
