"""The check-up of e-mails that failed for twenty-six causes, at real servers and in the simulated world: on top of each
page stands the true one."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.acceptance.browser import WIDTHS, go, log_in, page, picture, says
from tests.acceptance.exim import Exim
from tests.acceptance.installation import PASSWORD, STAFF, Installation, wait_for
from tests.acceptance.looks import scrolls_sideways
from tests.acceptance.packages import needs
from tests.acceptance.ports import free_port
from tests.acceptance.postfix import Postfix
from tests.acceptance.rspamd import SPAM, Rspamd
from tests.acceptance.sieve import Sieve
from tests.dns_server import SERVFAIL, TestDnsServer, Zones

pytestmark = [needs(package) for package in ("postfix", "exim4-daemon-light", "dovecot-lmtpd", "dovecot-sieve")] + [
    needs(package) for package in ("rspamd", "redis-server", "chromium")
]

POSTFIX, EXIM, FILTERED, STRICT, NOBODY = (f"127.0.0.{number}" for number in range(1, 6))
OURS, SHARED = "of-exemple.test", "example.test"
EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

ADDRESS = "L'adresse est-elle juste ?"
SENDER = "L'expéditeur inspire-t-il confiance ?"
FILTER = "La messagerie du destinataire nous refuse-t-elle ?"
FORM = "L'e-mail lui-même paraît-il suspect ?"
REPUTATION = "D'autres e-mails arrivent-ils au même endroit ?"
SERVER = "Notre serveur d'envoi est-il en ordre ?"

# To whom; the question on top, and what its answer says.
REAL = {
    # Postfix, a Postfix behind it, a Sieve rule of Dovecot, Exim
    "personne@client.test": (ADDRESS, "est inconnue"),
    "plein@exim.test": (FILTER, "est pleine"),
    "ferme@exim.test": (FILTER, "est désactivée"),
    "choisit@sieve.test": (FILTER, "n'accepte que certains expéditeurs"),
    "boucle@client.test": (FILTER, "transféré en boucle"),
    "ailleurs@relais.test": (FILTER, "mène au mauvais serveur"),
    # the DNS, the line
    "awa@introuvable.test": (ADDRESS, "n'existe pas"),
    "awa@gmial.com": (ADDRESS, "awa@gmail.com"),
    "awa@sans-messagerie.test": (ADDRESS, "ne reçoit pas d'e-mails"),
    "awa@muet.test": (FILTER, "ne répond pas"),
    "awa@eteint.test": (FILTER, "ne répond pas"),
}
CONTENT = {
    # rspamd; what Postfix looks for in the body and in the parts
    "spam@filtered.test": (FORM, "pris pour un indésirable"),
    "virus@strict.test": (FORM, "jugé dangereux"),
    "lien@strict.test": (FORM, "lien de l'e-mail est bloqué"),
    "piece@strict.test": (FORM, "pièce jointe a été refusée"),
    "lourd@strict.test": (FORM, "trop lourd"),
}
SIMULATED = {
    "a@non-authentifie.simulator.invalid": (SENDER, "n'autorise pas nos envois"),
    "a@expediteur-refuse.simulator.invalid": (SENDER, "adresse d'envoi a été refusée"),
    "a@domaine-bloque.simulator.invalid": (SENDER, "liste Spamhaus"),
    "a@mauvaise-reputation.simulator.invalid": (REPUTATION, "se méfie de vos e-mails"),
    "a@trop-d-envois.simulator.invalid": (REPUTATION, "limite nos envois"),
    "a@ip-bloquee.simulator.invalid": (SERVER, "liste Spamhaus"),
    "a@sans-nom-inverse.simulator.invalid": (SERVER, "mal identifié"),
    "a@chiffrement-exige.simulator.invalid": (SERVER, "chiffrement est exigé"),
    "a@regle-interne.simulator.invalid": (FILTER, "interdit l'e-mail"),
    "a@demenage.simulator.invalid": (ADDRESS, "a changé"),
}
TRUE_CAUSES = REAL | CONTENT | SIMULATED
# What is put off until we give up: the causes that end so.
PUT_OFF = ("awa@muet.test", "awa@eteint.test", "a@trop-d-envois.simulator.invalid")

ZONES: Zones = {
    **{f"{name}.test": [("MX", f"10 mx.{name}.test.")] for name in ("client", "exim", "sieve", "filtered", "strict")},
    **{f"{name}.test": [("MX", f"10 mx.{name}.test.")] for name in ("relais", "eteint")},
    "returns.example.test": [("MX", "10 mx.example.test.")],
    "sans-messagerie.test": [("MX", "0 .")],
    "muet.test": [SERVFAIL],
    **{f"mx.{name}.test": [("A", POSTFIX)] for name in ("client", "sieve", "example")},
    "mx.exim.test": [("A", EXIM)],
    "mx.filtered.test": [("A", FILTERED)],
    **{f"mx.{name}.test": [("A", STRICT)] for name in ("strict", "relais")},
    "mx.eteint.test": [("A", NOBODY)],
}
BODY_CHECKS = (
    "/EICAR-STANDARD/ REJECT Virus found: Eicar-Test-Signature\n/bit\\.ly/ REJECT contains a URL listed by SURBL\n"
)
PART_CHECKS = "/name=.*\\.zip/ REJECT Attachments of this type are not allowed\n"


@pytest.fixture(scope="module")
def ours() -> Iterator[Installation]:
    port = free_port()
    with ExitStack() as stack:
        names = stack.enter_context(TestDnsServer(ZONES))
        ours = stack.enter_context(
            Installation(
                dns_servers=f"127.0.0.1:{names.port}", smtp_port=str(port), simulator="yes",
                simulator_listen=f"127.0.0.1:{free_port()}", retry_first_wait="2",
            )
        )  # fmt: skip
        _servers(stack, ours, port, f"127.0.0.1:{names.port}")
        _send_in_its_own_name(ours)
        ours.serve()
        _send_all(ours)
        _give_up(ours)
        wait_for(lambda: set(TRUE_CAUSES) <= _failed(ours), "all have failed", 120, pause=1)
        yield ours


def _servers(stack: ExitStack, ours: Installation, port: int, dns: str) -> None:
    sieve_users = {"choisit@sieve.test": 'require ["reject"]; reject "I do not accept messages from this sender.";'}
    postfix = stack.enter_context(
        Postfix("mx.client.test", mailboxes=("boucle@client.test", *sieve_users), port=port, host=POSTFIX,
                mailbox_domains=("client.test", "sieve.test"))
    )  # fmt: skip
    sieve = stack.enter_context(Sieve(sieve_users, postfix.port))
    returns = f"smtp:[127.0.0.1]:{ours.returns_port}"
    postfix.change(
        after_acceptance={
            "boucle@client.test": "error:5.4.6 mail forwarding loop for boucle@client.test",
            "sieve.test": f"lmtp:inet:127.0.0.1:{sieve.port}",
            "returns.example.test": returns,
        }
    )
    full = {"plein": "Mailbox quota exceeded", "ferme": "This account has been disabled"}
    stack.enter_context(Exim("exim.test", EXIM, port, ours.returns_port, full))
    rspamd = stack.enter_context(Rspamd(dns, 0))
    stack.enter_context(
        Postfix("mx.filtered.test", mailboxes=("spam@filtered.test",), mailbox_domains=("filtered.test",), port=port,
                settings={"smtpd_milters": rspamd.milter, "milter_default_action": "tempfail"}, host=FILTERED)
    )  # fmt: skip
    _strict(stack, ours.home, port)


def _strict(stack: ExitStack, folder: Path, port: int) -> None:
    """Looks into what it gets, takes little, and relays for nobody."""
    (folder / "body_checks").write_text(BODY_CHECKS)
    (folder / "part_checks").write_text(PART_CHECKS)
    folder.chmod(0o755)
    settings = {
        "body_checks": f"regexp:{folder}/body_checks",
        "mime_header_checks": f"regexp:{folder}/part_checks",
        "message_size_limit": "60000",
        "mynetworks": "127.255.255.255/32",
    }
    stack.enter_context(
        Postfix("mx.strict.test", mailboxes=tuple(CONTENT), mailbox_domains=("strict.test",), settings=settings,
                port=port, host=STRICT)
    )  # fmt: skip


def _send_in_its_own_name(ours: Installation, address: str = f"contact@{OURS}") -> None:
    _change(ours, f"UPDATE store_organisation SET sender_address = '{address}'")


def _change(ours: Installation, sql: str) -> None:
    with sqlite3.connect(ours.database_url.removeprefix("sqlite://"), timeout=30) as file:
        file.execute(sql)


def _send_all(ours: Installation) -> None:
    ours.send([*REAL, *SIMULATED])
    text = "<p>Bonjour {{ prenom }}, voici votre convocation pour la formation de lundi prochain à Lyon.</p>"
    ours.send(["spam@filtered.test"], html=f"{text}<p>{SPAM}</p>")
    ours.send(["virus@strict.test"], html=f"{text}<p>{EICAR}</p>")
    ours.send(["lien@strict.test"], html=f'{text}<p><a href="https://bit.ly/3xYz">Le programme complet</a></p>')
    ours.send(["lourd@strict.test"], html=text + f"<p>{'Le programme détaillé. ' * 4000}</p>")
    file = ours.home / "documents.zip"
    file.write_bytes(b"PK\x05\x06" + bytes(18))
    ours.send(["piece@strict.test"], html=text, attach=file)


def _give_up(ours: Installation) -> None:
    """Four days have passed for those who are still asked to wait."""
    waiting = f"SELECT COUNT(*) FROM store_recipient WHERE failed_attempts > 0 AND address IN {PUT_OFF}"
    wait_for(lambda: ours.query(waiting)[0][0] == len(PUT_OFF), "all three were put off", 90)
    _change(ours, f"UPDATE store_recipient SET due_since = datetime(due_since, '-4 days') WHERE address IN {PUT_OFF}")


def _failed(ours: Installation) -> set[str]:
    failures = {"reception_impossible", "send_error"}
    return {address for address, row in ours.status().items() if row.status in failures}


def _top(sheet: Page, ours: Installation, address: str) -> tuple[str, str]:
    """The question and the text of the first answer, as the page shows them."""
    (number,) = ours.query(f"SELECT MAX(id) FROM store_recipient WHERE address = '{address}'")[0]
    sheet.goto(f"{ours.url}/o/formation-exemple/emails/{number}/diagnostic")
    first = sheet.locator(".records > li").first
    question, said = (text.replace("\xa0", " ") for text in (first.locator("h2").inner_text(), first.inner_text()))
    return question, said if "Cause probable" in said else "nothing likely"


def test_the_true_cause_stands_on_top_of_each(ours: Installation, browser: Browser) -> None:
    assert len(TRUE_CAUSES) >= 20
    with page(browser) as sheet:
        log_in(sheet, ours.url, STAFF, PASSWORD)
        found = {address: _top(sheet, ours, address) for address in TRUE_CAUSES}
    wrong = {
        address: (question, said)
        for address, (question, said) in found.items()
        if question != TRUE_CAUSES[address][0] or TRUE_CAUSES[address][1] not in said
    }
    print(f"the true cause on top: {len(found) - len(wrong)} of {len(found)}")
    assert wrong == {}


def test_the_whole_session_is_looked_into_at_once(ours: Installation, browser: Browser) -> None:
    with page(browser) as sheet:
        log_in(sheet, ours.url, STAFF, PASSWORD)
        sheet.goto(f"{ours.url}/o/formation-exemple/sessions/1/suivi/emails/historique")
        go(sheet.get_by_role("link", name="Pourquoi ces échecs ?"))
        says(sheet, f"échecs sur {len(TRUE_CAUSES)} ont la même cause")
        assert sheet.locator(".records > li").count() > 15


def test_a_refusal_of_the_shared_address_says_so_first(ours: Installation, browser: Browser) -> None:
    _send_in_its_own_name(ours, "")
    shared = ["b@regle-interne.simulator.invalid", "b@sans-explication.simulator.invalid"]
    ours.send(shared)
    wait_for(lambda: set(shared) <= _failed(ours), "both have failed", 60)
    with page(browser) as sheet:
        log_in(sheet, ours.url, STAFF, PASSWORD)
        for address in shared:
            question, said = _top(sheet, ours, address)
            assert (question, f"@{SHARED}" in said, "Utilisez votre propre domaine" in said) == (SENDER, True, True)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_its_pages_can_be_looked_at(ours: Installation, browser: Browser, language: str, width: int) -> None:
    with page(browser, width=width, language=language) as sheet:
        log_in(sheet, ours.url, STAFF, PASSWORD)
        go(sheet.locator(f"form.languages button[value={language}]"))
        for name, address in (("full", "plein@exim.test"), ("link", "lien@strict.test"), ("moved", "awa@gmial.com")):
            _top(sheet, ours, address)
            picture(sheet, f"check-up-{name}-{language}")
        sheet.goto(f"{ours.url}/o/formation-exemple/sessions/1/suivi/emails/diagnostic")
        picture(sheet, f"check-up-session-{language}")
        assert not scrolls_sideways(sheet)
