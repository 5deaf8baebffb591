"""A private rspamd that filters for a Postfix: refuses what holds one word, and asks strangers to come back.

It asks nobody outside this machine: no lists, no fuzzy hashes, and names are resolved where the tests say."""

import atexit
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.acceptance.ports import free_port

SPAM = "tirelipimpon"
"""What this one takes for spam."""

RULES = """
config = {{}}
rspamd_config.OUR_SPAM = {{
  callback = function(task)
    for _, part in ipairs(task:get_text_parts()) do
      if tostring(part:get_content()):find("{spam}") then return true end
    end
    return false
  end,
  score = 20.0,
}}
"""

CONFIGURATION = """
options {{
  pidfile = "{home}/pid";
  tempdir = "{home}";
  cache_file = "{home}/cache";
  hs_cache_dir = "{home}";
  control_socket = "{home}/control mode=0600";
  local_addrs = [];
  filters = "";
  dns {{ nameserver = ["{dns}"]; timeout = 1s; retransmits = 1; }}
}}
logging {{ type = "file"; filename = "{home}/log"; level = "info"; }}
actions {{ reject = 15; add_header = 6; greylist = -100; }}
redis {{ servers = "127.0.0.1:{redis}"; }}
greylist {{
  timeout = {greylisted}s;
  expire = 1d;
  check_local = true;
  check_authed = true;
}}
modules {{ path = "/usr/share/rspamd/plugins/greylist.lua"; }}
lua = "{home}/rules.lua";
worker "rspamd_proxy" {{
  bind_socket = "127.0.0.1:{port}";
  count = 1;
  milter = yes;
  timeout = 20s;
  upstream "local" {{ default = yes; self_scan = yes; }}
}}
"""


class RspamdError(Exception):
    """rspamd did not start; the text is what it said."""


class Rspamd:
    """To be used as a context manager. It is a milter at `port` of 127.0.0.1; who is new there waits `greylisted`
    seconds."""

    def __init__(self, dns: str, greylisted: int) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="bienrecu-rspamd-", dir="/tmp"))
        self.port, self.redis_port = free_port(), free_port()
        self.configuration = CONFIGURATION.format(
            home=self.home, dns=dns, redis=self.redis_port, port=self.port, greylisted=greylisted
        )
        self.servers: list[subprocess.Popen[bytes]] = []
        atexit.register(self.stop)

    def __enter__(self) -> Self:
        (self.home / "rules.lua").write_text(RULES.format(spam=SPAM))
        (self.home / "rspamd.conf").write_text(self.configuration)
        redis = ["redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", ""]
        try:
            self._start([*redis, "--dir", str(self.home), "--logfile", str(self.home / "redis.log")], self.redis_port)
            self._start(["rspamd", "-f", "-i", "-c", str(self.home / "rspamd.conf")], self.port)
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

    @property
    def milter(self) -> str:
        return f"inet:127.0.0.1:{self.port}"

    def stop(self) -> None:
        """Stops the servers and removes what they kept. Safe to call twice."""
        atexit.unregister(self.stop)
        for server in reversed(self.servers):
            if server.poll() is None:
                server.terminate()
                server.wait(20)
        shutil.rmtree(self.home, ignore_errors=True)

    def log(self) -> str:
        log = self.home / "log"
        return log.read_text(errors="replace")[-10_000:] if log.exists() else ""

    def _start(self, command: list[str], port: int) -> None:
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self.servers.append(server)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and server.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
                return
            time.sleep(0.05)
        raise RspamdError(self.log() or f"{command[0]} ended without a word.")
