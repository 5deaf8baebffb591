"""Domains whose DNS is signed, and a resolver that validates them: NSD serves, unbound judges, all on loopback."""

import shutil
from collections.abc import Sequence
from contextlib import suppress

import dns.dnssec
import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.zone
from cryptography.hazmat.primitives.asymmetric import ec

from tests.acceptance.foreign import Foreign
from tests.acceptance.nsd import Nsd
from tests.acceptance.ports import free_port


class SignedNsd(Nsd):
    """A zone signed with a key of its own. `forged`: what stood in it, and what a forger put there instead."""

    def __init__(self, zone: str, records: list[str], *, forged: tuple[str, str] = ("", "")) -> None:
        self.forged = forged
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._public = dns.dnssec.make_dnskey(self._private.public_key(), dns.dnssec.Algorithm.ECDSAP256SHA256, 257)
        super().__init__(zone, records)

    @property
    def anchor(self) -> str:
        """What a resolver that trusts the zone is given."""
        return str(dns.dnssec.make_ds(f"{self.zone}.", self._public, "SHA256"))

    def _write(self, records: list[str]) -> None:
        super()._write(records)
        file = self.home / "zone"
        zone = dns.zone.from_text(file.read_text(), f"{self.zone}.", relativize=False)
        dns.dnssec.sign_zone(zone, keys=[(self._private, self._public)], lifetime=24 * 3600)
        file.write_text(zone.to_text(relativize=False).replace(*self.forged))


_CONFIGURATION = """
server:
  interface: 127.0.0.1
  port: {port}
  do-ip6: no
  username: ""
  chroot: ""
  directory: "{home}"
  pidfile: "{home}/unbound.pid"
  logfile: "{home}/log"
  use-syslog: no
  val-log-level: 2
  val-bogus-ttl: 1
  do-not-query-localhost: no
  access-control: 127.0.0.0/8 allow
{anchors}
remote-control:
  control-enable: no
{stubs}
# Nobody else is asked.
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{nobody}
"""
_STUB = 'stub-zone:\n  name: "{zone}"\n  stub-addr: 127.0.0.1@{port}\n'


class Unbound(Foreign):
    """Trusts the keys of `zones` alone."""

    def __init__(self, zones: Sequence[SignedNsd]) -> None:
        super().__init__("unbound")
        self.zones, self.port = zones, free_port()

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    def begin(self) -> None:
        anchors = "\n".join(f'  trust-anchor: "{one.zone}. DS {one.anchor}"' for one in self.zones)
        stubs = "".join(_STUB.format(zone=one.zone, port=one.port) for one in self.zones)
        text = _CONFIGURATION.format(port=self.port, home=self.home, anchors=anchors, stubs=stubs, nobody=free_port())
        (self.home / "conf").write_text(text)
        unbound = shutil.which("unbound", path="/usr/sbin:/usr/bin") or "unbound"
        self.start([unbound, "-d", "-p", "-c", self.home / "conf"], self._answers)

    def judges(self, name: str, kind: str) -> str:
        """ "authentic", "insecure", or the name of an error such as "SERVFAIL"."""
        question = dns.message.make_query(name, kind, want_dnssec=True)
        answer = dns.query.udp(question, "127.0.0.1", timeout=5, port=self.port)
        if answer.rcode():
            return dns.rcode.to_text(answer.rcode())
        return "authentic" if answer.flags & dns.flags.AD else "insecure"

    def _answers(self) -> bool:
        with suppress(dns.exception.DNSException, OSError):
            return self.judges(f"{self.zones[0].zone}.", "SOA") == "authentic"
        return False
