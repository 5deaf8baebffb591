"""May this server send for this domain? `check_host` (RFC 7208 §4), within its limits on look-ups (§4.6.4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from bienrecu.protocol.spf.macro import MacroError, as_name, expand
from bienrecu.protocol.spf.record import ASKING, Directive, Record, RecordError, read_record, select

MOST_LOOKUPS = 10
_MOST_VOID = 2
_MOST_NAMES = 10  # of one MX or PTR answer

Ask = Callable[[str, str], Sequence[str] | None]
"""A name and a type of record; the records as in a zone file, the strings of a TXT record joined. None: nobody
answered, or not in time."""


class Result(StrEnum):
    """RFC 7208 §2.6."""

    NONE = "none"
    NEUTRAL = "neutral"
    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    SOFTFAIL = "softfail"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


_BY_QUALIFIER = {"+": Result.PASS, "-": Result.FAIL, "?": Result.NEUTRAL, "~": Result.SOFTFAIL}


@dataclass(frozen=True, slots=True)
class Client:
    """Who sends: its address, the name that it gave, the reverse path (empty for reports). `now` (seconds since 1970)
    and `receiver` only appear in explanations."""

    ip: str
    helo: str
    sender: str
    now: int = 0
    receiver: str = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`explanation` is the domain owner's own text for a *fail*, if there is one. `lookups` were counted."""

    result: Result
    explanation: str = ""
    lookups: int = 0


def check_host(client: Client, domain: str, ask: Ask) -> Verdict:
    """Raises nothing but what `ask` does."""
    try:
        checker = _Checker(client, domain, ask)
    except ValueError:
        return Verdict(Result.NONE)
    try:
        result, explanation = checker.check(domain)
    except _Stop as stop:
        result, explanation = stop.result, ""
    return Verdict(result, explanation, checker.lookups)


class _Stop(Exception):
    def __init__(self, result: Result) -> None:
        self.result = result


@dataclass
class _Checker:
    client: Client
    first_domain: str
    ask: Ask
    lookups: int = 0
    void: int = 0
    ip: IPv4Address | IPv6Address = field(init=False)
    sender: str = field(init=False)

    def __post_init__(self) -> None:
        ip = ip_address(self.client.ip)
        self.ip = (isinstance(ip, IPv6Address) and ip.ipv4_mapped) or ip
        local, at, domain = self.client.sender.rpartition("@")
        self.sender = f"{local or 'postmaster'}@{domain if at and domain else self.client.helo or self.first_domain}"

    def check(self, domain: str) -> tuple[Result, str]:
        record = self._record(domain)
        if record is None:
            return Result.NONE, ""
        for directive in record.directives:
            if self._matches(directive, domain):
                result = _BY_QUALIFIER[directive.qualifier]
                return result, self._explanation(record, domain) if result == Result.FAIL else ""
        if not record.redirect:
            return Result.NEUTRAL, ""
        self._count()
        result, explanation = self.check(self._name(record.redirect, domain))
        return (Result.PERMERROR, "") if result == Result.NONE else (result, explanation)

    def _record(self, domain: str) -> Record | None:
        if not is_name(domain) or "." not in domain.rstrip("."):
            return None
        texts = self.ask(domain.rstrip("."), "TXT")
        if texts is None:
            raise _Stop(Result.TEMPERROR)
        records = select(texts)
        if len(records) > 1:
            raise _Stop(Result.PERMERROR)
        try:
            return read_record(records[0]) if records else None
        except RecordError:
            raise _Stop(Result.PERMERROR) from None

    def _matches(self, directive: Directive, domain: str) -> bool:
        if directive.mechanism not in ASKING:
            return directive.mechanism == "all" or (directive.network is not None and self.ip in directive.network)
        self._count()
        target = self._name(directive.target, domain) if directive.target else domain
        match directive.mechanism:
            case "include":
                return self._included(target)
            case "a":
                return self._in_one_of(self._addresses(target), directive)
            case "mx":
                return self._in_one_of(self._of_mail_servers(target), directive)
            case "exists":
                return bool(self._needed(target, "A"))
        return any(_is_below(name, target) for name in self._validated_names())

    def _count(self) -> None:
        self.lookups += 1
        if self.lookups > MOST_LOOKUPS:
            raise _Stop(Result.PERMERROR)

    def _included(self, target: str) -> bool:
        result, _explanation = self.check(target)
        if result in (Result.NONE, Result.PERMERROR):
            raise _Stop(Result.PERMERROR)
        return result == Result.PASS

    def _needed(self, name: str, kind: str) -> Sequence[str]:
        """Records that the verdict hangs on: no answer ends the check, and few may be empty."""
        found: Sequence[str] | None = self.ask(name.rstrip("."), kind) if is_name(name) else ()
        if found is None:
            raise _Stop(Result.TEMPERROR)
        self.void += not found
        if self.void > _MOST_VOID:
            raise _Stop(Result.PERMERROR)
        return found

    def _kind(self) -> str:
        return "A" if self.ip.version == 4 else "AAAA"

    def _addresses(self, name: str) -> Sequence[str]:
        return self._needed(name, self._kind())

    def _of_mail_servers(self, name: str) -> Sequence[str]:
        hosts = [text.split()[-1].rstrip(".") for text in self._needed(name, "MX") if text.split()]
        if len(hosts) > _MOST_NAMES:
            raise _Stop(Result.PERMERROR)
        return [address for host in hosts if host for address in self._addresses(host)]

    def _in_one_of(self, addresses: Sequence[str], directive: Directive) -> bool:
        length = directive.four if self.ip.version == 4 else directive.six
        return any(self._is_near(address, length) for address in addresses)

    def _is_near(self, address: str, length: int) -> bool:
        try:
            return self.ip in ip_network(f"{address}/{length}", strict=False)
        except ValueError:
            return False

    def _validated_names(self) -> list[str]:
        """Names of the server's address that lead back to it (§5.5)."""
        names = self.ask(self.ip.reverse_pointer, "PTR") or ()
        found = [name.rstrip(".") for name in names[:_MOST_NAMES]]
        return [name for name in found if is_name(name) and self._leads_back(name)]

    def _leads_back(self, name: str) -> bool:
        return any(self._is_near(address, self.ip.max_prefixlen) for address in self.ask(name, self._kind()) or ())

    def _name(self, target: str, domain: str) -> str:
        return as_name(expand(target, lambda letter: self._value(letter, domain)))

    def _explanation(self, record: Record, domain: str) -> str:
        """Whatever is wrong with it is as if there were none (§6.2)."""
        if not record.explanation:
            return ""
        name = self._name(record.explanation, domain)
        texts = (self.ask(name, "TXT") if is_name(name) else None) or ()
        if len(texts) != 1 or not texts[0].isascii():
            return ""
        try:
            return expand(texts[0], lambda letter: self._value(letter, domain), explanation=True)
        except MacroError:
            return ""

    def _value(self, letter: str, domain: str) -> str:
        local, _at, host = self.sender.rpartition("@")
        values = {"s": self.sender, "l": local, "o": host, "d": domain, "i": self._dotted(), "h": self.client.helo}
        values |= {"v": "in-addr" if self.ip.version == 4 else "ip6", "c": str(self.ip)}
        values |= {"r": self.client.receiver, "t": str(self.client.now)}
        return values[letter] if letter in values else self._own_name(domain)

    def _dotted(self) -> str:
        return str(self.ip) if self.ip.version == 4 else ".".join(self.ip.exploded.replace(":", "")).upper()

    def _own_name(self, domain: str) -> str:
        """The %{p} macro: of the server's names, that in the domain before others (§7.3)."""
        names = self._validated_names()
        inside = [name for name in names if _is_below(name, domain)]
        same = [name for name in inside if name.lower() == domain.lower().rstrip(".")]
        return (same + inside + names + ["unknown"])[0]


def is_name(name: str) -> bool:
    """Whether a question can be asked for it at all."""
    labels = name.removesuffix(".").split(".")
    return len(name) <= 254 and name.isprintable() and all(0 < len(label.encode()) <= 63 for label in labels)


def _is_below(name: str, domain: str) -> bool:
    return f".{name.lower()}".endswith(f".{domain.lower().rstrip('.')}")
