"""How long the History page takes to make, over 10,000 and over 1,000,000 recipients of one session.

`python -m benchmarks.history` fills a database of its own beside that of BIENRECU_DATABASE_URL, asks for the pages
through the whole application (no network), and removes it again. The sizes can be given as arguments."""

import os
import random
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
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
    with database() as vendor:
        for size in sizes:
            _print(vendor, size, measure(fill(size)))


@contextmanager
def database() -> Iterator[str]:
    """An empty database beside that of BIENRECU_DATABASE_URL, removed afterwards; gives the kind it is of."""
    django.setup()
    from django.db import connection

    with tempfile.TemporaryDirectory() as folder:
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = str(Path(folder) / "bench.sqlite3")
        old = str(connection.settings_dict["NAME"])
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            yield connection.vendor
        finally:
            connection.creation.destroy_test_db(old, verbosity=0)


def _print(vendor: str, size: int, figures: dict[str, list[float]]) -> None:
    print(f"\nHistory over {size:,} rows on {vendor}: server time in ms (median, p95)")
    for name, times in figures.items():
        print(f"  {name:34} {statistics.median(times):8.1f} {statistics.quantiles(times, n=20)[-1]:8.1f}")


def measure(session: Any) -> dict[str, list[float]]:
    """Server time of each kind of page, in ms, asked for as a browser would by somebody who is logged in."""
    from django.test import Client

    from bienrecu.store.models import Membership, User

    user = User.objects.create_user(f"bench-{session.id}@exemple.fr", language="fr")
    Membership.objects.create(user=user, organisation=session.organisation)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    address = f"/o/{session.organisation.slug}/sessions/{session.id}/suivi/emails/historique"
    pages = {
        "first page, by date": "?",
        "a page in the middle, by date": _middle(session, "-date"),
        "first page, by recipient": "?sort=recipient",
        "a page in the middle, by recipient": _middle(session, "recipient"),
        "first page, by status": "?sort=status",
        "a page in the middle, by status": _middle(session, "status"),
        "last page": "?before=end",
        "one status, by recipient": "?status=send_error&sort=recipient",
        "two statuses": "?status=received&status=opened",
        "search found everywhere": "?q=diallo",
        "search found once": "?q=person4321%40",
        "look again, nothing new": _unchanged(client, address),
    }
    return {name: [_milliseconds(client, address + query) for _ in range(ROUNDS)] for name, query in pages.items()}


def _middle(session: Any, sort: str) -> str:
    """The address of a page in the middle, as the link of the page before it would give it."""
    from django.db.models import Max, Min
    from django.http import QueryDict

    from bienrecu.domain.status import Status
    from bienrecu.store.models import Recipient
    from bienrecu.store.models.mail import SORT_NAME
    from bienrecu.store.queries.history import Cursor, Position, Sort
    from bienrecu.web import history_address

    rows = Recipient.objects.filter(session=session)
    ends = rows.aggregate(first=Min("id"), last=Max("id"))
    row = rows.annotate(sort_name=SORT_NAME).get(id=(ends["first"] + ends["last"]) // 2)
    address = history_address.read(QueryDict(f"sort={sort}"))
    key = row.sort_name if address.order.sort is Sort.RECIPIENT else row.requested_at
    return address.at(Cursor(Position(Status(row.status), key, row.id)))


def _unchanged(client: Any, address: str) -> str:
    found = re.search(r"seen=(\w+)", client.get(address).content.decode())
    assert found
    return f"?{found[0]}"


def _milliseconds(client: Any, address: str) -> float:
    start = perf_counter()
    response = client.get(address, headers={"HX-Request": "true"} if "seen=" in address else {})
    took = (perf_counter() - start) * 1000
    assert response.status_code == (204 if "seen=" in address else 200), response.status_code
    return took


def fill(size: int) -> Any:
    """A session with `size` recipients, written in bulk SQL; returns the session."""
    from django.db import connection, transaction

    from bienrecu.domain.status import Status
    from bienrecu.store import sql
    from bienrecu.store.models import Message, Organisation, Recipient, SessionCount, TrainingSession

    organisation = Organisation.objects.create(slug=f"bench-{size}", name="Bench")
    session = TrainingSession.objects.create(organisation=organisation, reference=f"bench-{size}", title="Bench")
    message = Message.objects.create(
        organisation=organisation, session=session, type="convocation", key=str(size), subject="x", requested_at=START
    )
    defaults = {field.column: field.get_default() for field in Recipient._meta.concrete_fields if field.column != "id"}
    counted = dict.fromkeys(Status, 0)
    with transaction.atomic():
        sql.pour(
            "store_recipient",
            list(defaults),
            (list((defaults | row).values()) for row in _rows(size, session, message, counted)),
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
            "type": type,
            "role": "participant",
            "name": name,
            "address": address,
            "subject": f"Votre {type} : habilitation électrique",
            "attachment_count": number % 2,
            "search": searchable(name, address, f"Votre {type} : habilitation électrique"),
            "token": f"{session.id:04d}{number:012d}",
            "msg_id": f"{number}@exemple.fr",
            "status": status.value,
            "since": asked,
            "reason": "mailbox_full" if status.is_failure else "",
            "requested_at": asked,
            "sent_at": None if status is Status.REQUESTED else asked + timedelta(seconds=number % 60),
            "host": "mx.exemple.fr",
            "unsettled_since": asked if status.is_failure else None,
            "destination": "exemple.fr",
            "due_since": asked,
        }


if __name__ == "__main__":
    main()
