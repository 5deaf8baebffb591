"""Organisations' own mail accounts, as the engine needs them."""

from dataclasses import dataclass

import structlog

from bienrecu.delivery.ports import Clock, Login
from bienrecu.domain.relay_account import Security
from bienrecu.store.models import RelayAccount
from bienrecu.store.sealed import SealBroken, unseal

_GOOD_FOR = 30.0  # seconds
_MOST = 10_000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Account:
    """`reverse_path` stands in the place of our return address; empty where the server takes that."""

    host: str
    port: int
    security: Security
    login: Login
    reverse_path: str = ""


class RelayAccounts:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[int, tuple[float, Account | None]] = {}

    def read(self, id: int) -> Account | None:
        """As it was at most half a minute ago; None when it is gone. To be called where the database may be waited
        for."""
        now = self._clock.monotonic()
        kept = self._kept.get(id)
        if kept is None or kept[0] < now:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[id] = kept = now + _GOOD_FOR, _account(id)
        return kept[1]


def _account(id: int) -> Account | None:
    row = RelayAccount.objects.filter(pk=id).first()
    if row is None:
        return None
    try:
        password = unseal(row.sealed).decode()
    except SealBroken:
        log.error("the password of a mail account cannot be opened", account=id)
        return None
    own = "" if row.returns_to_us else row.address
    return Account(row.host, row.port, Security(row.security), Login(row.user, password), own)
