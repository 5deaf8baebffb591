"""A real installation of Bien Reçu in a folder of its own, driven by its commands as its operator would."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg

from tests.acceptance.ports import free_port
from tests.private import Private

HTML = "<html><body><p>Bonjour {{ prenom }}, voici votre convocation.</p></body></html>"


SESSION, TITLE = "SST-2027-01", "Sauveteur secouriste du travail"
STAFF, PASSWORD = "marie@formation-exemple.test", "une phrase assez longue"
"""The session that every installation starts with, and who looks after it."""


class Row(NamedTuple):
    """What `bienrecu status --json` says of one recipient."""

    session: str
    recipient: str
    type: str
    status: str
    since: str
    reason: str


class Installation(Private):
    """`settings` are those of docs/settings.md, without their prefix.

    What `serve` and `start` began is stopped at the end, by its process group."""

    def __init__(self, *, database_url: str = "", **settings: str) -> None:
        super().__init__("installation")
        self.web_port, self.returns_port = free_port(), free_port()
        self.database_url = database_url or f"sqlite://{self.home / 'bienrecu.sqlite3'}"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.settings = {
            "data_dir": str(self.home),
            "database_url": self.database_url,
            "public_url": f"http://127.0.0.1:{self.web_port}",
            "listen": f"127.0.0.1:{self.web_port}",
            "returns_listen": f"127.0.0.1:{self.returns_port}",
            "simulator": "no",
            "return_path": "r.{token}@returns.example.test",
            "platform_address": "envoi@example.test",
            "hostname": "mail.example.test",
            "allow_private_addresses": "yes",
            "retry_first_wait": "1",
            **settings,
        }

    def begin(self) -> None:
        self.run("migrate")
        self.run("add-organisation", "formation-exemple", "Formation Exemple")
        self.run("add-session", SESSION, TITLE)
        self.run("add-user", STAFF, "--name", "Marie Exemple", "--password", PASSWORD)

    @property
    def url(self) -> str:
        """Where the pages are."""
        return self.settings["public_url"]

    def run(self, *arguments: str) -> str:
        """Runs one command to its end; returns what it printed. Raises AssertionError with what it complained of."""
        command = [sys.executable, "-m", "bienrecu", *arguments]
        told = subprocess.run(
            command, cwd=self.home, env=self.environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert told.returncode == 0, f"bienrecu {' '.join(arguments)}: {told.stdout}{told.stderr}"
        return told.stdout

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Starts a command that stays, in a process group of its own; its log is that of the installation."""
        with (self.home / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "bienrecu", *arguments],
                cwd=self.home,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def serve(self) -> None:
        """Starts everything, and waits until the pages answer."""
        serving = self.start("serve")
        wait_for(lambda: self._answers() or serving.poll() is not None, "the pages answer")
        assert serving.poll() is None, f"bienrecu serve ended: {self.log()}"

    def stop(self) -> None:
        """Stops what was started, as Ctrl-C and a patient operator would."""
        for process in self.processes:
            _end(process)
        self.processes.clear()

    def send(
        self,
        addresses: Sequence[str],
        *,
        subject: str = "Convocation",
        html: str = HTML,
        attach: Path | None = None,
    ) -> str:
        """Posts one message to `addresses`, through the command."""
        page, recipients = self.home / "message.html", self.home / "recipients.csv"
        page.write_text(html)
        rows = [f"{address},Prénom{number},Nom{number}" for number, address in enumerate(addresses)]
        recipients.write_text("\n".join(["email,prenom,nom", *rows, ""]))
        return self.run(
            "send", "--session", SESSION, "--type", "convocation", "--subject", subject,
            "--html", str(page), "--recipients", str(recipients), *(["--attach", str(attach)] if attach else []),
        )  # fmt: skip

    def status(self) -> dict[str, Row]:
        """The rows of the session, by recipient."""
        rows = [Row(**row) for row in json.loads(self.run("status", "--session", SESSION, "--json"))]
        return {row.recipient: row for row in rows}

    def standings(self) -> dict[str, tuple[str, str]]:
        """The latest event of each recipient, and their status."""
        latest = dict(
            self.query(
                "SELECT address, kind FROM store_event JOIN store_recipient ON store_recipient.id = recipient_id "
                "ORDER BY store_event.id"
            )
        )
        return {address: (latest[address], row.status) for address, row in self.status().items()}

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """What its database holds, for what no command tells."""
        if self.database_url.startswith("sqlite:"):
            with sqlite3.connect(self.database_url.removeprefix("sqlite://"), timeout=30) as file:
                return file.execute(sql).fetchall()
        with psycopg.connect(self.database_url) as server:
            return server.execute(sql).fetchall()

    @property
    def environment(self) -> Mapping[str, str]:
        ours = {f"BIENRECU_{name.upper()}": value for name, value in self.settings.items()}
        theirs = {name: value for name, value in os.environ.items() if not name.startswith("BIENRECU_")}
        return {**theirs, **ours, "PYTHONPATH": str(Path(__file__).parent.parent.parent)}

    def _answers(self) -> bool:
        try:
            urlopen(self.url, timeout=5).close()
        except HTTPError as answer:
            return answer.code < 500
        except OSError:
            return False
        return True


def eventually_equal(ours: Callable[[], Any], theirs: Callable[[], Any], seconds: float = 60) -> None:
    """Asserts that both agree, at once or soon; what still differs at the end is shown."""
    with suppress(AssertionError):
        wait_for(lambda: ours() == theirs(), "", seconds, pause=0.5)
    assert ours() == theirs()


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 60, pause: float = 0.2) -> None:
    """Returns as soon as `condition` holds. Raises AssertionError when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain until {what}"
        time.sleep(pause)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kills a command and its children at once, as a power cut would."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(20)
    kill(process)
