"""An organisation's own mail account at a real Postfix, which asks for TLS and a password (Dovecot's): set on the page,
refused with words, used by the engine, what comes of each e-mail told by its reports."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from tests.acceptance.browser import WIDTHS, go, log_in, page, picture
from tests.acceptance.dovecot import PASSWORD as SECRET
from tests.acceptance.dovecot import USER, Dovecot
from tests.acceptance.installation import PASSWORD, STAFF, Installation, eventually_equal
from tests.acceptance.nsd import Nsd
from tests.acceptance.packages import needs
from tests.acceptance.postfix import Postfix
from tests.engine.scripted_server import self_signed

pytestmark = [needs("postfix"), needs("nsd"), needs("dovecot-imapd"), needs("chromium")]

HOST, ADDRESS = "mail.of-exemple.fr", "contact@of-exemple.fr"
# For each recipient: what the account's server will report, the event that this is, and the status it proves.
REPORTED = {
    "paul@here.test": ("delivered", "received"),
    "marie@next.test": ("relayed", "sent"),
    "nobody@next.test": ("returned", "send_error"),
    "full@next.test": ("returned", "reception_impossible"),
}


class World(NamedTuple):
    ours: Installation
    relay: Postfix


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("account")
    (folder / "mail").mkdir()
    folder.chmod(0o755)
    _context, certificate = self_signed(folder, HOST)
    with ExitStack() as stack:
        names = stack.enter_context(Nsd("fr", [f"{HOST}. IN A 127.0.0.1", "ailleurs.fr. IN A 127.0.0.1"]))
        logins = stack.enter_context(Dovecot(folder / "mail"))
        behind = stack.enter_context(_behind())
        onward = {"next.test": f"smtp:[127.0.0.1]:{behind.port}", "returns.example.test": "retry:4.3.2 Not yet"}
        relay = stack.enter_context(_relay(logins, certificate, onward))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("SSL_CERT_FILE", certificate)
        ours = stack.enter_context(Installation(dns_servers=names.endpoint, smtp_port="9"))
        ours.serve()
        returns = f"smtp:[127.0.0.1]:{ours.returns_port}"
        relay.change(after_acceptance=onward | {"returns.example.test": returns})
        yield World(ours, relay)


def _behind() -> Postfix:
    return Postfix(
        "mx.next.test",
        mailboxes=("marie@next.test",),
        mailbox_domains=("next.test",),
        at_the_door={"full@next.test": "552 5.2.2 Mailbox full"},
        settings={"smtpd_discard_ehlo_keywords": "dsn"},
    )


def _relay(logins: Dovecot, certificate: str, onward: dict[str, str]) -> Postfix:
    """Lets in with a password under TLS only, as providers do."""
    return Postfix(
        HOST,
        mailboxes=("paul@here.test", ADDRESS),
        mailbox_domains=("here.test", "of-exemple.fr"),
        after_acceptance=onward,
        settings={
            "smtpd_tls_security_level": "may",
            "smtpd_tls_chain_files": certificate,
            "smtpd_tls_auth_only": "yes",
            "smtpd_sasl_auth_enable": "yes",
            "smtpd_sasl_type": "dovecot",
            "smtpd_sasl_path": str(logins.logins),
            "smtpd_recipient_restrictions": "permit_sasl_authenticated, reject",
            "smtpd_relay_restrictions": "permit_sasl_authenticated, reject",
        },
    )


def fill(sheet: Page, world: World, **other: str) -> str:
    """What the page says of the account that was typed."""
    given = {"address": ADDRESS, "host": HOST, "port": str(world.relay.port), "user": USER, "password": SECRET}
    for name, value in (given | other).items():
        sheet.fill(f"input[name={name}]", value)
    go(sheet.get_by_role("button", name="Essayer et utiliser ce compte"))
    return sheet.inner_text("main")


def test_it_is_set_once_it_works_and_used_for_every_email(world: World, browser: Browser) -> None:
    with page(browser, expected="422") as sheet:
        log_in(sheet, world.ours.url, STAFF, PASSWORD)
        sheet.goto(f"{world.ours.url}/o/formation-exemple/reglages/expediteur")
        picture(sheet, "account-1-offered")
        go(sheet.get_by_role("link", name="Utiliser votre propre compte"))
        assert "Aucun serveur ne porte ce nom" in fill(sheet, world, host="inconnu.fr")
        assert "certificat" in fill(sheet, world, host="ailleurs.fr")
        assert "535 5.7.8" in fill(sheet, world, password="faux")
        assert "mot de passe d'application" in sheet.inner_text("main").replace("’", "'")
        picture(sheet, "account-2-refused")
        assert "Le compte fonctionne" in fill(sheet, world)
        here = sheet.url
    for width in WIDTHS:
        with page(browser, width=width) as sheet:
            log_in(sheet, world.ours.url, STAFF, PASSWORD)
            sheet.goto(here)
            assert sheet.evaluate("document.documentElement.scrollWidth <= innerWidth")
            picture(sheet, "account-3-works")
            sheet.goto(f"{world.ours.url}/o/formation-exemple/reglages/expediteur")
            picture(sheet, "account-4-sender")
    world.ours.send(list(REPORTED))
    eventually_equal(world.ours.standings, lambda: REPORTED)
    (message,) = world.relay.mail_of("paul@here.test")
    assert message["From"].endswith(f"<{ADDRESS}>")
    assert "ESMTPSA" in message["Received"]
    transcripts = [text for (text,) in world.ours.query("SELECT transcript FROM store_attempt")]
    assert all("AUTH PLAIN ***" in text for text in transcripts[:1])
    assert not any(SECRET in text for text in transcripts)
