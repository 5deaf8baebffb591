"""A recipient that enforces SPF, DKIM and DMARC, a real Postfix with rspamd: what a domain set up on the page sends is
taken, before and after its key changed; what is unsigned in its name is refused, and History says why."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page

from tests.acceptance.browser import WIDTHS, go, log_in, page, picture, says
from tests.acceptance.installation import PASSWORD, STAFF, eventually_equal
from tests.acceptance.nsd import Nsd
from tests.acceptance.own_domain import (
    CLIENT,
    CONTACT,
    OURS,
    PLATFORM,
    RECIPIENT,
    World,
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
from tests.acceptance.ports import free_port
from tests.acceptance.rspamd_as_installed import RspamdAsInstalled

pytestmark = [needs("postfix"), needs("nsd"), needs("rspamd"), needs("chromium"), needs("postfix-policyd-spf-python")]

CARELESS = "autre-exemple.fr"
DKIM_ZONE = f"dkim.{PLATFORM}"
WORLD = [
    *(f"{name}. IN MX 10 mx.{name}." for name in (OURS, PLATFORM, CLIENT, CARELESS)),
    *(f"mx.{name}. IN A 127.0.0.1" for name in (OURS, PLATFORM, CLIENT, CARELESS)),
    *(f"returns.{name}. IN MX 10 mx.{name}." for name in (PLATFORM, CARELESS)),
    *(f'returns.{name}. IN TXT "v=spf1 ip4:127.0.0.1 -all"' for name in (PLATFORM, CARELESS)),
    # Its owner insists already, and whatever stands at the top is never touched.
    f'_dmarc.{OURS}. IN TXT "v=DMARC1; p=reject"',
    f'{OURS}. IN TXT "v=spf1 -all"',
]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with ExitStack() as stack:
        names, milter = stack.enter_context(Nsd("fr", WORLD)), free_port()
        stack.enter_context(RspamdAsInstalled(names=names.port, milter=milter))
        asked = {"smtpd_milters": f"inet:127.0.0.1:{milter}", "milter_default_action": "tempfail"}
        postfix = stack.enter_context(clients_server(**asked))
        ours = stack.enter_context(platform(names, postfix, hostname=f"mx.{PLATFORM}", dkim_zone=DKIM_ZONE))
        ours.serve()
        yield World(ours, names, postfix)


def test_a_domain_set_up_once_sends_what_passes_for_ever(world: World, browser: Browser) -> None:
    ours, names, _ = world
    with page(browser) as sheet:
        log_in(sheet, ours.url, STAFF, PASSWORD)
        set_up(sheet, ours)
        here = sheet.url
        theirs = [line for line in records_shown(sheet) if "_dmarc" not in line]
        assert sum(f".{DKIM_ZONE}." in line for line in theirs) == 2
        names.publish([*WORLD, *theirs])
        check(sheet, "En attente du DNS")
        says(sheet, "Votre part est faite")
        picture(sheet, "enforced-1-our-part")
        names.publish([*WORLD, *theirs, *ours.run("zone").splitlines()])
        check(sheet, "Vérifié")
        prove_the_address(sheet, world)

        first = passes(world, "Au nom du domaine")
        sheet.goto(here)
        go(sheet.get_by_role("button", name="Passer dès maintenant à la signature suivante"))
        says(sheet, "signe désormais")
        picture(sheet, "enforced-2-key-changed")
        world.ours.stop()  # the engine reads keys anew after half a minute: here at once
        world.ours.serve()
        second = passes(world, "Avec la clé suivante")
        assert first != second
        look_at_all_answers(world, sheet, browser)


def look_at_all_answers(world: World, sheet: Page, browser: Browser) -> None:
    sheet.goto(f"{world.ours.url}/o/formation-exemple/reglages/expediteur")
    go(sheet.get_by_role("link", name=OURS))
    go(sheet.get_by_role("link", name="Tout ce que répond le DNS"))
    go(sheet.get_by_role("button", name="Demander maintenant"))
    says(sheet, "Les contrefaçons doivent être refusées (p=reject)", f"127.0.0.1 peut envoyer pour retours.{OURS}")
    for width in WIDTHS:
        with page(browser, width=width) as other:
            log_in(other, world.ours.url, STAFF, PASSWORD)
            other.goto(sheet.url)
            assert other.evaluate("document.documentElement.scrollWidth <= innerWidth")
            picture(other, "enforced-3-answers")


def passes(world: World, subject: str) -> str:
    """Taken by the server that enforces, and found right by rspamd, dkimpy and pyspf. Returns the selector."""
    world.ours.send([RECIPIENT], subject=subject)
    message = received(world, subject)
    assert message["From"].endswith(f"<{CONTACT}>")
    results = " ".join(message["Authentication-Results"].split())
    assert "dkim=pass" in results
    assert "spf=pass" in results
    assert re.search(rf"dmarc=pass .*header\.from={re.escape(OURS)}", results) or "dmarc=pass" in results
    returns = message["Return-Path"].strip("<>")
    assert returns.endswith(f"@retours.{OURS}")
    assert pyspf(world.names, returns) == "pass"
    signature = message["DKIM-Signature"]
    assert f"d={OURS};" in signature
    assert is_signed(world, subject)
    selector = re.search(r"s=([\w-]+);", signature)
    assert selector
    return selector[1]


_PYSPF = """
import sys, DNS, spf
DNS.defaults.update(server=["127.0.0.1"], port=int(sys.argv[1]))
print(spf.check2(i="127.0.0.1", s=sys.argv[2], h=sys.argv[3])[0])
"""


def pyspf(names: Nsd, sender: str) -> str:
    """What Debian's pyspf says of 127.0.0.1, the address from which everything comes here."""
    command = ["/usr/bin/python3", "-c", _PYSPF, str(names.port), sender, f"mx.{PLATFORM}"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


def test_what_is_unsigned_in_its_name_is_refused_and_says_so(world: World, browser: Browser) -> None:
    """Another installation, whose operator answers for an address without having the keys of its domain: SPF passes,
    for a domain that is not the one of the From field."""
    with platform(world.names, world.postfix, CARELESS, hostname=f"mx.{CARELESS}") as careless:
        careless.run("add-organisation", "negligent", "Organisme négligent", "--sender", CONTACT)
        careless.run("add-session", "S-1", "Sécurité", "--organisation", "negligent")
        careless.run("add-user", "paul@negligent.test", "--organisation", "negligent", "--password", PASSWORD)
        careless.serve()
        told = careless.home / "recipients.csv"
        told.write_text(f"email,prenom,nom\n{RECIPIENT},Jeanne,Exemple\n")
        text = careless.home / "message.html"
        text.write_text("<p>Bonjour</p>")
        careless.run(
            "send", "--organisation", "negligent", "--session", "S-1", "--type", "convocation",
            "--subject", "Sans droit", "--html", str(text), "--recipients", str(told),
        )  # fmt: skip

        def standing() -> tuple[str, str]:
            rows = json.loads(careless.run("status", "--organisation", "negligent", "--session", "S-1", "--json"))
            return rows[0]["status"], rows[0]["reason"]

        eventually_equal(standing, lambda: ("reception_impossible", "auth_failed"))
        (reply,) = careless.query("SELECT reply FROM store_attempt")[0]
        assert reply.startswith("5")
        assert "DMARC" in reply
        assert not any(m["Subject"] == "Sans droit" for m in world.postfix.mail_of(RECIPIENT))
        with page(browser) as sheet:
            log_in(sheet, careless.url, "paul@negligent.test", PASSWORD)
            go(sheet.get_by_role("link", name="Sécurité").first)
            says(sheet, "Jeanne")
            picture(sheet, "enforced-4-refused")
