"""Everything leaves through a relay, a real Postfix: its 250 proves little, its reports prove the rest."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest

from tests.acceptance.installation import Installation, eventually_equal
from tests.acceptance.packages import needs
from tests.acceptance.postfix import Postfix

pytestmark = needs("postfix")

# For each recipient: what the relay will report, the event that this is, and the status it proves.
REPORTED = {
    "paul@here.test": ("delivered", "received"),
    "marie@next.test": ("relayed", "sent"),  # the next server promises no report
    "nobody@next.test": ("returned", "send_error"),
    "full@next.test": ("returned", "reception_impossible"),
    "late@next.test": ("delayed", "sent"),
    "silent@here.test": ("handed_over", "sent"),  # nothing ever comes back
}


class World(NamedTuple):
    ours: Installation
    relay: Postfix
    onward: dict[str, str]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """The relay, the server behind it, which announces no DSN, and our installation. Reports wait in the relay."""
    with ExitStack() as stack:
        behind = stack.enter_context(
            Postfix(
                "mx.next.test",
                mailboxes=("marie@next.test",),
                mailbox_domains=("next.test",),
                at_the_door={
                    "full@next.test": "552 5.2.2 Mailbox full",
                    "late@next.test": "450 4.2.0 Come back later",
                },
                settings={"smtpd_discard_ehlo_keywords": "dsn"},
            )
        )
        onward = {"next.test": f"smtp:[127.0.0.1]:{behind.port}"}
        relay = stack.enter_context(
            Postfix(
                "relay.example.test",
                mailboxes=("paul@here.test", "silent@here.test"),
                mailbox_domains=("here.test",),
                at_the_door={"silent@here.test": "HOLD"},
                after_acceptance={**onward, "returns.example.test": "retry:4.3.2 Not yet"},
                settings={"delay_warning_time": "1s"},
            )
        )
        ours = stack.enter_context(Installation(relay_url=f"smtp://127.0.0.1:{relay.port}"))
        ours.serve()
        ours.send(list(REPORTED))
        yield World(ours, relay, onward)


def test_the_relay_s_acceptance_means_sent_and_no_more(world: World) -> None:
    eventually_equal(world.ours.standings, lambda: dict.fromkeys(REPORTED, ("handed_over", "sent")))


def test_its_reports_tell_what_became_of_each_and_silence_stays_sent(world: World) -> None:
    returns = f"smtp:[127.0.0.1]:{world.ours.returns_port}"
    world.relay.change(after_acceptance={**world.onward, "returns.example.test": returns})
    eventually_equal(world.ours.standings, lambda: REPORTED)
    assert [fate.status for fate in world.relay.fate_of("silent@here.test")] == ["held"]
    assert len(world.relay.mail_of("paul@here.test")) == 1
