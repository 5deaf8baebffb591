"""SPF: the openspf suite (RFC 7208), and Stalwart's cases."""

import re
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from bienrecu.protocol.spf import Client, check_host
from tests.standards.suite import Score, is_installed

Zone = dict[str, dict[str, list[str] | None]]
"""By name and type; None where nobody answers."""

Case = tuple[str, dict[str, str], list[str], str | None]
"""Name, the e-mail, the results that will do, the explanation if one is expected."""


def suites(folder: Path) -> Iterator[Score]:
    if is_installed("yaml"):
        yield _score("SPF: openspf (RFC 7208)", _openspf(folder / "spf/rfc7208-tests.shared.yml"))
    score = _score("SPF: Stalwart", _stalwart(folder / "spf/stalwart"))
    score.note = "what is left is where it departs from RFC 7208: §4.6 (syntax), §4.6.4 (void, MX), §5.7 (A only)"
    yield score


def _score(name: str, groups: Iterator[tuple[Zone, list[Case]]]) -> Score:
    score = Score(name, "result, and explanation", beside="pyspf")
    for zone, cases in groups:
        for case in cases:
            theirs = _pyspf(zone, case) if is_installed("spf") else None
            score.count(case[0], _ours(zone, case), theirs)
    return score


def _ours(zone: Zone, case: Case) -> bool:
    _name, mail, results, explanation = case
    found = check_host(Client(mail["ip"], mail["helo"], mail["sender"]), mail["domain"], lambda *q: ask(zone, *q))
    return str(found.result) in results and explanation in (None, found.explanation)


def ask(zone: Zone, name: str, kind: str) -> Sequence[str] | None:
    found = zone.get(name.lower().rstrip("."), {})
    for _step in range(8):
        alias = found.get("CNAME")
        if not alias or kind == "CNAME":
            break
        found = zone.get(alias[0].lower().rstrip("."), {})
    return found.get(kind, None if "TIMEOUT" in found else [])


def _pyspf(zone: Zone, case: Case) -> bool:
    """pyspf asks a function of its module."""
    import spf

    def lookup(name: str, kind: str, *_others: object, **_options: object) -> list[tuple[tuple[str, str], Any]]:
        found = ask(zone, name, kind)
        if found is None:
            raise spf.TempError("no answer")
        return [((name, kind), _as_pyspf(text, kind)) for text in found]

    spf.DNSLookup = lookup
    _name, mail, results, explanation = case
    try:
        query = spf.query(i=mail["ip"], s=mail["sender"], h=mail["helo"], receiver="unknown", strict=True)
        query.set_default_explanation("")
        result, _code, said = query.check()
    except Exception:
        return False
    return result in results and (explanation is None or result != "fail" or explanation == said)


def _as_pyspf(text: str, kind: str) -> object:
    if kind == "TXT":
        return (text.encode("latin-1", "replace"),)
    if kind == "MX":
        preference, _space, host = text.partition(" ")
        return (int(preference), host)
    return text


def _openspf(file: Path) -> Iterator[tuple[Zone, list[Case]]]:
    import yaml

    for document in yaml.safe_load_all(file.read_text("utf-8")):
        if document:
            cases = [_openspf_case(name, test) for name, test in document["tests"].items()]
            yield _openspf_zone(document["zonedata"]), cases


def _openspf_case(name: str, test: dict[str, Any]) -> Case:
    sender, helo = test["mailfrom"], test["helo"]
    mail = {"ip": test["host"], "helo": helo, "sender": sender, "domain": sender.rpartition("@")[2] or helo}
    results = test["result"] if isinstance(test["result"], list) else [test["result"]]
    explanation = test.get("explanation")
    return name, mail, results, "" if explanation == "DEFAULT" else explanation


def _openspf_zone(data: dict[str, list[Any]]) -> Zone:
    zone: Zone = {}
    for name, records in data.items():
        found = zone.setdefault(name.lower().rstrip("."), {})
        has_txt = any(isinstance(record, dict) and "TXT" in record for record in records)
        for record in records:
            kind, value = ("TIMEOUT", "") if record == "TIMEOUT" else next(iter(record.items()))
            if not (kind == "SPF" and has_txt) and value != "NONE":
                _put(found, "TXT" if kind == "SPF" else kind, value)
    return zone


def _put(found: dict[str, list[str] | None], kind: str, value: Any) -> None:
    if value == "TIMEOUT":
        found[kind] = None
    elif kind == "MX":
        _listed(found, kind).append(f"{value[0]} {value[1]}")
    else:
        _listed(found, kind).append("".join(map(str, value)) if isinstance(value, list) else str(value))


def _listed(found: dict[str, list[str] | None], kind: str) -> list[str]:
    there = found.setdefault(kind, [])
    return there if there is not None else []


def _stalwart(folder: Path) -> Iterator[tuple[Zone, list[Case]]]:
    for file in sorted(folder.glob("*.yml")):
        for document in re.split(r"(?m)^---\s*$", file.read_text("utf-8")):
            yield from _stalwart_document(document)


def _stalwart_document(text: str) -> Iterator[tuple[Zone, list[Case]]]:
    """Read line by line: keys stand there several times, which YAML does not allow. A test changes what the ones
    before it have set, a record of its own among that."""
    zone: Zone = {name: {"TIMEOUT": None} for name in ("_dns_error.org", "_dns_error.test.org")}
    mail = {"sender": "", "domain": "", "name": ""}
    for line in text.splitlines():
        key, _colon, value = line.strip().removeprefix("- ").partition(":")
        key, value = key.strip(), value.strip()
        if key == "expect":
            yield zone, [_stalwart_case(mail, value)]
        elif key == "spf" and mail["sender"]:
            zone = zone | {value.split()[0].lower(): {**zone.get(value.split()[0].lower(), {}), "TXT": []}}
            _stalwart_record(zone, key, value)
        elif key in ("sender", "domain", "name", "ip"):
            mail[key] = value
        elif value and not key.startswith("#"):
            _stalwart_record(zone, key, value)


def _stalwart_record(zone: Zone, kind: str, value: str) -> None:
    """Servers stand by their addresses in MX records: a name each is made for them."""
    name, _space, rest = value.partition(" ")
    name = name.lower().rstrip(".")
    if kind in ("spf", "exp", "txt"):
        _listed(zone.setdefault(name, {}), "TXT").append(rest)
        return
    values = [one.strip() for one in rest.split(",") if one.strip()]
    if kind == "ptr":
        _listed(zone.setdefault(ip_address(name).reverse_pointer, {}), "PTR").extend(values)
    elif kind == "mx":
        for number, address in enumerate(values):
            host = f"mx{number}-of.{name}"
            _listed(zone.setdefault(name, {}), "MX").append(f"10 {host}")
            _listed(zone.setdefault(host, {}), "AAAA" if ":" in address else "A").append(address)
    else:
        _listed(zone.setdefault(name, {}), kind.upper()).extend(values)


def _stalwart_case(test: dict[str, str], expected: str) -> Case:
    result, _space, explanation = expected.partition(" ")
    domain, sender = test["domain"], "" if test["name"].startswith("HELO") else test["sender"]
    mail = {"ip": test["ip"], "helo": domain, "sender": sender, "domain": sender.rpartition("@")[2] or domain}
    return f"{test['name']}, {test['ip']}", mail, [result], explanation.strip() or None
