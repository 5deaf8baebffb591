"""A domain that an organisation sends from: what is to be published in its DNS, and where that stands."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

GRACE = timedelta(hours=24)
"""How long a domain that broke goes on sending: long enough for a slip in the DNS to be mended, too short for
providers to think worse of it."""

KEY_AGE = timedelta(days=365)
"""How long a key signs before the next one takes over."""

KEY_KEPT = timedelta(days=14)
"""How long a key that signs no more stays published: what it signed last may wait at relays for days, and be verified
when it is fetched."""

RETURNS_LABEL = "retours"
"""The subdomain of it to which reports come back."""


class Purpose(StrEnum):
    """What a record is for, in the order in which they are told."""

    KEY = "key"
    NEXT_KEY = "next_key"
    FORMER_KEY = "former_key"
    POLICY = "policy"
    RETURNS = "returns"
    TLS_REPORTS = "tls_reports"
    MAILBOX = "mailbox"


class Verdict(StrEnum):
    FINE = "fine"
    MISSING = "missing"
    DIFFERENT = "different"
    BEHIND = "behind"  # it leads to us, where nothing is published yet
    UNKNOWN = "unknown"  # nobody answered: proves nothing


class DomainState(StrEnum):
    """The values are stored: they never change meaning."""

    TO_SET_UP = "to_set_up"
    WAITING = "waiting"
    VERIFIED = "verified"
    BROKEN = "broken"
    FALLEN_BACK = "fallen_back"

    @property
    def may_send(self) -> bool:
        return self in (DomainState.VERIFIED, DomainState.BROKEN)


def next_state(state: DomainState, since: datetime, needed: Collection[Verdict], now: datetime) -> DomainState:
    """After a look at the records that are `needed`. `since` is when `state` began."""
    if all(verdict == Verdict.FINE for verdict in needed):
        return DomainState.VERIFIED
    lacking = any(verdict not in (Verdict.FINE, Verdict.UNKNOWN) for verdict in needed)
    if state == DomainState.BROKEN and now - since >= GRACE:
        return DomainState.FALLEN_BACK
    if not lacking or state in (DomainState.BROKEN, DomainState.FALLEN_BACK):
        return state
    return DomainState.BROKEN if state == DomainState.VERIFIED else DomainState.WAITING
