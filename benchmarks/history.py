"""How long the History page takes to make, over 10,000 and over 1,000,000 recipients of one session.

`python -m benchmarks.history` fills a database of its own beside that of BIENRECU_DATABASE_URL, asks for the pages
through the whole application (no network), and removes it again. The sizes can be given as arguments."""

import os
import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bienrecu.config.settings")

import django

ROUNDS = 40
START = datetime(2027, 1, 5, 8, 14, tzinfo=UTC)
# Most e-mails arrive; as in life, failures are few.
SHARES = {"requested": 5, "sent": 40, "received": 700, "reception_impossible": 4, "send_error": 1, "opened": 250}


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or [10_000, 1_000_000]
    django.setup()
    from django.db import connection

    with tempfile.TemporaryDirectory() as folder:
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = str(Path(folder) / "bench.sqlite3")
        old = str(connection.settings_dict["NAME"])
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            for size in sizes:
                _print(connection.vendor, size, measure(fill(size)))
        finally:
            connection.creation.destroy_test_db(old, verbosity=0)


def _print(vendor: str, size: int, figures: dict[str, list[float]]) -> None:
    print(f"\nHistory over {size:,} rows on {vendor}: server time in ms (median, p95)")
    for name, times in figures.items():
        print(f"  {name:34} {statistics.median(times):8.1f} {statistics.quantiles(times, n=20)[-1]:8.1f}")


def fill(size: int) -> Any:
    """A session with `size` recipients, written in bulk SQL; returns the session."""
    from django.db import connection, transaction

    from bienrecu.domain.status import Status
    from bienrecu.store.models import Message, Organisation, Recipient, SessionCount, TrainingSession

    organisation = Organisation.objects.create(slug=f"bench-{size}", name="Bench")
    session = TrainingSession.objects.create(organisation=organisation, reference=f"bench-{size}", title="Bench")
    message = Message.objects.create(
        organisation=organisation, session=session, type="convocation", key=str(size), subject="x", requested_at=START
    )
    columns = [field.column for field in Recipient._meta.concrete_fields if field.column != "id"]
    places = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO store_recipient ({', '.join(columns)}) VALUES ({places})"
    counted = dict.fromkeys(Status, 0)
    rows = _rows(size, session, message, counted)
    adapt = connection.ops.adapt_datetimefield_value
    with transaction.atomic(), connection.cursor() as cursor:
        while chunk := list(islice(rows, 10_000)):
            cursor.executemany(
                statement,
                [[adapt(v) if isinstance(v := row[c], datetime) else v for c in columns] for row in chunk],
            )
    SessionCount.objects.bulk_create(
        SessionCount(session=session, status=status, count=number) for status, number in counted.items()
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE store_recipient")
    return session


def _rows(size: int, session: Any, message: Any, counted: dict[Any, int]) -> Iterator[dict[str, Any]]:
    from bienrecu.domain.searchable import searchable
    from bienrecu.domain.status import Status

    dice = random.Random(size)
    given = "Awa Noé Inès Hugo Maud Élodie Zoé Paul Chloé Karim Sofia Léa Jean-Marc Aïcha Théo Ève".split()
    family = "Diallo Lambert Roche Petit Garnier Lefèvre Nguyen Morel Benali Dubois Costa Faure Marchand Çelik".split()
    types = ["convocation", "evaluation", "certificate", "programme"]
    statuses = [Status[name.upper()] for name in SHARES]
    for number in range(size):
        status = dice.choices(statuses, list(SHARES.values()))[0]
        counted[status] += 1
        name, type = f"{dice.choice(given)} {dice.choice(family)}", types[number * len(types) // size]
        address = f"person{number}@exemple.fr"
        # Batches of five thousand, asked for at one instant each.
        asked = START + timedelta(minutes=number // 5000)
        yield {
            "organisation_id": session.organisation_id,
            "session_id": session.id,
            "message_id": message.id,
            "contact_id": None,
            "resend_of_id": None,
            "type": type,
            "role": "participant",
            "name": name,
            "address": address,
            "subject": f"Votre {type} : habilitation électrique",
            "attachment_count": number % 2,
            "search": searchable(name, address, f"Votre {type} : habilitation électrique"),
            "token": f"{size % 9}{number:015d}",
            "msg_id": f"{number}@exemple.fr",
            "tracked": False,
            "status": status.value,
            "since": asked,
            "reason": "mailbox_full" if status.is_failure else "",
            "flags": 0,
            "requested_at": asked,
            "sent_at": None if status is Status.REQUESTED else asked + timedelta(seconds=number % 60),
            "host": "mx.exemple.fr",
            "destination": "exemple.fr",
            "due_since": asked,
            "due_at": None,
            "claimed_by": None,
            "transmitting": False,
            "failed_attempts": 0,
            "lost_answers": 0,
        }


if __name__ == "__main__":
    main()
