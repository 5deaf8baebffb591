"""How long *Réputation* takes to make when a million e-mails have been answered, and how long counting them took.

`python -m benchmarks.reputation` works in a database of its own beside that of BIENRECU_DATABASE_URL. The number of
e-mails can be given as an argument."""

import statistics
import sys
from datetime import timedelta
from time import perf_counter
from typing import Any

from benchmarks.history import database, fill

ROUNDS = 30


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with database() as vendor:
        session = fill(size)
        _answer_all(session)
        counted = _count()
        times = _pages(session)
    print(f"\nRéputation over {size:,} e-mails that were answered, on {vendor}")
    print(f"  counting their events, once      {counted:8.1f} s")
    print(f"  the page, ms (median, p95)       {statistics.median(times):8.1f} {statistics.quantiles(times)[-1]:8.1f}")


def _answer_all(session: Any) -> None:
    """One event for each: delivered, or refused for one in a hundred; over thirty days, to five operators."""
    from django.db import connection
    from django.utils import timezone

    from bienrecu.store.models import Attempt, Message, Recipient

    now = timezone.now()
    Message.objects.filter(session=session).update(author_address="envoi@of-exemple.fr")
    first = Recipient.objects.filter(session=session).order_by("id").values_list("id", flat=True)[0]
    attempt = Attempt.objects.create(recipient_id=first, started_at=now, ended_at=now)
    places = ("gmail.com", "orange.fr", "outlook.fr", "free.fr", "entreprise.example")
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        for place, domain in enumerate(places):
            cursor.execute(
                "UPDATE store_recipient SET address = 'p@' || %s WHERE session_id=%s AND id %% 5 = %s",
                [domain, session.id, place],
            )
        for back in range(30):
            at = adapt(now - timedelta(days=back, minutes=5))
            cursor.execute(
                "INSERT INTO store_event (organisation_id, recipient_id, key, kind, at, recorded_at, reason, words,"
                " attempt_id) SELECT organisation_id, id, 'attempt', CASE WHEN id %% 100 = 0 THEN 'refused' ELSE"
                " 'delivered' END, %s, %s, CASE WHEN id %% 100 = 0 THEN 'address_unknown' ELSE '' END, '', %s"
                " FROM store_recipient WHERE session_id=%s AND id %% 30 = %s",
                [at, at, attempt.id, session.id, back],
            )


def _count() -> float:
    from django.utils import timezone

    from bienrecu.store.tally import count_events

    began = perf_counter()
    while count_events(timezone.now()):
        pass
    return perf_counter() - began


def _pages(session: Any) -> list[float]:
    from django.test import Client

    from bienrecu.store.models import Membership, User

    user = User.objects.create_user("bench-reputation@exemple.fr", language="fr")
    Membership.objects.create(user=user, organisation=session.organisation, role="administrator")
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    times = []
    for _ in range(ROUNDS):
        began = perf_counter()
        response = client.get(f"/o/{session.organisation.slug}/reputation")
        times.append((perf_counter() - began) * 1000)
        assert response.status_code == 200
        assert "of-exemple.fr" in response.content.decode()
    return times


if __name__ == "__main__":
    main()
