"""Who asked for no more e-mails of a type."""

from collections.abc import Collection

from bienrecu.store.models import EmailType, Organisation, Unsubscription

OPTIONAL = frozenset((EmailType.EVALUATION, EmailType.FREE_MESSAGE))
"""What people may be spared: opinions asked for, and anything else. What their training rests on (invitations,
agreements, certificates …) is no choice, and offers no link."""


def among(organisation: Organisation, type: str, addresses: Collection[str]) -> set[str]:
    """Of `addresses`, those that asked for no more of `type`, in lower case."""
    if type not in OPTIONAL:
        return set()
    rows = Unsubscription.objects.filter(organisation=organisation, type=type, ended_at=None)
    return set(rows.filter(address__in={one.lower() for one in addresses}).values_list("address", flat=True))
