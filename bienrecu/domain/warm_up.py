"""How much a domain that is new to the world may send: little at first, more each time that went well.

From practice (https://cllavio.com/blog/email-warmup-playbook, https://enterno.io/en/articles/warm-up-sending-domain):
50 to 100 a day at first, at most twice as many every two or three days, held while refusals or complaints are many;
thousands after four to six weeks. Each large operator judges for itself, so each has its own allowance."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from bienrecu.domain.large_operator import OTHERS
from bienrecu.domain.reputation import Counts, Level, overall

FIRST = 50
FIRST_FOR_OTHERS = 100
GROWS_EVERY = 3
"""Days of sending after which the allowance grows by half."""
LAST_STEP = 42
"""After so many days of sending that went well, an operator knows the domain: nothing is held any more."""
LONGEST = timedelta(days=90)
"""A domain this old is not new any more, however little it has sent."""
# A day counts when at least this part of what was allowed has left: a domain that sends ten a day is not known for
# a thousand.
_WORTH_A_STEP = 5


def allowance(steps: int, operator: str) -> int | None:
    """How many e-mails may leave for `operator` in one day, after `steps` days that went well; None: any number."""
    if steps >= LAST_STEP:
        return None
    times = steps // GROWS_EVERY
    return int((FIRST_FOR_OTHERS if operator == OTHERS else FIRST) * 3**times // 2**times)


def steps(days: Iterable[Counts], operator: str) -> int:
    """How many of `days`, the oldest first, bring the domain further with `operator`. A day of many refusals or
    complaints does not: the allowance stays."""
    taken = 0
    for day in days:
        allowed = allowance(taken, operator)
        if allowed is None:
            return taken
        if day.sent * _WORTH_A_STEP >= allowed and overall(day) < Level.ACT:
            taken += 1
    return taken


def shares(
    count: int, operator: str, *, today: date, first: date, steps: int, taken: Mapping[date, int]
) -> Iterator[tuple[date, int]]:
    """How many of `count` e-mails leave on which day, from `first` on, when every day goes well. `steps` is where the
    domain stands `today`; `taken` is what each day has let go or promised to others already."""
    day = today
    while count > 0:
        allowed = allowance(steps, operator)
        used = taken.get(day, 0)
        room = 0 if day < first else count if allowed is None else min(count, max(0, allowed - used))
        if room:
            yield day, room
        count -= room
        if used or room:
            steps += 1
        day += timedelta(days=1)
