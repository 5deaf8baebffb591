"""A domain in a real name server, from nothing to verified to broken to left, with a look at every page of the way;
what is sent in its name is signed, aligned, and found so by rspamd and dkimpy."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import NamedTuple

import dkim
import pytest
from playwright.sync_api import Browser, Page

from tests import rspamd
from tests.acceptance.browser import WIDTHS, log_in, page, picture
from tests.acceptance.installation import PASSWORD, STAFF, Installation, wait_for
from tests.acceptance.nsd import Nsd
from tests.acceptance.packages import needs
from tests.acceptance.postfix import Postfix

pytestmark = [needs("postfix"), needs("nsd"), needs("rspamd"), needs("chromium")]

OURS, PLATFORM, CLIENT = "of-exemple.fr", "plateforme-exemple.fr", "client-exemple.fr"
CONTACT, RECIPIENT = f"contact@{OURS}", f"jeanne@{CLIENT}"
# Of RFC 5737: the address from which the platform says it sends.
ADDRESS = "192.0.2.25"
WORLD = [
    *(f"{name}. IN MX 10 mx.{name}." for name in (OURS, PLATFORM, CLIENT)),
    *(f"mx.{name}. IN A 127.0.0.1" for name in (OURS, PLATFORM, CLIENT)),
    f"returns.{PLATFORM}. IN MX 10 mx.{PLATFORM}.",
    f'returns.{PLATFORM}. IN TXT "v=spf1 ip4:{ADDRESS} -all"',
    f'{OURS}. IN TXT "v=spf1 -all"',  # whatever stands at the top: nothing is asked of it
]


class World(NamedTuple):
    ours: Installation
    names: Nsd
    postfix: Postfix


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with ExitStack() as stack:
        names = stack.enter_context(Nsd("fr", WORLD))
        postfix = stack.enter_context(
            Postfix(f"mx.{CLIENT}", mailboxes=(RECIPIENT, CONTACT), mailbox_domains=(CLIENT, OURS))
        )
        ours = stack.enter_context(
            Installation(
                dns_servers=names.endpoint,
                smtp_port=str(postfix.port),
                platform_address=f"envoi@{PLATFORM}",
                return_path=f"r.{{token}}@returns.{PLATFORM}",
            )
        )
        ours.serve()
        yield World(ours, names, postfix)


def test_a_domain_from_nothing_to_verified_to_broken_to_left(world: World, browser: Browser) -> None:
    ours, names, _ = world
    with page(browser) as sheet:
        log_in(sheet, ours.url, STAFF, PASSWORD)
        sheet.goto(f"{ours.url}/o/formation-exemple/reglages/expediteur")
        sheet.fill("input[name=name]", OURS)
        sheet.get_by_role("button", name="Configurer ce domaine").click()
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


def records_shown(sheet: Page) -> list[str]:
    """The records of the page, as lines of a zone file: what somebody who copies them would publish."""
    lines = []
    for one in sheet.locator(".records > li").all():
        codes = [code.inner_text() for code in one.locator(".dns code").all()]
        if codes:
            kind, label, value = codes
            cut = " ".join(f'"{value[at : at + 250]}"' for at in range(0, len(value), 250))
            lines.append(f"{label}.{OURS}. IN {kind} {cut if kind == 'TXT' else value + '.'}")
    return lines


def check(sheet: Page, expected: str, url: str = "") -> None:
    if url:
        sheet.goto(url)
    wait_for(lambda: _checked(sheet) == expected, f"the page says {expected}", pause=2)


def _checked(sheet: Page) -> str:
    sheet.get_by_role("button", name="Vérifier maintenant").click()
    sheet.wait_for_load_state()
    return sheet.locator("#domain .domain-state").inner_text()


def look_at(browser: Browser, ours: Installation, url: str, name: str, expected: str) -> None:
    for width in WIDTHS:
        with page(browser, width=width) as sheet:
            log_in(sheet, ours.url, STAFF, PASSWORD)
            sheet.goto(url)
            assert expected in sheet.inner_text("main")
            assert sheet.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
            picture(sheet, name)


def prove_the_address(sheet: Page, world: World) -> None:
    sheet.goto(f"{world.ours.url}/o/formation-exemple/reglages/expediteur")
    sheet.fill("input[name=sender_address]", CONTACT)
    sheet.get_by_role("button", name="Enregistrer").click()
    link = re.search(r"http://\S+/expediteur/[\w-]+", text_of(received(world, "Confirmez cette adresse d'envoi")))
    assert link
    sheet.goto(link[0])
    sheet.click("main form button.main")
    assert CONTACT in sheet.inner_text("main")


def accepted_by_filters(world: World) -> None:
    world.ours.send([RECIPIENT], subject="Au nom du domaine")
    message = received(world, "Au nom du domaine")
    assert message["From"].endswith(f"<{CONTACT}>")
    returns = message["Return-Path"].strip("<>")
    assert returns.endswith(f"@retours.{OURS}")
    raw = as_sent(world, "Au nom du domaine")
    assert dkim.verify(raw, dnsfunc=lambda name, timeout=0: _txt(world.names, name))
    assert f"d={OURS};".encode() in raw
    with rspamd.running(names=world.names.port) as filter:
        symbols = filter.symbols(raw, From=returns, Rcpt=RECIPIENT, IP=ADDRESS, Helo=f"mx.{PLATFORM}")
    assert {"R_DKIM_ALLOW", "R_SPF_ALLOW", "DMARC_POLICY_ALLOW"} <= set(symbols)


def received(world: World, subject: str) -> EmailMessage:
    """The message with this subject, once the recipient's Postfix has put it into a mailbox."""
    wait_for(lambda: bool(_all(world, subject)), f"“{subject}” has arrived")
    return message_from_bytes(_all(world, subject)[0], policy=policy.default)


def _all(world: World, subject: str) -> list[bytes]:
    mailboxes = [world.postfix.maildir(address) / "new" for address in (RECIPIENT, CONTACT)]
    raws = [file.read_bytes() for mailbox in mailboxes if mailbox.exists() for file in mailbox.iterdir()]
    return [raw for raw in raws if message_from_bytes(raw, policy=policy.default)["Subject"] == subject]


def as_sent(world: World, subject: str) -> bytes:
    """Without what Postfix put before it, and with the line ends that it came with."""
    raw = _all(world, subject)[0]
    return raw[raw.index(b"DKIM-Signature:") :].replace(b"\n", b"\r\n")


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def _txt(names: Nsd, name: bytes) -> bytes:
    return next(iter(names.ask(name.decode(), "TXT")), b"")
