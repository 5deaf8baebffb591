"""What each mailbox operator lets one sender do at a time. Data: change the table, not the code."""

from collections.abc import Mapping
from dataclasses import dataclass

from bienrecu.domain.relay_account import account_of

RELAY_PREFIX = "relay:"
"""Providers so named are servers of our own choice, not recipients' servers."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`connections` at once from all our engines together; `interval` in seconds between the starts of two
    messages, over all engines together."""

    connections: int = 5
    messages_per_connection: int = 100
    interval: float = 0.0


DEFAULT = Limit()
RELAY = Limit(connections=10, messages_per_connection=1000)
# A mailbox somewhere, which its keeper has to share with others.
ACCOUNT = Limit(connections=2, messages_per_connection=50)

# From the operators' postmaster pages, which refuse or punish more. The name is the registrable domain of the
# operator's first MX host: the twenty domains of SFR, for example, all lead to smtp-in.sfr.fr.
OPERATORS: Mapping[str, Limit] = {
    "orange.fr": Limit(connections=2, messages_per_connection=100),
    "laposte.net": Limit(connections=2, messages_per_connection=100),
    "free.fr": Limit(connections=2),
    "sfr.fr": Limit(connections=2),
    # Rehearsals: a recipient who does not answer must not keep those beside it waiting.
    "simulator.invalid": Limit(connections=20),
}

# One operator under two names must not be given its connections twice.
_SAME_OPERATOR: Mapping[str, str] = {"wanadoo.fr": "orange.fr"}


def operator(registrable_domain: str) -> str:
    """The name under which the operator of this domain's servers has its limit."""
    return _SAME_OPERATOR.get(registrable_domain, registrable_domain)


def limit_for(provider: str, own: Mapping[str, Limit]) -> Limit:
    """`own` are this installation's, which win."""
    default = RELAY if provider.startswith(RELAY_PREFIX) else DEFAULT
    if account_of(provider) is not None:
        default = ACCOUNT
    return own.get(provider) or OPERATORS.get(provider, default)
