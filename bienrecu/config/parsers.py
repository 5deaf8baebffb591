"""Readers of settings' values. Each raises ValueError saying what would be right."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bienrecu.domain.address import Address, AddressError

Endpoint = tuple[str, int]


def text(raw: str) -> str:
    return raw.strip()


def switch(raw: str) -> bool:
    answers = {
        "yes": True,
        "true": True,
        "1": True,
        "on": True,
        "no": False,
        "false": False,
        "0": False,
        "off": False,
    }
    try:
        return answers[raw.strip().lower()]
    except KeyError:
        raise ValueError("use yes or no") from None


def whole(least: int, most: int) -> Callable[[str], int]:
    def parse(raw: str) -> int:
        if not raw.strip().isdecimal() or not least <= int(raw) <= most:
            raise ValueError(f"use a whole number from {least} to {most}")
        return int(raw)

    return parse


def one_of(*choices: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if raw.strip() not in choices:
            raise ValueError(f"use one of {', '.join(choices)}")
        return raw.strip()

    return parse


def optional(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda raw: parse(raw) if raw.strip() else None


def words(parse: Callable[[str], Any] = text) -> Callable[[str], tuple[Any, ...]]:
    return lambda raw: tuple(parse(word) for word in raw.split())


def path(raw: str) -> Path:
    return Path(raw.strip()).expanduser().absolute()


def endpoint(raw: str) -> Endpoint:
    """`host:port`, `[::1]:port`."""
    host, colon, port = raw.strip().rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError("use host:port, for example 127.0.0.1:8025")
    return host.strip("[]"), int(port)


def mailbox(raw: str) -> Address:
    try:
        return Address.parse(raw)
    except AddressError as error:
        raise ValueError(f"use an e-mail address ({error})") from None


def domain(raw: str) -> str:
    """In its ASCII form, lower case."""
    try:
        return Address.parse(f"a@{raw.strip().rstrip('.')}").domain
    except AddressError:
        raise ValueError("use the name of a domain, such as dkim.example.net") from None


def ip(raw: str) -> str:
    try:
        return str(ip_address(raw))
    except ValueError:
        raise ValueError("use an IP address, such as 192.0.2.25") from None


def blocklist(raw: str) -> str:
    """The zone in its ASCII form; what it lists stands before a colon."""
    kind, colon, zone = raw.rpartition(":")
    if colon and kind not in ("ip", "domain"):
        raise ValueError("use zone or domain:zone, for example dnsbl.example.net")
    return f"{kind or 'ip'}:{domain(zone)}"


def return_path(raw: str) -> str:
    """An address that holds `{token}` in its local part."""
    if raw.count("{token}") != 1 or "{token}" not in raw.partition("@")[0]:
        raise ValueError("put {token} once, before the @, as in r.{token}@returns.example.net")
    mailbox(raw.replace("{token}", "a"))
    return raw.strip()


def url(*schemes: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        try:
            parts = urlsplit(raw.strip())
            fine = parts.scheme in schemes and bool(parts.hostname)
            _ = parts.port
        except ValueError:
            fine = False
        if not fine:
            raise ValueError(f"use an address that begins with {' or '.join(f'{s}://' for s in schemes)}")
        return raw.strip().rstrip("/")

    return parse


def zone(raw: str) -> str:
    try:
        return ZoneInfo(raw.strip()).key
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("use a time zone such as Europe/Paris") from None


@dataclass(frozen=True)
class DkimKey:
    domain: str
    selector: str
    file: Path


def dkim_key(raw: str) -> DkimKey:
    parts = raw.split(":", 2)
    if len(parts) != 3 or not all(parts):
        raise ValueError("use domain:selector:file, for example of.fr:br1:/etc/bienrecu/br1.pem")
    return DkimKey(parts[0].lower(), parts[1], path(parts[2]))


def database(raw: str) -> dict[str, Any]:
    """Django's settings for `sqlite:///file` or `postgresql://user:password@host:port/name`."""
    parts = urlsplit(raw.strip())
    if parts.scheme == "sqlite" and parts.path not in ("", "/"):
        # Some write four slashes for an absolute path, as other libraries want it: here it always is one.
        return _sqlite("/" + parts.path.lstrip("/"))
    if parts.scheme in ("postgresql", "postgres") and parts.path.strip("/"):
        return _postgresql(raw.strip())
    raise ValueError("use sqlite:///path/to/file.sqlite3 or postgresql://user:password@host:port/name")


def _sqlite(file: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # FULL: accepted means durable, also through a power cut. With WAL and grouped commits it costs little.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;"
            "PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456;",
        },
    }


def _postgresql(raw: str) -> dict[str, Any]:
    parts = urlsplit(raw)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    try:
        port = parts.port
    except ValueError:
        raise ValueError("its port is not a number") from None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", parts.hostname or "")),
        "PORT": str(query.pop("port", port or "")),
        "CONN_HEALTH_CHECKS": True,
        # Pages open a connection per request: a pool spares them PostgreSQL's slow start of one.
        # What `store/sql.py` asks is prepared at its first time; the ORM prepares nothing.
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 16, "timeout": 10}, "prepare_threshold": 0}
        | {k: unquote(v) for k, v in query.items()},
    }
