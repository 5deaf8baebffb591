"""A real name server, NSD, on loopback: one zone, rewritten as a test goes on, as its owner would."""

import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import dns.exception
import dns.resolver

from tests.acceptance.ports import free_port

_CONFIGURATION = """
server:
  ip-address: 127.0.0.1@{port}
  username: ""
  chroot: ""
  zonesdir: "{home}"
  pidfile: "{home}/nsd.pid"
  zonelistfile: "{home}/zone.list"
  xfrdfile: "{home}/xfrd.state"
  xfrdir: "{home}"
  logfile: "{home}/log"
  database: ""
remote-control:
  control-enable: no
zone:
  name: "{zone}"
  zonefile: "zone"
"""
_HEAD = "$ORIGIN {zone}.\n$TTL 1\n@ IN SOA ns hostmaster {serial} 3600 600 86400 1\n@ IN NS ns\nns IN A 127.0.0.1\n"


class Nsd:
    """To be used as a context manager. `records` are lines of the zone file."""

    def __init__(self, zone: str, records: list[str]) -> None:
        self.zone, self.port, self.serial = zone, free_port(), 0
        self.home = Path(tempfile.mkdtemp(prefix="bienrecu-nsd-", dir="/tmp"))
        (self.home / "conf").write_text(_CONFIGURATION.format(port=self.port, home=self.home, zone=zone))
        self._write(records)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        nsd = shutil.which("nsd", path="/usr/sbin:/usr/bin") or "nsd"
        self.process = subprocess.Popen([nsd, "-d", "-c", str(self.home / "conf")], stderr=subprocess.DEVNULL)
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(20)
        shutil.rmtree(self.home, ignore_errors=True)

    def publish(self, records: list[str]) -> None:
        """The zone is these, once this returns."""
        self._write(records)
        assert self.process is not None
        self.process.send_signal(signal.SIGHUP)
        self._wait()

    def ask(self, name: str, kind: str) -> list[bytes]:
        """The strings of each TXT record, or each record as text."""
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port, resolver.lifetime = ["127.0.0.1"], self.port, 3
        try:
            found = resolver.resolve(name, kind)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        return [b"".join(getattr(one, "strings", (str(one).encode(),))) for one in found]

    def _write(self, records: list[str]) -> None:
        self.serial += 1
        head = _HEAD.format(zone=self.zone, serial=self.serial)
        (self.home / "zone").write_text(head + "\n".join([*records, ""]))

    def _wait(self) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                if any(f" {self.serial} ".encode() in soa for soa in self.ask(f"{self.zone}.", "SOA")):
                    return
            except dns.exception.DNSException:
                pass
            time.sleep(0.1)
        raise AssertionError(f"NSD does not serve what was written: {(self.home / 'log').read_text()[-2000:]}")
