"""A domain of an organisation's own, set up on its page against a real name server and received by a real Postfix."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import NamedTuple

import dkim
from playwright.sync_api import Page

from tests.acceptance.browser import go, says
from tests.acceptance.installation import Installation, wait_for
from tests.acceptance.nsd import Nsd
from tests.acceptance.postfix import Postfix

OURS, PLATFORM, CLIENT = "of-exemple.fr", "plateforme-exemple.fr", "client-exemple.fr"
CONTACT, RECIPIENT = f"contact@{OURS}", f"jeanne@{CLIENT}"


class World(NamedTuple):
    ours: Installation
    names: Nsd
    postfix: Postfix


def clients_server(**settings: str) -> Postfix:
    """Where the recipient has a mailbox, and so has the address that is to be proven."""
    return Postfix(f"mx.{CLIENT}", mailboxes=(RECIPIENT, CONTACT), mailbox_domains=(CLIENT, OURS), settings=settings)


def platform(names: Nsd, postfix: Postfix, name: str = PLATFORM, **other: str) -> Installation:
    """An installation whose own domain is `name`."""
    return Installation(
        dns_servers=names.endpoint,
        smtp_port=str(postfix.port),
        platform_address=f"envoi@{name}",
        return_path=f"r.{{token}}@returns.{name}",
        **other,
    )


def set_up(sheet: Page, ours: Installation) -> None:
    """Begins; the page of the domain is shown."""
    sheet.goto(f"{ours.url}/o/formation-exemple/reglages/expediteur")
    sheet.fill("input[name=name]", OURS)
    go(sheet.get_by_role("button", name="Configurer ce domaine"))


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
    go(sheet.get_by_role("button", name="Vérifier maintenant"))
    return sheet.locator("#domain .domain-state").inner_text()


def prove_the_address(sheet: Page, world: World) -> None:
    sheet.goto(f"{world.ours.url}/o/formation-exemple/reglages/expediteur")
    sheet.fill("input[name=sender_address]", CONTACT)
    go(sheet.get_by_role("button", name="Enregistrer"))
    link = re.search(r"http://\S+/expediteur/[\w-]+", text_of(received(world, "Confirmez cette adresse d'envoi")))
    assert link
    sheet.goto(link[0])
    go(sheet.locator("main form button.main"))
    says(sheet, CONTACT)


def received(world: World, subject: str) -> EmailMessage:
    """The message with this subject, once the recipient's Postfix has put it into a mailbox."""
    wait_for(lambda: bool(_all(world, subject)), f"“{subject}” has arrived")
    return message_from_bytes(_all(world, subject)[0], policy=policy.default)


def _all(world: World, subject: str) -> list[bytes]:
    mailboxes = [world.postfix.maildir(address) / "new" for address in (RECIPIENT, CONTACT)]
    raws = [file.read_bytes() for mailbox in mailboxes if mailbox.exists() for file in mailbox.iterdir()]
    return [raw for raw in raws if message_from_bytes(raw, policy=policy.default)["Subject"] == subject]


def as_sent(world: World, subject: str) -> bytes:
    """Without what Postfix and its filters put before it, and with the line ends that it came with."""
    raw = _all(world, subject)[0]
    return raw[raw.index(b"DKIM-Signature:") :].replace(b"\n", b"\r\n")


def is_signed(world: World, subject: str) -> bool:
    """Whether dkimpy verifies it with what the name server says."""

    def ask(name: bytes, timeout: int = 0) -> bytes:
        return next(iter(world.names.ask(name.decode(), "TXT")), b"")

    return bool(dkim.verify(as_sent(world, subject), dnsfunc=ask))


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
