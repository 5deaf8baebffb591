"""What a claim costs, with no finished e-mail in the table and with a million of them: it must not differ.

`python -m benchmarks.claim` works in a database of its own beside that of BIENRECU_DATABASE_URL. The number of finished
e-mails can be given as an argument."""

import statistics
import sys
from time import perf_counter
from typing import Any

from benchmarks.history import database, fill

ROUNDS, DESTINATIONS, AT_ONCE = 30, 50, 20


def main() -> None:
    finished = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with database() as vendor:
        waiting = _fill_waiting()
        empty = _measure(waiting)
        fill(finished)
        full = _measure(waiting)
    print(f"\nOne claim of {AT_ONCE} due e-mails among {DESTINATIONS} destinations on {vendor}: ms (median, p95)")
    for name, times in ((f"{0:>9,} finished", empty), (f"{finished:>9,} finished", full)):
        print(f"  {name:22} {statistics.median(times):8.2f} {statistics.quantiles(times, n=20)[-1]:8.2f}")
    print(f"  ratio of the medians   {statistics.median(full) / statistics.median(empty):8.2f}")


def _fill_waiting() -> list[int]:
    """Due e-mails, asked for as pages would, spread over the destinations."""
    from bienrecu.store.models import Organisation, TrainingSession
    from bienrecu.submission.post import post
    from bienrecu.submission.request import Person, Request

    organisation = Organisation.objects.create(slug="claims", name="Claims")
    session = TrainingSession.objects.create(organisation=organisation, reference="claims", title="Claims")
    people = [
        Person(f"p{number}@d{number % DESTINATIONS}.example", "Awa", str(number))
        for number in range(DESTINATIONS * AT_ONCE)
    ]
    message = post(Request(organisation, "convocation", "claims", "Convocation", "<p>Bonjour</p>", people, session))
    return list(message.recipients.values_list("id", flat=True))


def _measure(waiting: list[int]) -> list[float]:
    """Milliseconds of each claim, all claims given back between two rounds."""
    from django.utils import timezone

    from bienrecu.store import queue
    from bienrecu.store.models import Recipient

    times = []
    for number in range(ROUNDS):
        began = perf_counter()
        claimed: list[Any] = queue.claim("bench", [f"d{number % DESTINATIONS}.example"], AT_ONCE, timezone.now())
        times.append((perf_counter() - began) * 1000)
        assert len(claimed) == AT_ONCE, len(claimed)
        Recipient.objects.filter(id__in=waiting).update(claimed_by=None)
    return times


if __name__ == "__main__":
    main()
