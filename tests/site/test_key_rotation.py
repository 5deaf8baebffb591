"""Keys that change without a gap: each e-mail's signature can be verified from when it is made until long after."""

from datetime import timedelta

import dkim
import pytest
from click.testing import CliRunner
from django.conf import settings
from django.test import Client
from django.utils import timezone

from bienrecu.adapters.dkim_signer import KeySigner
from bienrecu.adapters.domain_keys import DomainKeys
from bienrecu.adapters.system_clock import SystemClock
from bienrecu.delivery.ports import Content
from bienrecu.domain.audit import Action
from bienrecu.domain.sending_domain import KEY_AGE, KEY_KEPT, DomainState, Purpose
from bienrecu.processes.commands import commands
from bienrecu.processes.zone import lines
from bienrecu.store.models import AuditEntry, Organisation, Recipient, SendingDomain, User
from bienrecu.submission.domains import setup
from bienrecu.submission.domains.look import look, look_due
from bienrecu.submission.domains.rotation import change_key
from tests.dns_server import TestDnsServer
from tests.site.domains import NOW, publish
from tests.site.pages import page, text

pytestmark = pytest.mark.django_db
ZONE = "dkim.plateforme.example"
MAIL = b"From: contact@of-exemple.fr\r\nSubject: Convocation\r\n\r\nBonjour\r\n"


@pytest.fixture
def domain(administrator: User, names: TestDnsServer) -> SendingDomain:
    domain = setup.add(administrator.organisations.get(), "of-exemple.fr", administrator)
    domain.keys.update(signs_since=NOW)
    publish(names, domain)
    assert look(domain, NOW) == DomainState.VERIFIED
    return domain


def selectors(domain: SendingDomain) -> dict[Purpose, str]:
    return {key.purpose: key.selector for key in domain.keys.all()}


def signed() -> bytes:
    """A mail as the engine signs it now."""
    keys = DomainKeys(SystemClock())
    keys.read("of-exemple.fr")
    return KeySigner([], SystemClock(), keys.known).sign(Content(MAIL), "of-exemple.fr") + MAIL


def verifies(names: TestDnsServer, mail: bytes) -> bool:
    def ask(name: bytes, timeout: int = 5) -> bytes:
        held = dict(names.zones.get(name.decode().rstrip("."), []))
        if "CNAME" in held:
            return ask(held["CNAME"].encode())
        return held.get("TXT", "").replace('"', "").replace(" ", "").encode()

    return bool(dkim.verify(mail, dnsfunc=ask))


def test_the_next_key_takes_over_and_both_mails_verify(
    names: TestDnsServer, domain: SendingDomain, administrator: User
) -> None:
    before, earlier = selectors(domain), signed()
    assert change_key(domain, NOW, administrator)
    later = signed()
    assert b"s=" + before[Purpose.NEXT_KEY].encode() in later
    assert verifies(names, earlier)
    assert verifies(names, later)
    assert selectors(domain) == {Purpose.KEY: before[Purpose.NEXT_KEY], Purpose.FORMER_KEY: before[Purpose.KEY]}
    assert AuditEntry.objects.filter(action=Action.KEY_CHANGED, by=administrator, target="of-exemple.fr").exists()
    assert look(domain, NOW) == DomainState.VERIFIED
    assert not change_key(domain, NOW, administrator)  # there is no next one yet


def test_a_key_that_the_dns_does_not_show_never_signs(names: TestDnsServer, domain: SendingDomain) -> None:
    before = selectors(domain)
    publish(names, domain, Purpose.NEXT_KEY)
    assert look(domain, NOW) == DomainState.VERIFIED  # what signs is there
    assert not change_key(domain, NOW)
    assert selectors(domain) == before


def test_a_year_later_it_changes_by_itself_and_the_former_stays_for_its_last_mail(
    names: TestDnsServer, domain: SendingDomain
) -> None:
    first, earlier = selectors(domain), signed()
    look_due(NOW + KEY_AGE - timedelta(days=1))
    assert selectors(domain) == first
    changed = NOW + KEY_AGE + timedelta(days=1)
    look_due(changed)
    assert selectors(domain)[Purpose.KEY] == first[Purpose.NEXT_KEY]
    look_due(changed + KEY_KEPT - timedelta(days=1))
    assert selectors(domain)[Purpose.FORMER_KEY] == first[Purpose.KEY]
    assert verifies(names, earlier)
    look_due(changed + KEY_KEPT + timedelta(days=1))
    base = first[Purpose.KEY].rpartition("-")[0]
    assert selectors(domain) == {Purpose.KEY: f"{base}-2", Purpose.NEXT_KEY: f"{base}-3"}
    # The new one is not published: nothing breaks, and a year on it is asked for, once.
    domain.refresh_from_db()
    assert domain.state == DomainState.VERIFIED
    Recipient.objects.all().delete()
    for days in (2, 3):
        look_due(changed + KEY_AGE + timedelta(days=days))
    assert [row.subject for row in Recipient.objects.all()] == ["of-exemple.fr : Une nouvelle signature à publier"]
    assert selectors(domain)[Purpose.KEY] == f"{base}-2"


@pytest.fixture
def delegated(monkeypatch: pytest.MonkeyPatch, administrator: User, names: TestDnsServer) -> SendingDomain:
    monkeypatch.setattr(settings.BIENRECU, "dkim_zone", ZONE)
    return setup.add(Organisation.objects.get(), "of-exemple.fr", administrator)


def publish_ours(names: TestDnsServer) -> None:
    for line in lines():
        name, _ttl, _in, _txt, value = line.split(" ", 4)
        names.zones[name.rstrip(".")] = [("TXT", value)]


def test_with_a_zone_of_ours_its_owner_publishes_names_once(names: TestDnsServer, delegated: SendingDomain) -> None:
    records = setup.records_of(delegated)[:2]
    assert [(one.kind, one.value) for one in records] == [
        ("CNAME", f"{key.selector}.{ZONE}") for key in delegated.keys.order_by("id")
    ]
    publish(names, delegated)
    assert look(delegated, NOW) == DomainState.WAITING  # our part is not there
    assert delegated.findings[Purpose.KEY]["verdict"] == "behind"
    publish_ours(names)
    assert look(delegated, NOW) == DomainState.VERIFIED
    assert verifies(names, signed())


def test_with_a_zone_of_ours_keys_change_for_ever_without_their_owner(
    names: TestDnsServer, delegated: SendingDomain
) -> None:
    delegated.keys.filter(signs=True).update(signs_since=NOW)
    publish(names, delegated)
    theirs = dict(names.zones)
    publish_ours(names)
    look(delegated, NOW)
    used = set()
    for year in range(1, 4):
        changed = NOW + year * (KEY_AGE + timedelta(days=1))
        earlier = signed()
        look_due(changed)
        assert verifies(names, earlier)
        assert verifies(names, signed())
        look_due(changed + KEY_KEPT + timedelta(days=1))
        names.zones = dict(theirs)
        publish_ours(names)
        look_due(changed + KEY_KEPT + timedelta(days=3))
        used.add(delegated.keys.get(signs=True).record)
    assert len(used) == 3
    assert SendingDomain.objects.get().state == DomainState.VERIFIED
    assert not Recipient.objects.filter(subject__contains="signature").exists()


def test_records_that_were_published_as_texts_go_on_counting(
    names: TestDnsServer, domain: SendingDomain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings.BIENRECU, "dkim_zone", ZONE)
    assert look(domain, NOW) == DomainState.VERIFIED


def test_the_zone_is_printed_for_whoever_runs_this(delegated: SendingDomain) -> None:
    printed = CliRunner().invoke(commands, ["zone"]).output.splitlines()
    assert len(printed) == 2
    key = delegated.keys.get(signs=True)
    assert printed[0].startswith(f'{key.selector}.{ZONE}. 3600 IN TXT "v=DKIM1; k=rsa; p=')
    assert printed[0].partition("TXT ")[2].replace('"', "").replace(" ", "") == key.record.replace(" ", "")


def test_without_a_zone_there_is_nothing_to_print(db: None) -> None:
    result = CliRunner().invoke(commands, ["zone"])
    assert (result.exit_code, "BIENRECU_DKIM_ZONE" in result.output) == (1, True)


def test_the_button_says_what_came_of_it(client: Client, names: TestDnsServer, domain: SendingDomain) -> None:
    domain.keys.filter(signs=True).update(signs_since=timezone.now())
    assert "Passer dès maintenant à la signature suivante" in text(client.get(page("domain", domain.pk)))
    publish(names, domain, Purpose.NEXT_KEY)
    said = text(client.post(page("domain_key", domain.pk), follow=True))
    assert "n'a pas été changée" in said
    publish(names, domain)
    said = text(client.post(page("domain_key", domain.pk), follow=True))
    assert "signe désormais" in said
    assert "Ancienne signature" in said
