"""A real name server, NSD, on loopback: one zone, rewritten as a test goes on, as its owner would."""

import shutil
import signal
from contextlib import suppress

import dns.exception
import dns.resolver

from tests.acceptance.foreign import Foreign
from tests.acceptance.installation import wait_for
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


class Nsd(Foreign):
    """`records` are lines of the zone file."""

    def __init__(self, zone: str, records: list[str]) -> None:
        super().__init__("nsd")
        self.zone, self.port, self.serial = zone, free_port(), 0
        (self.home / "conf").write_text(_CONFIGURATION.format(port=self.port, home=self.home, zone=zone))
        self._write(records)

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    def begin(self) -> None:
        nsd = shutil.which("nsd", path="/usr/sbin:/usr/bin") or "nsd"
        self.start([nsd, "-d", "-c", self.home / "conf"], self._serves)

    def publish(self, records: list[str]) -> None:
        """The zone is these, once this returns."""
        self._write(records)
        self._servers[0].send_signal(signal.SIGHUP)
        wait_for(self._serves, "NSD serves what was written", pause=0.1)

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

    def _serves(self) -> bool:
        with suppress(dns.exception.DNSException):
            return any(f" {self.serial} ".encode() in soa for soa in self.ask(f"{self.zone}.", "SOA"))
        return False
