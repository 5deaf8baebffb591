"""Addresses: what is one, and what was meant by a mistyped one."""

import json
from collections.abc import Iterator
from email.headerregistry import Address as StdlibAddress
from pathlib import Path
from xml.etree import ElementTree

from bienrecu.domain.address import Address, AddressError
from bienrecu.domain.spelling import suggestion
from tests.standards.suite import Score, lines, safely

_DECIDED = "refused by decision, and counted so: quoted local parts, literals, comments, names of one label"
_ODD = frozenset('"[]()<>')


def suites(folder: Path) -> Iterator[Score]:
    yield _score("Addresses: isemail", _isemail(folder / "address/isemail/tests.xml"))
    yield _score("Addresses: email-validator", _email_validator(folder / "address/email-validator-syntax.json"))
    yield _score("Addresses: flanker", _flanker(folder / "address/flanker"))
    yield _typos(folder / "address/flanker")


def _score(name: str, cases: Iterator[tuple[str, bool]]) -> Score:
    score = Score(name, "accepted or refused", beside="email.headerregistry", note=_DECIDED)
    known = dict(cases)
    for address, valid in known.items():
        # White space around an address is dropped, as it comes along when one is copied.
        wanted = (valid or known.get(address.strip(), False)) and not _is_decided_against(address)
        theirs = safely(lambda address=address: StdlibAddress(addr_spec=address).domain)
        score.count(address, _accepted(address) == wanted, theirs == wanted)
    return score


def _accepted(address: str) -> bool:
    try:
        Address.parse(address)
    except AddressError:
        return False
    return True


def _is_decided_against(address: str) -> bool:
    local, _at, domain = address.rpartition("@")
    return bool(_ODD & set(address)) or "." not in domain.rstrip(".") or "\\" in local


def _isemail(file: Path) -> Iterator[tuple[str, bool]]:
    """Only what is wrong (ISEMAIL_ERR) and what is right; obsolete and deprecated forms are a matter of taste."""
    for test in ElementTree.parse(file).getroot():
        address, category = test.findtext("address") or "", test.findtext("category") or ""
        plain = "".join(chr(ord(one) - 0x2400) if 0x2400 <= ord(one) <= 0x2420 else one for one in address)
        if category in ("ISEMAIL_ERR", "ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN"):
            yield plain, category != "ISEMAIL_ERR"


def _email_validator(file: Path) -> Iterator[tuple[str, bool]]:
    for test in json.loads(file.read_text("utf-8")):
        yield test["input"], test["test"] in ("test_email_valid", "test_email_valid_intl_local_part")


def _flanker(folder: Path) -> Iterator[tuple[str, bool]]:
    for name, valid in (("mailbox_valid", True), ("mailbox_invalid", False)):
        for line in lines(folder / f"{name}.txt"):
            address = line.partition("     ")[0].strip()
            if address:
                yield address, valid


def _typos(folder: Path) -> Score:
    score = Score("Mistyped domains: flanker", "the domain that was meant; none for a right one")
    for line in lines(folder / "domain_typos_valid.txt"):
        typo, _comma, meant = line.strip().partition(",")
        score.count(typo, suggestion(typo) == meant)
    for domain in lines(folder / "domain_typos_invalid.txt"):
        score.count(domain, not suggestion(domain.strip()))
    return score
