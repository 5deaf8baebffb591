"""The recipients' side is a real Postfix: for each of them, the status must be what its log says."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser

from tests.acceptance.browser import WIDTHS, log_in, page, picture
from tests.acceptance.installation import PASSWORD, STAFF, TITLE, Installation, eventually_equal, wait_for
from tests.acceptance.names import Names
from tests.acceptance.packages import needs
from tests.acceptance.postfix import Fate, Postfix
from tests.postgres import Postgres

pytestmark = needs("postfix")

MAILBOXES = ("paul@client.test", "marie@autre.test", "later@client.test", "spam@client.test")
AT_THE_DOOR = {
    "policy@client.test": "550 5.7.1 Refused by the policy of our organisation",
    "closed@client.test": "550 5.2.1 This mailbox is disabled",
    "later@client.test": "450 4.2.2 Over quota, try again later",
}
# Accepted, then handed to a second server, which refuses: these come back.
BEHIND = {
    "full@client.test": "552 5.2.2 Mailbox full",
    "gone@client.test": "550 5.1.1 User unknown",
    "filtered@client.test": "554 5.7.1 Refused by the content filter",
}
EVERYBODY = {*MAILBOXES, *AT_THE_DOOR, *BEHIND, "nobody@client.test", "moved@client.test"}


class World(NamedTuple):
    ours: Installation
    postfix: Postfix


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.create_database("recipient")


@pytest.fixture(scope="module")
def world(names: Names, database_url: str) -> Iterator[World]:
    """The recipients' Postfix, the one behind it, and our installation, which has written to everybody."""
    with ExitStack() as stack:
        behind = stack.enter_context(
            Postfix("inner.client.test", mailbox_domains=("elsewhere.test",), at_the_door=BEHIND)
        )
        postfix = stack.enter_context(
            Postfix(
                "mx.client.test",
                mailboxes=(*MAILBOXES, *BEHIND),
                mailbox_domains=("client.test", "autre.test"),
                aliases={"moved@client.test": "old@elsewhere.test"},
                at_the_door=AT_THE_DOOR,
                refused_content={"spam@client.test": "5.7.1 This message was judged to be spam"},
            )
        )
        ours = stack.enter_context(
            Installation(database_url=database_url, dns_servers=names.endpoint, smtp_port=str(postfix.port))
        )
        inside = dict.fromkeys([*BEHIND, "elsewhere.test"], f"smtp:[127.0.0.1]:{behind.port}")
        postfix.change(after_acceptance=inside | {"returns.example.test": f"smtp:[127.0.0.1]:{ours.returns_port}"})
        ours.serve()
        ours.send(sorted(EVERYBODY))
        wait_for(lambda: all(map(postfix.fate_of, EVERYBODY)), "Postfix has judged everybody")
        yield World(ours, postfix)


def status_meant_by(fate: Fate) -> str:
    """The status that a line of Postfix's log proves, told from its enhanced code alone (RFC 3463)."""
    if fate.status == "sent":
        return "received"
    if fate.code.startswith("4"):
        return "requested"
    return "send_error" if fate.code.startswith("5.1.") else "reception_impossible"


def test_for_every_recipient_history_says_what_the_log_of_postfix_says(world: World) -> None:
    log = {address: status_meant_by(world.postfix.fate_of(address)[-1]) for address in EVERYBODY}
    assert set(log.values()) == {"received", "requested", "send_error", "reception_impossible"}
    eventually_equal(lambda: {row.recipient: row.status for row in world.ours.status().values()}, lambda: log)


def test_the_reason_shown_is_the_one_postfix_gave(world: World) -> None:
    given = {
        "paul@client.test": "",
        "later@client.test": "mailbox_full",
        "policy@client.test": "policy",
        "nobody@client.test": "address_unknown",
        "gone@client.test": "address_unknown",
        "moved@client.test": "address_unknown",
        "full@client.test": "mailbox_full",
        "closed@client.test": "mailbox_disabled",
        "spam@client.test": "spam_content",
    }
    eventually_equal(lambda: {a: row.reason for a, row in world.ours.status().items() if a in given}, lambda: given)


def test_whoever_has_received_it_has_it_once(world: World) -> None:
    received = [address for address, row in world.ours.status().items() if row.status == "received"]
    assert {address: len(world.postfix.mail_of(address)) for address in received} == dict.fromkeys(received, 1)


def test_whoever_was_put_off_receives_it_once_their_server_lets_it_in(world: World) -> None:
    assert world.ours.status()["later@client.test"].status == "requested"
    world.postfix.change(at_the_door={})
    eventually_equal(lambda: world.ours.status()["later@client.test"].status, lambda: "received", seconds=180)
    assert len(world.postfix.mail_of("later@client.test")) == 1


LABELS = {
    "fr": {
        "requested": "Demandé",
        "received": "Reçu",
        "reception_impossible": "Réception impossible",
        "send_error": "Erreur à l'envoi",
    },
    "en": {
        "requested": "Requested",
        "received": "Received",
        "reception_impossible": "Could not be received",
        "send_error": "Sending error",
    },
}


@needs("chromium")
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_staff_read_the_same_on_the_page(world: World, browser: Browser, width: int, language: str) -> None:
    log = {address: status_meant_by(world.postfix.fate_of(address)[-1]) for address in EVERYBODY}
    with page(browser, width=width, language=language) as sheet:
        log_in(sheet, world.ours.url, STAFF, PASSWORD)
        sheet.click(f"a:has-text('{TITLE}')")
        sheet.wait_for_selector("tbody[data-status]")
        words = {
            row.query_selector(".address").inner_text(): row.query_selector(".stand .word").inner_text()
            for row in sheet.query_selector_all("tbody[data-status]")
        }
        picture(sheet, f"history-{language}")
        sideways = sheet.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert {address: text.split(":")[-1].strip() for address, text in words.items()} == {
        address: LABELS[language][status] for address, status in log.items()
    }
    assert sideways <= 0
