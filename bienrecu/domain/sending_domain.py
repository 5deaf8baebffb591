"""A domain that an organisation sends from: what is to be published in its DNS, and where that stands."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

GRACE = timedelta(hours=24)
"""How long a domain that broke goes on sending: long enough for a slip in the DNS to be mended, too short for
providers to think worse of it."""

RETURNS_LABEL = "retours"
"""The subdomain of it to which reports come back."""


class Purpose(StrEnum):
    """What a record is for, in the order in which they are told."""

    KEY = "key"
    NEXT_KEY = "next_key"
    POLICY = "policy"
    RETURNS = "returns"
    MAILBOX = "mailbox"


class Verdict(StrEnum):
    FINE = "fine"
    MISSING = "missing"
    DIFFERENT = "different"
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
    lacking = any(verdict in (Verdict.MISSING, Verdict.DIFFERENT) for verdict in needed)
    if state == DomainState.BROKEN and now - since >= GRACE:
        return DomainState.FALLEN_BACK
    if not lacking or state in (DomainState.BROKEN, DomainState.FALLEN_BACK):
        return state
    return DomainState.BROKEN if state == DomainState.VERIFIED else DomainState.WAITING
