"""A private Dovecot that takes mail over LMTP and whose users' own rules (Sieve, RFC 5429) refuse it. Needs root."""

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.acceptance.dovecot import DovecotError
from tests.acceptance.ports import free_port

CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
protocols = lmtp
listen = 127.0.0.1
ssl = no
first_valid_uid = 1
mail_location = maildir:{home}/mail/%u
submission_host = 127.0.0.1:{submission_port}
hostname = mx.sieve.test
postmaster_address = postmaster@sieve.test
service lmtp {{
  inet_listener lmtp {{
    port = {port}
  }}
}}
protocol lmtp {{
  mail_plugins = sieve
}}
plugin {{
  sieve = {home}/scripts/%u.sieve
}}
passdb {{
  driver = static
  args = nopassword=yes
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u allow_all_users=yes
}}
"""


class Sieve:
    """To be used as a context manager. `scripts` are the rules of each address; what they send leaves through
    `submission_port`."""

    def __init__(self, scripts: Mapping[str, str], submission_port: int) -> None:
        self.scripts, self.submission_port = scripts, submission_port
        self.home = Path(tempfile.mkdtemp(prefix="bienrecu-sieve-", dir="/tmp"))
        self.home.chmod(0o755)
        self.port = free_port()
        self.server: subprocess.Popen[bytes] | None = None
        atexit.register(self.stop)

    def __enter__(self) -> Self:
        try:
            self._write()
            self.server = subprocess.Popen(["dovecot", "-F", "-c", self.home / "dovecot.conf"])
            self._wait_until_it_answers()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind:
            print(self.log())
        self.stop()

    def stop(self) -> None:
        """Stops the server and removes its mail. Safe to call twice."""
        atexit.unregister(self.stop)
        if self.server and self.server.poll() is None:
            self.server.terminate()
            self.server.wait(20)
        shutil.rmtree(self.home, ignore_errors=True)

    def log(self) -> str:
        log = self.home / "log"
        return log.read_text() if log.exists() else ""

    def _write(self) -> None:
        owner = pwd.getpwnam("mail")
        for folder in ("mail", "scripts"):
            (self.home / folder).mkdir()
            os.chown(self.home / folder, owner.pw_uid, owner.pw_gid)
        for address, script in self.scripts.items():
            (self.home / "scripts" / f"{address}.sieve").write_text(script)
        (self.home / "dovecot.conf").write_text(
            CONFIGURATION.format(
                home=self.home,
                port=self.port,
                submission_port=self.submission_port,
                uid=owner.pw_uid,
                gid=owner.pw_gid,
            )
        )

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.server and self.server.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
                if line.recv(3) == b"220":
                    return
            time.sleep(0.05)
        raise DovecotError(self.log() or "Dovecot ended without a word.")
