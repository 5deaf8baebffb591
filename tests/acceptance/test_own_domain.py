"""A domain in a real name server, from nothing to verified to broken to left, with a look at every page of the way;
what is sent in its name is signed, aligned, and found so by rspamd and dkimpy."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from tests.acceptance.browser import WIDTHS, log_in, page, picture, says
from tests.acceptance.installation import PASSWORD, STAFF, Installation
from tests.acceptance.nsd import Nsd
from tests.acceptance.own_domain import (
    CLIENT,
    CONTACT,
    OURS,
    PLATFORM,
    RECIPIENT,
    World,
    as_sent,
    check,
    clients_server,
    is_signed,
    platform,
    prove_the_address,
    received,
    records_shown,
    set_up,
)
from tests.acceptance.packages import needs
from tests.acceptance.rspamd_as_installed import RspamdAsInstalled

pytestmark = [needs("postfix"), needs("nsd"), needs("rspamd"), needs("chromium")]

# Of RFC 5737: the address from which the platform says it sends.
ADDRESS = "192.0.2.25"
WORLD = [
    *(f"{name}. IN MX 10 mx.{name}." for name in (OURS, PLATFORM, CLIENT)),
    *(f"mx.{name}. IN A 127.0.0.1" for name in (OURS, PLATFORM, CLIENT)),
    f"returns.{PLATFORM}. IN MX 10 mx.{PLATFORM}.",
    f'returns.{PLATFORM}. IN TXT "v=spf1 ip4:{ADDRESS} -all"',
    f'{OURS}. IN TXT "v=spf1 -all"',  # whatever stands at the top: nothing is asked of it
]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with ExitStack() as stack:
        names = stack.enter_context(Nsd("fr", WORLD))
        postfix = stack.enter_context(clients_server())
        ours = stack.enter_context(platform(names, postfix))
        ours.serve()
        yield World(ours, names, postfix)


def test_a_domain_from_nothing_to_verified_to_broken_to_left(world: World, browser: Browser) -> None:
    ours, names, _ = world
    with page(browser) as sheet:
        log_in(sheet, ours.url, STAFF, PASSWORD)
        set_up(sheet, ours)
        here = sheet.url
        look_at(browser, ours, here, "domain-1-to-set-up", "À configurer")

        shown = records_shown(sheet)
        names.publish([*WORLD, *shown[:1]])
        check(sheet, "En attente du DNS")
        look_at(browser, ours, here, "domain-2-waiting", "En attente du DNS")

        names.publish([*WORLD, *shown])
        check(sheet, "Vérifié")
        look_at(browser, ours, here, "domain-3-verified", "Vérifié")
        assert all(names.ask(name, "TXT") for name, _in, kind, *_ in map(str.split, shown) if kind == "TXT")

        prove_the_address(sheet, world)
        accepted_by_filters(world)

        names.publish([*WORLD, *shown[1:]])
        check(sheet, "Cassé", here)
        look_at(browser, ours, here, "domain-4-broken", "Cassé")
        a_day_later(ours)
        check(sheet, "Mis de côté", here)
        look_at(browser, ours, here, "domain-5-left", "Mis de côté")
        look_at(browser, ours, f"{ours.url}/o/formation-exemple/reglages/expediteur", "sender", "Mis de côté")

    ours.send([RECIPIENT], subject="Après la panne")
    message = received(world, "Après la panne")
    assert f"@{PLATFORM}>" in message["From"]
    assert CONTACT in message["Reply-To"]


def a_day_later(ours: Installation) -> None:
    """The grace of a broken domain is over."""
    with sqlite3.connect(ours.database_url.removeprefix("sqlite://"), timeout=30) as file:
        file.execute("UPDATE store_sendingdomain SET state_since = datetime(state_since, '-25 hours')")


def look_at(browser: Browser, ours: Installation, url: str, name: str, expected: str) -> None:
    for width in WIDTHS:
        with page(browser, width=width) as sheet:
            log_in(sheet, ours.url, STAFF, PASSWORD)
            sheet.goto(url)
            says(sheet, expected)
            assert sheet.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
            picture(sheet, name)


def accepted_by_filters(world: World) -> None:
    world.ours.send([RECIPIENT], subject="Au nom du domaine")
    message = received(world, "Au nom du domaine")
    assert message["From"].endswith(f"<{CONTACT}>")
    returns = message["Return-Path"].strip("<>")
    assert returns.endswith(f"@retours.{OURS}")
    raw = as_sent(world, "Au nom du domaine")
    assert is_signed(world, "Au nom du domaine")
    assert f"d={OURS};".encode() in raw
    with RspamdAsInstalled(names=world.names.port) as filter:
        symbols = filter.symbols(raw, From=returns, Rcpt=RECIPIENT, IP=ADDRESS, Helo=f"mx.{PLATFORM}")
    assert {"R_DKIM_ALLOW", "R_SPF_ALLOW", "DMARC_POLICY_ALLOW"} <= set(symbols)
