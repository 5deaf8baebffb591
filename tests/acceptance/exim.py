"""A private Exim that takes mail for its domain and finds out later that it cannot keep it. Needs root.

Debian lets only one mail server be installed: Exim's program is unpacked into a folder of its own instead."""

import os
import pwd
from collections.abc import Mapping
from pathlib import Path

from tests.acceptance.foreign import Foreign
from tests.acceptance.packages import UNPACKED, USERS

PROGRAM = UNPACKED["exim4-daemon-light"] / "usr/sbin/exim4"
USER = USERS["exim4-daemon-light"]

# Exim keeps its rights only with a configuration that this file of Debian's names; the machine has no other Exim.
TRUSTED = Path("/etc/exim4/trusted_configs")

# The first router that knows the local part says why it cannot be delivered, the last one that nobody has that name.
CONFIGURATION = """
exim_path = {program}
primary_hostname = mx.{domain}
spool_directory = {home}/spool
log_file_path = {home}/log/%slog
pid_file_path = {home}/pid
local_interfaces = {host}
daemon_smtp_ports = {port}
domainlist ours = {domain}
acl_smtp_rcpt = rcpt
host_lookup =
tls_advertise_hosts =
rfc1413_query_timeout = 0s
keep_environment =

begin acl
rcpt:
  accept domains = +ours

begin routers
returns:
  driver = manualroute
  domains = ! +ours
  route_list = * 127.0.0.1
  self = send
  transport = back
{routers}
unknown:
  driver = redirect
  allow_fail
  data = :fail: Unknown user

begin transports
back:
  driver = smtp
  port = {returns_port}
  allow_localhost

begin retry
* * F,1h,2s
"""

ROUTER = """
{name}:
  driver = redirect
  local_parts = {name}
  allow_fail
  data = :fail: {words}
"""


class Exim(Foreign):
    """`fails` maps a local part of `domain` to why it cannot be delivered; nobody else is known. Everything that is not
    for `domain` goes to `returns_port` of this machine."""

    def __init__(self, domain: str, host: str, port: int, returns_port: int, fails: Mapping[str, str]) -> None:
        super().__init__("exim")
        self.host, self.port = host, port
        routers = "".join(ROUTER.format(name=name, words=words) for name, words in fails.items())
        self.configuration = CONFIGURATION.format(
            program=PROGRAM,
            home=self.home,
            domain=domain,
            host=host,
            port=port,
            returns_port=returns_port,
            routers=routers,
        )

    def begin(self) -> None:
        owner = pwd.getpwnam(USER)
        for folder in ("spool", "log"):
            (self.home / folder).mkdir()
            os.chown(self.home / folder, owner.pw_uid, owner.pw_gid)
        (self.home / "conf").write_text(self.configuration)
        TRUSTED.parent.mkdir(exist_ok=True)
        TRUSTED.write_text(f"{self.home / 'conf'}\n")
        self.run([PROGRAM, "-C", self.home / "conf", "-bdf", "-q2s"], self.port, b"220", self.host)

    def stop(self) -> None:
        super().stop()
        TRUSTED.unlink(missing_ok=True)

    def log(self) -> str:
        return "".join(file.read_text(errors="replace") for file in (self.home / "log").glob("*log"))
