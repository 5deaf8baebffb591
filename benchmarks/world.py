"""What benchmarks share: databases gone afterwards, programs that wait for the word, what they cost, tables."""

import os
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.postgres import Postgres

ROOT = Path(__file__).parent.parent
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class World:
    """An empty database and a folder of its own. `servers` are processes whose work is the database's."""

    name: str
    folder: Path
    database_url: str
    servers: tuple[int, ...] = ()

    def environment(self, **settings: str) -> dict[str, str]:
        """For a process that lives in it: `settings` are Bien Reçu's, without their prefix."""
        ours = {"data_dir": str(self.folder), "database_url": self.database_url, "log_level": "warning"} | settings
        outer = {name: value for name, value in os.environ.items() if not name.startswith("BIENRECU_")}
        return outer | {f"BIENRECU_{name.upper()}": value for name, value in ours.items()}

    def migrate(self) -> Self:
        subprocess.run([sys.executable, "-m", "bienrecu", "migrate"], cwd=ROOT, env=self.environment(), check=True)
        return self


@dataclass
class Worlds:
    """Makes worlds, as durable as in production, that are gone when the context ends."""

    folder: Path
    postgres: Postgres
    _made: Counter[str] = field(default_factory=Counter)

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Self]:
        with tempfile.TemporaryDirectory(prefix="bienrecu-bench-") as folder, Postgres(durable=True) as postgres:
            yield cls(Path(folder), postgres)

    def sqlite(self) -> World:
        folder = self._new_folder("sqlite")
        return World("SQLite", folder, f"sqlite://{folder / 'bench.sqlite3'}")

    def postgresql(self) -> World:
        folder = self._new_folder("postgresql")
        assert self.postgres.server
        return World(
            "PostgreSQL", folder, self.postgres.create_database(folder.name), servers=(self.postgres.server.pid,)
        )

    def _new_folder(self, kind: str) -> Path:
        self._made[kind] += 1
        folder = self.folder / f"{kind}{self._made[kind]}"
        folder.mkdir()
        return folder


class Program:
    """A module that runs in a process of its own, told and telling by lines. It is ended with the context."""

    def __init__(self, module: str, *arguments: str, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._name = " ".join((module, *arguments))

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def tell(self, line: str) -> None:
        assert self._process.stdin
        print(line, file=self._process.stdin, flush=True)

    def hear(self) -> str:
        """Its next line."""
        assert self._process.stdout
        if not (line := self._process.stdout.readline()):
            raise RuntimeError(f"{self._name} ended before its work was done")
        return line.rstrip("\n")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()


class Sink:
    """The server of `benchmarks/sink.py`, which everything is sent to."""

    def __init__(self, folder: Path) -> None:
        self._record = folder / "taken"
        self._program = Program("benchmarks.sink", "--record", str(self._record), environment=dict(os.environ))
        self.port = self._program.hear().rpartition(":")[2]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._program.stop()

    def check(self, count: int) -> None:
        """Raises RuntimeError unless it got a message for each of `count` recipients, once."""
        recipients = [line.split("\t")[0] for line in self._record.read_text().splitlines()]
        if len(recipients) != count or len(set(recipients)) != count:
            raise RuntimeError(f"{count} messages: the server took {len(recipients)} for {len(set(recipients))}")


def cpu_seconds(*processes: int) -> float:
    """What these processes have used, with their children, those that ended included (Linux only)."""
    total, waiting = 0.0, list(processes)
    while waiting:
        folder = Path("/proc") / str(waiting.pop())
        try:
            # The fields after the name, which may hold anything: state is the first, utime the twelfth.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            total += sum(int(ticks) for ticks in fields[11:15]) / _TICK
            for thread in (folder / "task").iterdir():
                waiting += [int(child) for child in (thread / "children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def spread(values: Sequence[float], form: str = ",.0f") -> str:
    """The median, and between which values it lies."""
    return f"{statistics.median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    print(f"\n{title}")
    for row in (head, *rows):
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())
    sys.stdout.flush()
