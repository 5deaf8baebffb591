"""Names of the addresses that reports tell of: looked up in the background, few, and never believed."""

from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bienrecu.store import source_names
from bienrecu.store.models import Organisation, SendingDomain, SourceName, User
from bienrecu.submission.domains import setup
from bienrecu.submission.domains.source_names import look_due
from tests.dns_server import SERVFAIL, TIMEOUT, TestDnsServer
from tests.reports import a_record, dmarc
from tests.site.domains import keep
from tests.site.pages import page, text

pytestmark = pytest.mark.django_db
IP, OTHER = "193.70.18.144", "185.70.40.103"


@pytest.fixture
def domain(organisation: Organisation, administrator: User) -> SendingDomain:
    """The one that the reports are about."""
    return setup.add(organisation, "of.fr", administrator)


def at(**later: int) -> datetime:
    return timezone.now() + timedelta(**later)


def ptr(ip: str) -> str:
    return ip_address(ip).reverse_pointer


def asked(server: TestDnsServer) -> set[str]:
    return {name for name, _kind, _over in server.questions}


def test_a_name_that_leads_back_is_shown_as_its_operator_s(
    client: Client, administrator: User, domain: SendingDomain, names: TestDnsServer
) -> None:
    names.zones |= {ptr(IP): [("PTR", "Mta1.Envois.Example.")], "mta1.envois.example": [("A", IP)]}
    keep(domain, dmarc(a_record(IP)))
    assert "mta1" not in text(client.get(page("domain_reports", domain.pk)))
    assert names.questions == []  # a page asks nobody
    assert look_due(at(minutes=1)) == 1
    assert "193.70.18.144 mta1.envois.example (nom donné par le DNS de son opérateur, confirmé)" in text(
        client.get(page("domain_reports", domain.pk))
    )


@pytest.mark.parametrize("leads_to", [[], [("A", OTHER)], [SERVFAIL]])
def test_a_name_that_anybody_can_claim_is_said_to_be_unconfirmed(
    client: Client, administrator: User, domain: SendingDomain, names: TestDnsServer, leads_to: list[tuple[str, str]]
) -> None:
    names.zones |= {ptr(IP): [("PTR", "mail.google.com.")], "mail.google.com": leads_to}
    keep(domain, dmarc(a_record(IP)))
    look_due(at(minutes=1))
    shown = text(client.get(page("domain_reports", domain.pk)))
    assert "mail.google.com (nom donné par le DNS de son opérateur, non confirmé : il peut être faux)" in shown


def test_ipv6_is_looked_up_too(domain: SendingDomain, names: TestDnsServer) -> None:
    ip = "2a01:e0c:1::25"
    names.zones |= {ptr(ip): [("PTR", "six.example.")], "six.example": [("AAAA", "2a01:0e0c:0001::25")]}
    keep(domain, dmarc(a_record(ip)))
    look_due(at(minutes=1))
    assert source_names.names([ip])[ip].confirmed


@pytest.mark.parametrize("ip", ["10.1.2.3", "127.0.0.1", "::1", "fd00::1", "not an address", "", "192.0.2.1"])
def test_nobody_is_asked_about_addresses_inside(domain: SendingDomain, names: TestDnsServer, ip: str) -> None:
    keep(domain, dmarc(a_record(ip)))
    look_due(at(minutes=1))
    assert names.questions == []
    assert not SourceName.objects.exists()


@pytest.mark.parametrize("name", ["<script>.example.", "localhost.", "a\\000b.example."])
def test_what_is_no_name_of_a_host_is_not_kept(domain: SendingDomain, names: TestDnsServer, name: str) -> None:
    names.zones[ptr(IP)] = [("PTR", name)]
    keep(domain, dmarc(a_record(IP)))
    look_due(at(minutes=1))
    row = SourceName.objects.get()
    assert (row.name, row.confirmed) == ("", False)


def test_of_many_names_few_are_followed(domain: SendingDomain, names: TestDnsServer) -> None:
    names.zones[ptr(IP)] = [("PTR", f"n{number}.example.") for number in range(40)]
    keep(domain, dmarc(a_record(IP)))
    look_due(at(minutes=1))
    assert len(asked(names)) == 3


def test_a_report_of_hundreds_wants_fifty_names_and_twenty_are_asked_for_at_once(
    domain: SendingDomain, names: TestDnsServer
) -> None:
    keep(
        domain, dmarc(*[a_record(f"193.70.{number // 200}.{number % 200 + 1}", 1000 - number) for number in range(300)])
    )
    assert SourceName.objects.count() == 50
    assert SourceName.objects.filter(ip="193.70.0.1").exists()  # the largest
    assert [look_due(at(minutes=minute)) for minute in (1, 2, 3, 4)] == [20, 20, 10, 0]


def test_equal_addresses_are_looked_up_once_a_month_whoever_reports_them(
    domain: SendingDomain, names: TestDnsServer
) -> None:
    keep(domain, dmarc(a_record(IP)))
    assert look_due(at(minutes=1)) == 1
    keep(domain, dmarc(a_record(IP), id="r2"))
    assert look_due(at(days=29)) == 0
    source_names.want([IP], at(days=31))
    assert look_due(at(days=31, minutes=1)) == 1


@pytest.mark.parametrize("trouble", [SERVFAIL, TIMEOUT])
def test_where_nobody_answers_few_are_asked_and_what_was_known_stays(
    domain: SendingDomain, names: TestDnsServer, monkeypatch: pytest.MonkeyPatch, trouble: Any
) -> None:
    monkeypatch.setattr("bienrecu.submission.domains.dns._PATIENCE", 0.2)
    addresses = [f"193.70.0.{number}" for number in range(1, 9)]
    names.zones |= {ptr(one): [trouble] for one in addresses}
    keep(domain, dmarc(*map(a_record, addresses)))
    SourceName.objects.update(name="known.example", looked_at=at())
    assert look_due(at(minutes=1)) == 0
    assert len(asked(names)) == 2
    assert SourceName.objects.filter(due_at__gt=at(hours=23)).count() == 2
    assert SourceName.objects.filter(name="known.example").count() == 8


def test_a_name_nobody_reports_any_more_is_forgotten(domain: SendingDomain, names: TestDnsServer) -> None:
    keep(domain, dmarc(a_record(IP)))
    look_due(at(minutes=1))
    look_due(at(days=399))
    assert SourceName.objects.exists()
    look_due(at(days=401))
    assert not SourceName.objects.exists()


def test_organisations_share_the_names_and_nothing_else(
    client: Client, administrator: User, organisation: Organisation, domain: SendingDomain, names: TestDnsServer
) -> None:
    SourceName.objects.create(ip=OTHER, name="secret.example", looked_at=at())
    keep(domain, dmarc(a_record(IP)))
    assert "secret.example" not in text(client.get(page("domain_reports", domain.pk)))
