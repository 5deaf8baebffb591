"""Servers of every make refuse, at once or later: History names the right reason, for the right recipient."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest

from tests.acceptance.exim import Exim
from tests.acceptance.installation import Installation, Row, eventually_equal
from tests.acceptance.names import Names
from tests.acceptance.packages import needs
from tests.acceptance.ports import free_port
from tests.acceptance.postfix import Postfix
from tests.acceptance.rspamd import SPAM, Rspamd
from tests.acceptance.sieve import Sieve

pytestmark = [needs(package) for package in ("postfix", "exim4-daemon-light", "dovecot-lmtpd", "dovecot-sieve")] + [
    needs(package) for package in ("rspamd", "redis-server")
]

POSTFIX, EXIM, FILTERED = "127.0.0.1", "127.0.0.2", "127.0.0.3"
GREYLISTED = 4  # seconds

# What each server says once it has taken the message, and the status and reason that it proves.
POSTFIX_LATER = {
    "full@client.test": "552 5.2.2 Mailbox full",
    "gone@client.test": "550 5.1.1 User unknown",
    "large@client.test": "552 5.3.4 Message size exceeds fixed limit",
}
EXIM_LATER = {
    "parti": "No such user here",
    "plein": "Mailbox quota exceeded",
    "ferme": "This account has been disabled",
}
SIEVE = {
    "choosy@sieve.test": 'require ["reject"]; reject "I do not accept messages from this sender.";',
    "open@sieve.test": "keep;",
}
EXPECTED = {
    "paul@client.test": ("received", ""),
    "full@client.test": ("reception_impossible", "mailbox_full"),
    "gone@client.test": ("send_error", "address_unknown"),
    "large@client.test": ("reception_impossible", "message_too_large"),
    "parti@exim.test": ("send_error", "address_unknown"),
    "plein@exim.test": ("reception_impossible", "mailbox_full"),
    "ferme@exim.test": ("reception_impossible", "mailbox_disabled"),
    "personne@exim.test": ("send_error", "address_unknown"),
    "choosy@sieve.test": ("reception_impossible", "recipient_refuses"),
    "open@sieve.test": ("received", ""),
}


class World(NamedTuple):
    ours: Installation
    rspamd: Rspamd


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Postfix with a server behind it and users with rules of their own, Exim, a Postfix that rspamd filters for."""
    port = free_port()
    with ExitStack() as stack:
        names = stack.enter_context(Names(elsewhere={"exim.test": EXIM, "filtered.test": FILTERED}))
        ours = stack.enter_context(
            Installation(dns_servers=names.endpoint, smtp_port=str(port), retry_first_wait=str(GREYLISTED))
        )
        rspamd = stack.enter_context(Rspamd(names.endpoint, GREYLISTED))
        behind = stack.enter_context(Postfix("inner.client.test", at_the_door=POSTFIX_LATER))
        postfix = stack.enter_context(
            Postfix("mx.client.test", mailboxes=("paul@client.test", *POSTFIX_LATER, *SIEVE), port=port, host=POSTFIX,
                    mailbox_domains=("client.test", "sieve.test"))
        )  # fmt: skip
        sieve = stack.enter_context(Sieve(SIEVE, postfix.port))
        returns = f"smtp:[127.0.0.1]:{ours.returns_port}"
        next_hops = dict.fromkeys(POSTFIX_LATER, f"smtp:[127.0.0.1]:{behind.port}")
        next_hops |= {"sieve.test": f"lmtp:inet:127.0.0.1:{sieve.port}", "returns.example.test": returns}
        postfix.change(after_acceptance=next_hops)
        stack.enter_context(Exim("exim.test", EXIM, port, ours.returns_port, EXIM_LATER))
        filtering = {"smtpd_milters": rspamd.milter, "milter_default_action": "tempfail"}
        stack.enter_context(
            Postfix("mx.filtered.test", mailboxes=("new@filtered.test", "spam@filtered.test"),
                    mailbox_domains=("filtered.test",), settings=filtering, port=port, host=FILTERED)
        )  # fmt: skip
        ours.serve()
        yield World(ours, rspamd)


def _said(rows: dict[str, Row], addresses: object) -> dict[str, tuple[str, str]]:
    return {address: (row.status, row.reason) for address, row in rows.items() if address in addresses}  # type: ignore[operator]


def test_what_comes_back_later_from_postfix_exim_and_sieve_names_the_reason_and_the_recipient(world: World) -> None:
    world.ours.send(sorted(EXPECTED))
    eventually_equal(lambda: _said(world.ours.status(), EXPECTED), lambda: EXPECTED, seconds=90)


def test_the_filter_s_refusal_is_spam_and_nobody_else_s(world: World) -> None:
    html = f"<html><body><p>Bonjour, voici votre convocation. {SPAM}</p></body></html>"
    world.ours.send(["spam@filtered.test"], html=html)
    spam = {"spam@filtered.test": ("reception_impossible", "spam_content")}
    eventually_equal(lambda: _said(world.ours.status(), spam), lambda: spam)


def test_who_is_asked_to_come_back_is_greylisted_then_received(world: World) -> None:
    world.ours.send(["new@filtered.test"])
    query = (
        "SELECT kind, reason FROM store_event WHERE recipient_id = "
        "(SELECT id FROM store_recipient WHERE address = 'new@filtered.test') ORDER BY id"
    )
    eventually_equal(lambda: world.ours.status()["new@filtered.test"].status, lambda: "received", seconds=90)
    assert ("deferred", "greylisted") in world.ours.query(query)
