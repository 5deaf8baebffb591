"""Plain SQL for the few statements that every message goes through: the ORM takes longer to compose them than the
database to run them (docs/performance.md)."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

Row = tuple[Any, ...]


def fetch(statement: str, *parameters: Any) -> list[Row]:
    """The rows it gives. A list among `parameters` stands for an `IN %s`, which finds nothing in an empty one.

    PostgreSQL keeps its plan for the next time, whatever the values are."""
    if [] in parameters:
        return []
    if connection.vendor == "postgresql":
        statement = statement.replace("NOT IN %s", "<> ALL(%s)").replace("IN %s", "= ANY(%s)")
        values = list(parameters)
    else:
        statement, values = _spelt_out(statement, parameters)
    with _cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def run_each(statement: str, rows: Iterable[Row]) -> None:
    """Once for each of `rows`, in one round trip."""
    adapted = [_adapted(row) for row in rows]
    if adapted:
        with _cursor() as cursor:
            cursor.executemany(statement, adapted)


_MOST_VALUES = 30_000  # of one statement, on SQLite


def insert(table: str, columns: Sequence[str], rows: Sequence[Row]) -> list[int]:
    """The numbers that the new rows get, in their order."""
    at_once = _MOST_VALUES // len(columns)
    each, ids = f"({', '.join(['%s'] * len(columns))})", list[int]()
    for chunk in (rows[at : at + at_once] for at in range(0, len(rows), at_once)):
        values = ", ".join([each] * len(chunk))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values} RETURNING id"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(statement, [value for row in chunk for value in _adapted(row)])
            ids += [id for (id,) in cursor.fetchall()]
    return ids


def pour(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Adds many rows, in their order."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608
        cursor.executemany(statement, map(_adapted, rows))


def _cursor() -> Any:
    """On PostgreSQL, one whose statements are prepared: to plan them anew takes longer than to run them."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    from django.db.backends.postgresql.base import ServerBindingCursor  # noqa: PLC0415  needs psycopg's libraries

    connection.ensure_connection()
    return connection.make_cursor(ServerBindingCursor(connection.connection))


def _spelt_out(statement: str, parameters: Iterable[Any]) -> tuple[str, list[Any]]:
    flat: list[Any] = []
    for parameter in parameters:
        if isinstance(parameter, list):
            statement = statement.replace("IN %s", f"IN ({', '.join(['%s'] * len(parameter))})", 1)
            flat += parameter
        else:
            flat.append(parameter)
    return statement, _adapted(flat)


def _adapted(values: Iterable[Any]) -> Iterable[Any]:
    if connection.vendor == "postgresql":
        return list(values)
    adapt = connection.ops.adapt_datetimefield_value
    return [adapt(value) if isinstance(value, datetime) else value for value in values]


@contextmanager
def soon_durable() -> Iterator[None]:
    """A transaction that a power cut may undo, whole, until the next ordinary one of this connection is written: for
    what is only worth keeping while this process lives. Within another transaction it is a part of that."""
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "postgresql":
        with transaction.atomic():
            fetch("SELECT set_config('synchronous_commit', 'off', true)")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
        try:
            with transaction.atomic():
                yield
        finally:
            cursor.execute("PRAGMA synchronous=FULL")


_MANY = 1000


def has_grown(table: str, rows: int) -> None:
    """To be called, in the same transaction, when `rows` were added to a table that others refer to. PostgreSQL keeps
    the plans by which it checks references at COMMIT: those made while the table was small read it whole for each
    row, minutes for 50,000. It makes them anew once the table has been analyzed."""
    if connection.vendor == "postgresql" and rows >= _MANY:
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {table}")


def for_update(*, skip_locked: bool = False) -> str:
    """To end a SELECT with. SQLite needs none: its transactions begin by taking the one lock there is."""
    if not connection.features.has_select_for_update:
        return ""
    return f" {connection.ops.for_update_sql(skip_locked=skip_locked)}"


def moment(value: datetime | str) -> datetime:
    """What a column of times gives: on SQLite, where they are texts in UTC, what the driver could make of it."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value if value.tzinfo else value.replace(tzinfo=UTC)
