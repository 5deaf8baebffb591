"""How an organisation's e-mails were received lately, by domain and operator, from sums of days (SendingDay)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bienrecu.domain.large_operator import CODES
from bienrecu.domain.reputation import USUAL_DAYS, Counts, Level, is_sudden, overall
from bienrecu.store.models import Organisation, SendingDay

DAYS = 30
_FIELDS = tuple(Counts.__dataclass_fields__)
# Nobody sends from more; whoever does finds the busiest.
_MOST_DOMAINS = 30


@dataclass(frozen=True, slots=True)
class DomainFigures:
    """Of the last DAYS days, the oldest first, of UTC; `days` has each of them. `sudden` is the latest day of the last
    two whose volume was far above the usual."""

    domain: str
    days: Mapping[date, Counts]
    operators: Mapping[str, Counts]
    sudden: date | None

    @property
    def total(self) -> Counts:
        return sum(self.operators.values(), Counts())

    @property
    def level(self) -> Level:
        """The worst of any operator's, as each judges for itself."""
        return max(map(overall, self.operators.values()), default=Level.FINE)


def figures(organisation: Organisation, now: datetime) -> list[DomainFigures]:
    """The domains that sent anything, the busiest first."""
    today = now.astimezone(UTC).date()
    first = today - timedelta(days=DAYS + USUAL_DAYS)
    by_domain: dict[str, list[tuple[date, str, Counts]]] = defaultdict(list)
    rows = SendingDay.objects.filter(organisation=organisation, day__gt=first, day__lte=today)
    for domain, day, operator, *counts in rows.values_list("domain", "day", "operator", *_FIELDS):
        by_domain[domain].append((day, operator, Counts(*counts)))
    found = [_figures(domain, rows, today) for domain, rows in by_domain.items()]
    shown = [one for one in found if one.total != Counts()]
    return sorted(shown, key=lambda one: (-one.total.sent, one.domain))[:_MOST_DOMAINS]


def _figures(domain: str, rows: list[tuple[date, str, Counts]], today: date) -> DomainFigures:
    every: dict[date, Counts] = {today - timedelta(days=back): Counts() for back in reversed(range(DAYS + USUAL_DAYS))}
    operators: dict[str, Counts] = defaultdict(Counts)
    for day, operator, counts in rows:
        every[day] += counts
        if day > today - timedelta(days=DAYS):
            operators[operator] += counts
    volumes = [counts.sent for counts in every.values()]
    sudden = [day for back, day in ((0, today), (1, today - timedelta(days=1))) if _is_peak(volumes, back)]
    lately = dict(list(every.items())[-DAYS:])
    ordered = {code: operators[code] for code in CODES if code in operators}
    return DomainFigures(domain, lately, ordered, sudden[0] if sudden else None)


def _is_peak(volumes: list[int], back: int) -> bool:
    at = len(volumes) - 1 - back
    return is_sudden(volumes[:at], volumes[at])
