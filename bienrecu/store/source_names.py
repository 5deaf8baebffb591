"""Names of the addresses that reports tell of: which are wanted, and what was found. About servers, whoever asks."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bienrecu.domain.public_address import is_public
from bienrecu.store.models import SourceName

_GOOD_FOR = timedelta(days=30)
_SILENT_FOR = timedelta(days=1)
_KEPT_FOR = timedelta(days=400)


def want(addresses: Iterable[str], now: datetime) -> None:
    """They are to be looked up, where that was not done lately."""
    wanted = sorted(filter(_has_a_name, set(addresses)))  # in one order everywhere
    SourceName.objects.bulk_create((SourceName(ip=one, due_at=now) for one in wanted), ignore_conflicts=True)
    SourceName.objects.filter(ip__in=wanted, due_at=None, looked_at__lt=now - _GOOD_FOR).update(due_at=now)


def _has_a_name(address: str) -> bool:
    try:
        return is_public(address)
    except ValueError:
        return False


def due(now: datetime, most: int) -> list[SourceName]:
    """Those to be looked up, the longest due first, `most` of them."""
    return list(SourceName.objects.filter(due_at__lte=now).order_by("due_at", "ip")[:most])


def found(row: SourceName, name: str, confirmed: bool, now: datetime) -> None:
    """`name` is empty when it has none; `confirmed`: the name leads back to the address."""
    SourceName.objects.filter(pk=row.pk).update(name=name, confirmed=confirmed, looked_at=now, due_at=None)


def silent(row: SourceName, now: datetime) -> None:
    """Nobody answered: what was known stays, and another day may tell more."""
    SourceName.objects.filter(pk=row.pk).update(due_at=now + _SILENT_FOR)


def forget_old(now: datetime) -> None:
    """Those that no report has named for so long."""
    SourceName.objects.filter(looked_at__lt=now - _KEPT_FOR, due_at=None).delete()


def names(addresses: Iterable[str]) -> dict[str, SourceName]:
    """Those that have a name."""
    return {row.ip: row for row in SourceName.objects.filter(ip__in=list(addresses)).exclude(name="")}
