"""A private Dovecot that takes mail over LMTP and whose users' own rules (Sieve, RFC 5429) refuse it. Needs root."""

import os
import pwd
from collections.abc import Mapping

from tests.acceptance.foreign import Foreign
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


class Sieve(Foreign):
    """`scripts` are the rules of each address; what they send leaves through `submission_port`."""

    def __init__(self, scripts: Mapping[str, str], submission_port: int) -> None:
        super().__init__("sieve")
        self.scripts, self.submission_port, self.port = scripts, submission_port, free_port()

    def begin(self) -> None:
        self._write()
        self.run(["dovecot", "-F", "-c", self.home / "dovecot.conf"], self.port, b"220")

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
