"""Who knocked when: what greylisting remembers, bounded."""

_MOST_REMEMBERED = 10_000

Triplet = tuple[str, str, str]


class FirstTries:
    """When each (client, sender, recipient) came for the first time; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._first: dict[Triplet, float] = {}

    def age(self, triplet: Triplet, now: float) -> float | None:
        """Seconds since the first try of `triplet`; None when this is it."""
        if triplet in self._first:
            return now - self._first[triplet]
        if len(self._first) >= _MOST_REMEMBERED:
            del self._first[next(iter(self._first))]
        self._first[triplet] = now
        return None
