"""A private Dovecot: shows a maildir as the one mailbox of one user, over IMAP on a port of loopback. Needs root."""

import os
from pathlib import Path
from urllib.parse import quote

from tests.acceptance.foreign import Foreign
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


class Dovecot(Foreign):
    """Works in `maildir` as the owner of that folder."""

    def __init__(self, maildir: Path) -> None:
        super().__init__("dovecot")
        self.maildir, self.port = maildir, free_port()

    def begin(self) -> None:
        self._write()
        self.run(["dovecot", "-F", "-c", self.home / "dovecot.conf"], self.port, b"* OK")

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
