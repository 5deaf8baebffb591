"""Addresses that lead inside: whoever chooses a name, in a field or in the DNS, makes us connect to nobody in our own
network."""

import ast
import ipaddress
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from bienrecu.adapters.dns_lookup import DnsLookup
from bienrecu.adapters.dns_router import DnsRouter
from bienrecu.adapters.sts_policies import StsPolicies
from bienrecu.adapters.system_clock import SystemClock
from bienrecu.delivery.ports import RouteError
from bienrecu.domain.public_address import is_public
from bienrecu.domain.relay_account import Security, Trouble
from bienrecu.submission.relay.trial import Account, try_out
from tests.dns_server import TestDnsServer
from tests.site.connections import watched
from tests.standards.suite import FOLDER

ROOT = Path(__file__).resolve().parents[2]
INSIDE = [
    *("127.0.0.1", "127.127.127.127", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "192.0.0.1", "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1"),
    *(
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
    ),
]
# Where the product opens connections, and what says which are allowed.
CONNECTING = {
    "adapters/stream_network.py": "to addresses that the routers found",
    "adapters/sts_policies.py": "to public addresses only",
    "adapters/imap_folder.py": "to the mailbox of the settings",
    "adapters/dns_lookup.py": "to the name servers",
    "processes/check_mail.py": "to the name servers",
    "processes/demo.py": "to itself",
    "submission/content_filters.py": "to the filters of the settings",
    "submission/domains/dns.py": "to the name servers",
    "submission/relay/line.py": "to public addresses only",
    "simulator/": "to the receiver of returns and the pages, of the settings",
}
_OPENS = {"create_connection", "open_connection", "sock_connect", "urlopen", "Resolver", "IMAP4", "IMAP4_SSL"}
_LIBRARIES = {"urllib.request", "http.client", "smtplib", "ftplib", "requests", "httpx", "aiohttp", "aiosmtplib"}
_LIBRARIES |= {"imap_tools", "imaplib"}


def record(address: str) -> tuple[str, str]:
    return ("AAAA" if ":" in address else "A", address)


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_told_from_one_outside(address: str) -> None:
    assert not is_public(address)


def test_addresses_outside_are_reached() -> None:
    assert all(map(is_public, ("9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9")))


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the list of such links is not there ({FOLDER})")
def test_no_host_of_the_links_that_others_have_collected_is_outside() -> None:
    found = 0
    for line in (FOLDER / "injection/ssrf-urls.txt").read_text("utf-8").splitlines():
        host = re.sub(r"[\[\]]", "", urlsplit(line).hostname or "") if "](" not in line else ""
        try:
            ip = ipaddress.ip_address(host)
        except ValueError:
            continue
        found += 1
        assert not is_public(str(ip)), line
    assert found > 10


def an_account(host: str) -> Account:
    return Account("nous@of.example", host, 587, Security.STARTTLS, "nous", "secret")


@pytest.mark.parametrize("address", INSIDE)
def test_a_mail_account_inside_is_not_tried(names: TestDnsServer, address: str) -> None:
    names.zones["mail.of.example"] = [record(address)]
    with watched() as tried:
        assert try_out(an_account(address)).trouble is Trouble.NOT_PUBLIC
        assert try_out(an_account("mail.of.example")).trouble is Trouble.NOT_PUBLIC
    assert tried == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "017700000001", "127.1", "localhost"])
def test_other_spellings_of_an_address_are_names_that_nobody_has(names: TestDnsServer, host: str) -> None:
    with watched() as tried:
        assert try_out(an_account(host)).trouble in (Trouble.HOST_UNKNOWN, Trouble.NOT_PUBLIC)
    assert tried == []


@pytest.mark.parametrize("address", INSIDE)
async def test_a_domain_whose_servers_stand_inside_gets_nothing(names: TestDnsServer, address: str) -> None:
    names.zones |= {"of.example": [("MX", "10 mx.of.example.")], "mx.of.example": [record(address)]}
    names.zones["bare.example"] = [record(address)]
    router = DnsRouter(settings.BIENRECU.dns_servers)
    for domain in ("of.example", "bare.example"):
        with pytest.raises(RouteError) as refused:
            await router.route(domain)
        assert refused.value.permanent


@pytest.mark.parametrize("address", INSIDE)
async def test_a_policy_that_stands_inside_is_not_fetched(names: TestDnsServer, address: str) -> None:
    names.zones |= {"_mta-sts.of.example": [("TXT", '"v=STSv1; id=1;"')], "mta-sts.of.example": [record(address)]}
    clock = SystemClock()
    policies = StsPolicies(DnsLookup(settings.BIENRECU.dns_servers, clock), clock, is_public)
    with watched() as tried:
        assert await policies.of("of.example") is None
    assert ("mta-sts.of.example", "AAAA" if ":" in address else "A", "udp") in names.questions
    assert tried == []


def test_every_place_that_opens_connections_is_known() -> None:
    found = set()
    for file in sorted((ROOT / "bienrecu").rglob("*.py")):
        if opens(ast.parse(file.read_text("utf-8"))):
            name = file.relative_to(ROOT / "bienrecu").as_posix()
            found.add("simulator/" if name.startswith("simulator/") else name)
    assert found == set(CONNECTING)


def opens(tree: ast.AST) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in _OPENS:
            return True
        if isinstance(node, ast.ImportFrom) and node.module in _LIBRARIES:
            return True
        if isinstance(node, ast.Import) and any(one.name in _LIBRARIES for one in node.names):
            return True
    return False
