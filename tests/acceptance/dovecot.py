"""A private Dovecot: shows a maildir as the one mailbox of one user, over IMAP on a port of loopback. Needs root."""

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from tests.acceptance.ports import free_port

USER, PASSWORD = "returns", "a password with a space"

CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{maildir}:CONTROL={home}/control:INDEX={home}/index
first_valid_uid = 1
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service auth {{
  unix_listener auth-client {{
    mode = 0666
  }}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}
}}
"""


class DovecotError(Exception):
    """Dovecot did not start; the text is what it said."""


class Dovecot:
    """To be used as a context manager. Works in `maildir` as the owner of that folder."""

    def __init__(self, maildir: Path) -> None:
        self.maildir = maildir
        self.home = Path(tempfile.mkdtemp(prefix="bienrecu-dovecot-", dir="/tmp"))
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
        self.stop()

    def stop(self) -> None:
        """Stops the server and removes its mail. Safe to call twice."""
        atexit.unregister(self.stop)
        if self.server and self.server.poll() is None:
            self.server.terminate()
            self.server.wait(20)
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"imap://{USER}:{quote(PASSWORD)}@127.0.0.1:{self.port}/INBOX"

    @property
    def logins(self) -> Path:
        """The socket where a mail server asks whether a password is right."""
        return self.home / "run/auth-client"

    def _write(self) -> None:
        owner = self.maildir.stat()
        for folder in ("control", "index"):
            (self.home / folder).mkdir()
            os.chown(self.home / folder, owner.st_uid, owner.st_gid)
        (self.home / "users").write_text(f"{USER}:{PASSWORD}\n")
        (self.home / "dovecot.conf").write_text(
            CONFIGURATION.format(
                home=self.home, maildir=self.maildir, port=self.port, uid=owner.st_uid, gid=owner.st_gid
            )
        )

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.server and self.server.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
                if line.recv(4) == b"* OK":
                    return
            time.sleep(0.05)
        log = self.home / "log"
        raise DovecotError(log.read_text() if log.exists() else "Dovecot ended without a word.")
