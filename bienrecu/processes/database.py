"""The database: brought up to date by one process at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connection

# Any number that nothing else locks in this database.
_LOCK = 4_820_113


def bring_up_to_date() -> None:
    """Applies what is missing; data is kept. Several machines may start at once: the others wait."""
    with _alone():
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
    connection.close()


@contextmanager
def _alone() -> Iterator[None]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    else:
        settings.BIENRECU.data_dir.mkdir(parents=True, exist_ok=True)
        with (settings.BIENRECU.data_dir / "migrate.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
