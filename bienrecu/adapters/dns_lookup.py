"""Questions to the DNS, on dnspython: bounded in time, kept as long as their answers hold."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver

from bienrecu.adapters.shared_lookups import SharedLookups
from bienrecu.delivery.ports import Clock

# Seconds.
_LIFETIME = 20.0
_ONE_SERVER = 5.0
_SHORTEST, _LONGEST, _NEGATIVE = 30.0, 3600.0, 60.0
# A zone may answer with thousands of records, in any order.
_MOST_RECORDS = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """`records` as text, as in a zone file; none when the name has none of that type. `exists`: whether there is such
    a name at all. `trouble` says what went wrong when nobody could tell. `authentic`: a resolver that we trust has
    validated it (DNSSEC)."""

    records: tuple[str, ...] = ()
    exists: bool = True
    trouble: str = ""
    authentic: bool = False


class DnsLookup:
    """`nameservers` are addresses and ports; those of the machine when there are none. `validating`: they validate, and
    nobody can stand between them and us."""

    def __init__(
        self,
        nameservers: Sequence[tuple[str, int]],
        clock: Clock,
        lifetime: float = _LIFETIME,
        *,
        validating: bool = False,
    ) -> None:
        self._validating = validating
        self._resolver = dns.asyncresolver.Resolver(configure=not nameservers)
        if nameservers:
            self._resolver.nameservers = [dns.nameserver.Do53Nameserver(ip, port) for ip, port in nameservers]
        self._resolver.lifetime, self._resolver.timeout = lifetime, min(_ONE_SERVER, lifetime / 2)
        # The search list of resolv.conf is for people who type half a name.
        self._resolver.search = []
        if validating:
            self._resolver.use_edns(0, dns.flags.DO, 1232)
        self._kept: SharedLookups[tuple[str, str], Answer] = SharedLookups(self._ask, clock.monotonic)

    async def ask(self, name: str, type_: str) -> Answer:
        """Raises nothing."""
        return await self._kept.get((name.lower(), type_))

    async def addresses(self, name: str, *, ipv6_first: bool = False) -> Answer:
        """A and AAAA records together. In trouble only when one type is and the other has nothing."""
        four, six = await asyncio.gather(self.ask(name, "A"), self.ask(name, "AAAA"))
        both = (six, four) if ipv6_first else (four, six)
        records = both[0].records + both[1].records
        trouble = "" if records else four.trouble or six.trouble
        authentic = all(answer.authentic for answer in both if answer.records)
        return Answer(records, four.exists and six.exists, trouble, authentic)

    async def _ask(self, question: tuple[str, str]) -> tuple[Answer, float]:
        name, type_ = question
        try:
            found = await self._resolver.resolve(f"{name}.", type_, raise_on_no_answer=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.YXDOMAIN):
            return Answer(exists=False), _NEGATIVE
        except (UnicodeError, dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel):
            return Answer(exists=False), _NEGATIVE  # no such name can be in any zone
        except (dns.exception.DNSException, OSError) as error:
            return Answer(trouble=_words(error)), _NEGATIVE
        authentic = self._validating and bool(found.response.flags & dns.flags.AD)
        if found.rrset is None:
            return Answer(authentic=authentic), _NEGATIVE
        records = tuple(record.to_text() for record in found.rrset[:_MOST_RECORDS])
        return Answer(records, authentic=authentic), min(max(found.rrset.ttl, _SHORTEST), _LONGEST)


def _words(error: Exception) -> str:
    if isinstance(error, dns.resolver.NoNameservers):
        return "the name servers answered with an error"
    if isinstance(error, dns.exception.Timeout):
        return "no name server answered in time"
    return str(error) or type(error).__name__
