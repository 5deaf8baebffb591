"""Everything leaves through a relay, a real Postfix: its 250 proves little, its reports prove the rest."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest

from tests.acceptance.installation import Installation, eventually_equal
from tests.acceptance.packages import needs
from tests.acceptance.postfix import Postfix

pytestmark = needs("postfix")

REPORTED = {
    "paul@here.test": "received",  # Postfix reports "delivered"
    "marie@next.test": "sent",  # "relayed": the next server promises no report
    "nobody@next.test": "send_error",  # "failed", 5.1.1
    "full@here.test": "reception_impossible",  # "failed", 5.2.2
    "late@far.test": "sent",  # "delayed"
    "silent@here.test": "sent",  # nothing ever comes back
}


class World(NamedTuple):
    ours: Installation
    relay: Postfix
    routes: dict[str, str]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """The relay, the server behind it, which announces no DSN, and our installation. Reports wait in the relay."""
    with ExitStack() as stack:
        behind = stack.enter_context(
            Postfix(
                "mx.next.test",
                mailboxes=("marie@next.test",),
                mailbox_domains=("next.test",),
                settings={"smtpd_discard_ehlo_keywords": "dsn"},
            )
        )
        routes = {
            "next.test": f"smtp:[127.0.0.1]:{behind.port}",
            "far.test": "retry:4.4.1 No answer from far.test",
            "full@here.test": "error:5.2.2 Mailbox full",
        }
        relay = stack.enter_context(
            Postfix(
                "relay.example.test",
                mailboxes=("paul@here.test", "full@here.test", "silent@here.test"),
                mailbox_domains=("here.test",),
                at_the_door={"silent@here.test": "HOLD"},
                after_acceptance={**routes, "returns.example.test": "retry:4.3.2 Not yet"},
                settings={"delay_warning_time": "1s"},
            )
        )
        ours = stack.enter_context(Installation(relay_url=f"smtp://127.0.0.1:{relay.port}"))
        ours.serve()
        ours.send(list(REPORTED))
        yield World(ours, relay, routes)


def statuses(ours: Installation) -> dict[str, str]:
    return {address: row.status for address, row in ours.status().items()}


def test_the_relay_s_acceptance_means_sent_and_no_more(world: World) -> None:
    eventually_equal(lambda: statuses(world.ours), lambda: dict.fromkeys(REPORTED, "sent"))


def test_its_reports_tell_what_became_of_each_and_silence_stays_sent(world: World) -> None:
    returns = f"smtp:[127.0.0.1]:{world.ours.returns_port}"
    world.relay.change(after_acceptance={**world.routes, "returns.example.test": returns})
    eventually_equal(lambda: statuses(world.ours), lambda: REPORTED)
    assert [fate.status for fate in world.relay.fate_of("silent@here.test")] == ["held"]
    assert {fate.code for fate in world.relay.fate_of("late@far.test")} == {"4.4.1"}
    assert len(world.relay.mail_of("paul@here.test")) == 1
