"""What organisations' own domains bring to an e-mail that leaves: the key that signs, the way back for reports.

The queue reads them in its thread as it hands out jobs; the signer, which must not wait, finds them here."""

from dataclasses import dataclass

import structlog

from bienrecu.delivery.ports import Clock
from bienrecu.domain.sending_domain import DomainState
from bienrecu.protocol.dkim import Key, load_key
from bienrecu.store.models import DomainKey, SendingDomain
from bienrecu.store.sealed import SealBroken, unseal

_GOOD_FOR = 30.0  # seconds
_MOST = 10_000  # domains kept

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class OwnDomain:
    """`returns` is the domain below which reports come back, or ""."""

    keys: tuple[Key, ...] = ()
    returns: str = ""


class DomainKeys:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, OwnDomain]] = {}

    def read(self, name: str) -> OwnDomain:
        """As it was at most half a minute ago. To be called where the database may be waited for."""
        now = self._clock.monotonic()
        kept = self._kept.get(name)
        if kept is None or kept[0] < now:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[name] = kept = now + _GOOD_FOR, _own(name)
        return kept[1]

    def known(self, name: str) -> tuple[Key, ...]:
        """The keys that were read last for `name`."""
        kept = self._kept.get(name)
        return kept[1].keys if kept else ()


def _own(name: str) -> OwnDomain:
    """Of several organisations that share a domain, any verified key will do: each is published there."""
    usable = [state for state in DomainState if state.may_send]
    found = list(SendingDomain.objects.filter(name=name, state__in=usable).order_by("-state", "id"))
    if not found:
        return OwnDomain()
    keys = [key for one in DomainKey.objects.filter(domain=found[0], signs=True) if (key := _opened(one, name))]
    return OwnDomain(tuple(keys), name if found[0].returns_ready else "")


def _opened(kept: DomainKey, name: str) -> Key | None:
    try:
        return load_key(unseal(kept.sealed), name, kept.selector)
    except SealBroken:
        log.error("a signing key cannot be opened", domain=name, selector=kept.selector)
        return None
