"""Which e-mails hold the letters that somebody looks for, found without reading all of them: an index over every three
letters of `Recipient.search` (docs/decisions/0011).

The database keeps it by triggers, so that no way of writing can forget it: FTS5 on SQLite, `pg_trgm` on PostgreSQL, in
a table of its own there, as a row of `store_recipient` is written again at each change of status. Where neither can be
had, nothing narrows the search, and all e-mails of the session are read."""

import logging
import re
from functools import cache

from django.db import DatabaseError, connection, transaction

from bienrecu.store.sql import fetch

_log = logging.getLogger(__name__)

SHORTEST = 3
"""Letters that a word must have."""

TABLE = "store_recipient_letters"

_SQLITE = (
    "CREATE VIRTUAL TABLE store_recipient_letters USING fts5(search, content='store_recipient', content_rowid='id',"
    " tokenize='trigram', detail=none, columnsize=0)",
    "CREATE TRIGGER store_recipient_letters_keep AFTER INSERT ON store_recipient BEGIN"
    " INSERT INTO store_recipient_letters (rowid, search) VALUES (new.id, new.search); END",
    "CREATE TRIGGER store_recipient_letters_change AFTER UPDATE OF search ON store_recipient BEGIN"
    " INSERT INTO store_recipient_letters (store_recipient_letters, rowid, search)"
    " VALUES ('delete', old.id, old.search);"
    " INSERT INTO store_recipient_letters (rowid, search) VALUES (new.id, new.search); END",
    "CREATE TRIGGER store_recipient_letters_remove AFTER DELETE ON store_recipient BEGIN"
    " INSERT INTO store_recipient_letters (store_recipient_letters, rowid, search)"
    " VALUES ('delete', old.id, old.search); END",
    "INSERT INTO store_recipient_letters (store_recipient_letters) VALUES ('rebuild')",
)

# No foreign key: whoever truncates the table of e-mails would have to know of this one.
_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE TABLE store_recipient_letters (rowid bigint PRIMARY KEY, search text NOT NULL)",
    "INSERT INTO store_recipient_letters SELECT id, search FROM store_recipient",
    "CREATE INDEX ON store_recipient_letters USING gin (search gin_trgm_ops)",
    "CREATE OR REPLACE FUNCTION store_recipient_letters_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " CASE TG_OP WHEN 'TRUNCATE' THEN DELETE FROM store_recipient_letters;"
    " WHEN 'DELETE' THEN DELETE FROM store_recipient_letters WHERE rowid = old.id;"
    " ELSE INSERT INTO store_recipient_letters VALUES (new.id, new.search)"
    " ON CONFLICT (rowid) DO UPDATE SET search = excluded.search;"
    " END CASE; RETURN NULL; END $$",
    "DROP TRIGGER IF EXISTS store_recipient_letters_clear ON store_recipient",
    "CREATE TRIGGER store_recipient_letters_clear AFTER TRUNCATE ON store_recipient"
    " EXECUTE FUNCTION store_recipient_letters_keep()",
    "CREATE TRIGGER store_recipient_letters_keep AFTER INSERT OR DELETE OR UPDATE OF search ON store_recipient"
    " FOR EACH ROW EXECUTE FUNCTION store_recipient_letters_keep()",
)

_STATEMENTS = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}


def install() -> bool:
    """Makes it if it is not there, whole; says whether there is one. To be called after migrations: on SQLite, one that
    makes a table anew forgets its triggers."""
    if not _is_kept():
        try:
            _make()
        except DatabaseError as error:  # no FTS5, no pg_trgm, or no right to add it
            _log.warning("searches read every e-mail of a session: %s", str(error).strip())
    is_there.cache_clear()
    return is_there()


@cache
def is_there() -> bool:
    return _is_kept()


def candidates(patterns: list[str], most: int) -> tuple[list[int], bool]:
    """Some of those whose text is LIKE all of `patterns`, or a few more: at most `most`, and whether these are all. Of
    more than that the newest, where they come quickly. Nobody when it cannot tell: every word is too short, or there
    is no index."""
    usable = [_without_escapes(pattern) for pattern in patterns if _longest_word(pattern) >= SHORTEST]
    if not usable or not is_there():
        return [], False
    found = _alike(usable, most)
    if len(found) < most:
        return found, True
    # PostgreSQL would collect all to sort them; and on SQLite, few come quicker from the other end.
    return ([] if connection.vendor == "postgresql" else _alike(usable, most, "ORDER BY rowid DESC")), False


def _alike(patterns: list[str], most: int, order: str = "") -> list[int]:
    alike = " AND ".join(["search LIKE %s"] * len(patterns))
    with connection.cursor() as cursor:  # the plan depends on the words: it must not be kept
        cursor.execute(f"SELECT rowid FROM {TABLE} WHERE {alike} {order} LIMIT %s", [*patterns, most])  # noqa: S608
        return [id for (id,) in cursor.fetchall()]


def _longest_word(pattern: str) -> int:
    return max(len(word) for word in pattern.split("%"))


def _without_escapes(pattern: str) -> str:
    """Any sign where one is named by an escape, which FTS5 does not look up."""
    return re.sub(r"\\.", "_", pattern)


def _is_kept() -> bool:
    catalogue = "pg_trigger WHERE tgname" if connection.vendor == "postgresql" else "sqlite_master WHERE name"
    return bool(fetch(f"SELECT 1 FROM {catalogue} = %s", f"{TABLE}_keep"))  # noqa: S608  one of two constants


def _make() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (f"DROP TABLE IF EXISTS {TABLE}", *_STATEMENTS[connection.vendor]):
            cursor.execute(statement)
