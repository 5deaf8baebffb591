"""What `make test` runs: every test on SQLite, then those that open the database once more on PostgreSQL.

Arguments are handed to pytest in both passes: `python tests/run.py -k forged -x`, `python tests/run.py tests/site`."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.postgres import Postgres, PostgresError

NOTHING_COLLECTED = 5


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # unwinds, so that PostgreSQL is stopped
    with tempfile.TemporaryDirectory(prefix="bienrecu-tests-") as folder:
        results = [
            on_sqlite(Path(folder), arguments),
            on_postgresql(Path(folder), arguments),
        ]
    if all(code == NOTHING_COLLECTED for code in results):
        print("No test was found.")
        return NOTHING_COLLECTED
    words = [_in_words(code) for code in results]
    print(f"\nSQLite: {words[0]}. PostgreSQL: {words[1]}.")
    return int(any(code not in (0, NOTHING_COLLECTED) for code in results))


def on_sqlite(folder: Path, arguments: list[str]) -> int:
    print(f"== Every test, on SQLite {sqlite3.sqlite_version} ==", flush=True)
    return _pytest(folder, f"sqlite://{folder / 'bienrecu.sqlite3'}", arguments)


def on_postgresql(folder: Path, arguments: list[str]) -> int:
    try:
        with Postgres() as server:
            print(f"\n== The tests that open the database, on {server}, port {server.port} ==", flush=True)
            return _pytest(folder, server.create_database("bienrecu"), ["--database-only", *arguments])
    except PostgresError as problem:
        print(f"\nPostgreSQL could not be started, so nothing was tested on it.\n{problem}")
        return 1


def _pytest(folder: Path, database_url: str, arguments: list[str]) -> int:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BIENRECU_")}
    environment |= {
        "BIENRECU_DATABASE_URL": database_url,
        "BIENRECU_DATA_DIR": str(folder),
        # Nothing listens there: no test asks a name server that it did not start.
        "BIENRECU_DNS_SERVERS": "127.0.0.1:9",
        "LC_ALL": "C.UTF-8",
        # Far from the users' zone and from UTC: what takes the machine's time for theirs is seen.
        "TZ": "Pacific/Auckland",
    }
    named = any((ROOT / argument.split("::")[0]).exists() for argument in arguments if not argument.startswith("-"))
    command = [sys.executable, "-m", "pytest", *([] if named else ["tests"]), *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _in_words(code: int) -> str:
    return {0: "passed", NOTHING_COLLECTED: "nothing to run"}.get(code, "FAILED")


if __name__ == "__main__":
    started = time.monotonic()
    outcome = main(sys.argv[1:])
    print(f"{time.monotonic() - started:.0f} s.")
    sys.exit(outcome)
