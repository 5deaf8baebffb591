"""Signed domains that announce their servers' certificates (DANE, RFC 7672): a real resolver validates, a real Postfix
shows its certificate, and nothing is sent to whoever shows another one."""

from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser

from tests.acceptance.browser import log_in, page, picture
from tests.acceptance.installation import PASSWORD, STAFF, Installation, eventually_equal, wait_for
from tests.acceptance.packages import needs
from tests.acceptance.postfix import Postfix
from tests.acceptance.signed_names import SignedNsd, Unbound
from tests.engine.scripted_server import self_signed

pytestmark = [needs("postfix"), needs("nsd"), needs("unbound"), needs("chromium")]

RIGHT, WRONG, SILENT = "paul@juste.sure.fr", "paul@fausse.sure.fr", "paul@muette.sure.fr"
FORGED_MX, FORGED_TLSA = "paul@brisee.fr", "paul@leurre.fr"
EVERYBODY = (RIGHT, WRONG, SILENT, FORGED_MX, FORGED_TLSA)
ANOTHER = "3 1 1 " + "00" * 32
NOT_THEIRS = "the server's certificate is not one that its DNS announces (DANE)"


class World(NamedTuple):
    ours: Installation
    postfix: Postfix
    sure: SignedNsd
    broken: SignedNsd
    lure: SignedNsd
    unbound: Unbound
    announced: str


def sure_fr(port: int, of_right: str, of_wrong: str) -> list[str]:
    """What the zone holds, with what it announces of two of its three servers."""
    return [
        *(f"{name} IN MX 10 mx.{name}\nmx.{name} IN A 127.0.0.1" for name in ("juste", "fausse", "muette")),
        f"_{port}._tcp.mx.juste IN TLSA {of_right}",
        f"_{port}._tcp.mx.fausse IN TLSA {of_wrong}",
    ]


def alone(announced: str, port: int) -> list[str]:
    return ["@ IN MX 10 mx", "mx IN A 127.0.0.1", f"_{port}._tcp.mx IN TLSA {announced}"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("tls")
    _, file = self_signed(folder, "mx.client.test")
    with ExitStack() as stack:
        domains = tuple(address.partition("@")[2] for address in EVERYBODY)
        tls = {"smtpd_tls_chain_files": file, "smtpd_tls_security_level": "may"}
        postfix = stack.enter_context(Postfix("mx.client.test", EVERYBODY, domains, settings=tls))
        port, announced = postfix.port, f"3 1 1 {key_digest(Path(file))}"
        sure = stack.enter_context(SignedNsd("sure.fr", sure_fr(port, announced, ANOTHER)))
        broken = SignedNsd("brisee.fr", alone(announced, port), forged=(" IN MX 10 ", " IN MX 5 "))
        lure = SignedNsd("leurre.fr", alone(announced, port), forged=(" TLSA 3 1 1 ", " TLSA 2 1 1 "))
        stack.enter_context(broken)
        stack.enter_context(lure)
        unbound = stack.enter_context(Unbound([sure, broken, lure]))
        settings = {"dns_servers": unbound.endpoint, "dns_validates": "yes", "smtp_port": str(port)}
        ours = stack.enter_context(Installation(**settings))
        ours.serve()
        ours.send(EVERYBODY)
        yield World(ours, postfix, sure, broken, lure, unbound, announced)


def key_digest(file: Path) -> str:
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return sha256(key).hexdigest()


def standings(world: World) -> dict[str, tuple[str, str]]:
    return {address: (row.status, row.reason) for address, row in world.ours.status().items()}


def attempts(world: World, address: str) -> list[tuple[str, str]]:
    """What each was encrypted with, and what was answered."""
    return world.ours.query(
        "SELECT tls, reply FROM store_attempt JOIN store_recipient ON store_recipient.id = recipient_id"
        f" WHERE address = '{address}' ORDER BY store_attempt.id"
    )


def test_the_resolver_judges_as_we_believe(world: World) -> None:
    judged = {name: world.unbound.judges(name, kind) for name, kind in (("juste.sure.fr", "MX"), ("brisee.fr", "MX"))}
    assert judged == {"juste.sure.fr": "authentic", "brisee.fr": "SERVFAIL"}
    assert world.unbound.judges("leurre.fr", "MX") == "authentic"
    assert world.unbound.judges(f"_{world.postfix.port}._tcp.mx.leurre.fr", "TLSA") == "SERVFAIL"


def test_whom_the_dns_vouches_for_gets_it_and_nobody_else(world: World) -> None:
    expected = {
        RIGHT: ("received", ""),
        SILENT: ("received", ""),
        WRONG: ("requested", "tls_required"),
        FORGED_MX: ("requested", "dns_temporary"),
        FORGED_TLSA: ("requested", "tls_required"),
    }
    eventually_equal(lambda: standings(world), lambda: expected)
    got = {address: len(world.postfix.mail_of(address)) for address in EVERYBODY}
    assert got == {RIGHT: 1, SILENT: 1, WRONG: 0, FORGED_MX: 0, FORGED_TLSA: 0}


def test_the_evidence_names_the_record_that_vouched_or_says_that_none_did(world: World) -> None:
    [(tls, reply)] = attempts(world, RIGHT)
    assert tls.endswith("DANE 3 1 1")
    assert reply.startswith("250 ")
    assert "DANE" not in attempts(world, SILENT)[0][0]
    assert NOT_THEIRS in attempts(world, WRONG)[0][1]
    assert "does not say which certificates" in attempts(world, FORGED_TLSA)[0][1]


def test_history_says_why(world: World, browser: Browser) -> None:
    with page(browser) as sheet:
        log_in(sheet, world.ours.url, STAFF, PASSWORD)
        [(id,)] = world.ours.query(f"SELECT id FROM store_recipient WHERE address = '{WRONG}'")
        sheet.goto(f"{world.ours.url}/o/formation-exemple/emails/{id}")
        said = sheet.inner_text("main")
        assert "Demandé" in said
        assert "n'a pas pu être reconnu" in said
        assert NOT_THEIRS in (sheet.text_content("main") or "")
        picture(sheet, "dane-not-theirs")


def test_what_waited_leaves_once_its_domain_is_mended(world: World) -> None:
    port = world.postfix.port
    world.sure.publish(sure_fr(port, world.announced, world.announced))
    for zone in (world.broken, world.lure):
        zone.forged = ("", "")
        zone.publish(alone(world.announced, port))
    waited = (WRONG, FORGED_MX, FORGED_TLSA)
    wait_for(lambda: all(world.postfix.mail_of(one) for one in waited), "what waited has arrived", 240, pause=2)
    eventually_equal(lambda: set(standings(world).values()), lambda: {("received", "")})
    assert {one: len(world.postfix.mail_of(one)) for one in EVERYBODY} == dict.fromkeys(EVERYBODY, 1)
    assert {attempts(world, one)[-1][0].rpartition(", ")[2] for one in waited} == {"DANE 3 1 1"}
