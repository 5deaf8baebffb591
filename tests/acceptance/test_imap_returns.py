"""For those who cannot receive returns: a mailbox somewhere collects them, and we read it over IMAP."""

from tests.acceptance.dovecot import Dovecot
from tests.acceptance.installation import Installation, eventually_equal, wait_for
from tests.acceptance.names import Names
from tests.acceptance.packages import needs
from tests.acceptance.postfix import Postfix

pytestmark = [needs("postfix"), needs("dovecot-imapd")]

COLLECTOR = "@returns.example.test"


def test_a_report_that_waits_in_a_mailbox_tells_what_became_of_the_message(names: Names) -> None:
    behind = Postfix("inner.client.test", at_the_door={"full@client.test": "552 5.2.2 Mailbox full"})
    postfix = Postfix(
        "mx.client.test",
        mailboxes=("paul@client.test", "full@client.test", COLLECTOR),
        mailbox_domains=("client.test", "returns.example.test"),
    )
    with (
        behind,
        postfix,
        Dovecot(postfix.maildir(COLLECTOR)) as dovecot,
        Installation(dns_servers=names.endpoint, smtp_port=str(postfix.port), returns_imap_url=dovecot.url) as ours,
    ):
        postfix.change(after_acceptance={"full@client.test": f"smtp:[127.0.0.1]:{behind.port}"})
        ours.start("deliver")
        ours.send(["paul@client.test", "full@client.test"])
        wait_for(lambda: any(postfix.maildir(COLLECTOR).glob("new/*")), "the report is in the mailbox")
        ours.start("fetch-returns")
        eventually_equal(
            lambda: {address: (row.status, row.reason) for address, row in ours.status().items()},
            lambda: {
                "paul@client.test": ("received", ""),
                "full@client.test": ("reception_impossible", "mailbox_full"),
            },
        )
