"""Questions to the DNS about a domain: few, bounded in time, and never about a name that strangers chose whole."""

import time

import dns.exception
import dns.nameserver
import dns.resolver
from django.conf import settings

from bienrecu.advice.domain_records import Record, is_policy, policy_names
from bienrecu.domain.sending_domain import Purpose

_PATIENCE = 4.0  # seconds for one answer
_TOGETHER = 12.0  # seconds for all answers, as somebody waits for the page
_MOST = 50  # records of one answer


class Dns:
    """The name servers that are set, else those of the machine. One for each look: when its time is spent, nobody is
    asked any more."""

    def __init__(self) -> None:
        servers = settings.BIENRECU.dns_servers
        self._resolver = dns.resolver.Resolver(configure=not servers)
        if servers:
            self._resolver.nameservers = [dns.nameserver.Do53Nameserver(host, port) for host, port in servers]
        self._resolver.lifetime, self._resolver.timeout = _PATIENCE, _PATIENCE / 2
        self._resolver.search = []
        self._ends = time.monotonic() + _TOGETHER

    def about(self, record: Record) -> list[str] | None:
        """What is published of its kind; None when nobody answers."""
        if record.purpose == Purpose.POLICY:
            return self._policy(record.name.removeprefix("_dmarc."))
        if record.behind:
            return self.ask(record.name, "TXT") or self.ask(record.name, record.kind)
        return self.ask(record.name, record.kind)

    def _policy(self, domain: str) -> list[str] | None:
        """That of the domain, or of the closest one above that has one."""
        for name in policy_names(domain):
            found = self.ask(name, "TXT")
            if found is None or any(is_policy(text) for text in found):
                return found
        return []

    def ask(self, name: str, kind: str) -> list[str] | None:
        left = min(_PATIENCE, self._ends - time.monotonic())
        if left <= 0:
            return None
        try:
            answer = self._resolver.resolve(f"{name}.", kind, raise_on_no_answer=False, lifetime=left)
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, OSError, UnicodeError):
            return None
        return [_text(record) for record in (answer.rrset or ())][:_MOST]


def _text(record: object) -> str:
    """The strings of a TXT record are one (RFC 6376 §3.6.2.2)."""
    strings = getattr(record, "strings", None)
    return b"".join(strings).decode(errors="replace") if strings is not None else str(record)
