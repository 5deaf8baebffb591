"""The way to a domain's servers, asked of a real name server on loopback."""

import asyncio
import ipaddress
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.adapters.dns_lookup import DnsLookup
from bienrecu.adapters.dns_router import DnsRouter, is_public
from bienrecu.delivery.ports import Route, RouteError
from bienrecu.domain.reason import Reason
from tests.dns_server import NXDOMAIN, SERVFAIL, TIMEOUT, TestDnsServer, Zones
from tests.fakes import FakeClock


@pytest.fixture
def dns() -> Iterator[TestDnsServer]:
    with TestDnsServer({}) as server:
        yield server


def router(dns: TestDnsServer, zones: Zones | None = None, **options: object) -> DnsRouter:
    """Public and documentation addresses alike are allowed unless told otherwise."""
    if zones is not None:
        dns.zones.update(zones)
    clock = options.pop("clock", None) or FakeClock()
    lookup = DnsLookup([("127.0.0.1", dns.port)], clock, lifetime=1.0)
    return DnsRouter(lookup=lookup, clock=clock, **{"allow_private": True, **options})  # type: ignore[arg-type]


def hosts(route: Route) -> list[tuple[str, tuple[str, ...]]]:
    return [(host.name, host.addresses) for host in route.hosts]


async def error_of(router: DnsRouter, domain: str) -> RouteError:
    with pytest.raises(RouteError) as caught:
        await router.route(domain)
    return caught.value


A = ("A", "192.0.2.1")


async def test_the_preferred_server_comes_first(dns: TestDnsServer) -> None:
    zones: Zones = {
        "example.org": [("MX", "20 b.example.org."), ("MX", "10 a.example.org.")],
        "a.example.org": [("A", "192.0.2.1"), ("AAAA", "2001:db8::1")],
        "b.example.org": [("A", "192.0.2.2")],
    }
    route = await router(dns, zones).route("example.org")
    assert hosts(route) == [("a.example.org", ("192.0.2.1", "2001:db8::1")), ("b.example.org", ("192.0.2.2",))]
    assert route.is_final
    assert {host.port for host in route.hosts} == {25}


async def test_ipv6_comes_first_when_so_told(dns: TestDnsServer) -> None:
    zones: Zones = {"example.org": [("MX", "1 example.org."), ("AAAA", "2001:db8::1"), A]}
    route = await router(dns, zones, ipv6_first=True, port=2525).route("example.org")
    assert hosts(route) == [("example.org", ("2001:db8::1", "192.0.2.1"))]
    assert route.hosts[0].port == 2525


async def test_servers_of_equal_preference_are_tried_in_random_order(dns: TestDnsServer) -> None:
    names = [f"mx{n}.example.org" for n in range(4)]
    zones: Zones = {"example.org": [("MX", f"10 {name}.") for name in names], **{name: [A] for name in names}}
    clock = FakeClock()
    clock.dice = [0.9, 0.1, 0.5, 0.3, 0.1, 0.9, 0.3, 0.5]
    asked = router(dns, zones, clock=clock)
    first, second = hosts(await asked.route("example.org")), hosts(await asked.route("example.org"))
    assert sorted(first) == sorted(second)
    assert first != second


async def test_a_domain_with_no_mx_but_an_a_record_gets_its_mail(dns: TestDnsServer) -> None:
    route = await router(dns, {"example.org": [A, ("AAAA", "2001:db8::1")]}).route("example.org")
    assert hosts(route) == [("example.org", ("192.0.2.1", "2001:db8::1"))]


async def test_a_null_mx_takes_no_mail_even_with_an_address(dns: TestDnsServer) -> None:
    error = await error_of(router(dns, {"example.org": [("MX", "0 ."), A]}), "example.org")
    assert (error.reason, error.permanent) == (Reason.DOMAIN_NO_MAIL, True)
    assert "null MX" in error.detail


async def test_a_domain_that_does_not_exist_is_unknown_for_good(dns: TestDnsServer) -> None:
    error = await error_of(router(dns), "gmial.example")
    assert (error.reason, error.permanent) == (Reason.DOMAIN_UNKNOWN, True)


@pytest.mark.parametrize("zone", [[SERVFAIL], [TIMEOUT], [("MX SERVFAIL", ""), A]])
async def test_a_dns_that_fails_is_worth_another_try(dns: TestDnsServer, zone: list[tuple[str, str]]) -> None:
    error = await error_of(router(dns, {"example.org": zone}), "example.org")
    assert (error.reason, error.permanent) == (Reason.DNS_TEMPORARY, False)


async def test_servers_without_any_address_take_no_mail(dns: TestDnsServer) -> None:
    zones: Zones = {"example.org": [("MX", "10 a.example.org."), ("MX", "20 b.example.org.")], "b.example.org": []}
    error = await error_of(router(dns, zones), "example.org")
    assert (error.reason, error.permanent) == (Reason.DOMAIN_NO_MAIL, True)


async def test_servers_whose_addresses_nobody_can_tell_now_are_asked_about_again(dns: TestDnsServer) -> None:
    zones: Zones = {
        "example.org": [("MX", "10 a.example.org."), ("MX", "20 b.example.org.")],
        "a.example.org": [SERVFAIL],
        "b.example.org": [NXDOMAIN],
    }
    error = await error_of(router(dns, zones), "example.org")
    assert (error.reason, error.permanent) == (Reason.DNS_TEMPORARY, False)
    assert "a.example.org" in error.detail


async def test_a_server_that_cannot_be_resolved_does_not_hide_the_next(dns: TestDnsServer) -> None:
    zones: Zones = {
        "example.org": [("MX", "10 a.example.org."), ("MX", "20 b.example.org.")],
        "a.example.org": [SERVFAIL],
        "b.example.org": [A],
    }
    assert hosts(await router(dns, zones).route("example.org")) == [("b.example.org", ("192.0.2.1",))]


async def test_an_alias_leads_to_its_address(dns: TestDnsServer) -> None:
    zones: Zones = {"example.org": [("CNAME", "www.example.net.")], "www.example.net": [("MX", "5 mx.example.net.")]}
    zones["mx.example.net"] = [A]
    assert hosts(await router(dns, zones).route("example.org")) == [("mx.example.net", ("192.0.2.1",))]


async def test_a_domain_whose_mail_leads_back_to_us_is_a_loop(dns: TestDnsServer) -> None:
    zones: Zones = {"example.org": [("MX", "10 Mail.OF-exemple.fr."), ("MX", "20 b.example.org.")]}
    zones |= {"mail.of-exemple.fr": [A], "b.example.org": [A]}
    error = await error_of(router(dns, zones, own_names=frozenset({"mail.of-exemple.fr"})), "example.org")
    assert (error.reason, error.permanent) == (Reason.MAIL_LOOP, True)


async def test_where_we_are_the_spare_server_the_preferred_ones_are_asked(dns: TestDnsServer) -> None:
    zones: Zones = {
        "example.org": [("MX", "10 a.example.org."), ("MX", "20 us.example.org."), ("MX", "30 c.example.org.")]
    }
    zones |= {"a.example.org": [A], "us.example.org": [A], "c.example.org": [A]}
    route = await router(dns, zones, own_names=frozenset({"us.example.org"})).route("example.org")
    assert [host.name for host in route.hosts] == ["a.example.org"]


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "0.0.0.0", "224.0.0.5", "255.255.255.255"]
)
async def test_a_strangers_dns_cannot_send_us_to_our_own_network(dns: TestDnsServer, address: str) -> None:
    zones: Zones = {"example.org": [("MX", "10 mx.example.org.")], "mx.example.org": [("A", address)]}
    error = await error_of(router(dns, zones, allow_private=False), "example.org")
    assert (error.reason, error.permanent) == (Reason.DOMAIN_NO_MAIL, True)
    assert address in error.detail


async def test_the_public_addresses_of_a_domain_are_kept_beside_the_private_ones(dns: TestDnsServer) -> None:
    zones: Zones = {"example.org": [("MX", "10 mx.example.org.")]}
    zones["mx.example.org"] = [("A", "10.0.0.1"), ("A", "8.8.8.8"), ("AAAA", "::ffff:10.0.0.1"), ("AAAA", "fd00::1")]
    route = await router(dns, zones, allow_private=False).route("example.org")
    assert hosts(route) == [("mx.example.org", ("8.8.8.8",))]


@given(st.ip_addresses(v=4).filter(lambda ip: not ip.is_global))
def test_an_inside_address_stays_inside_in_ipv6_clothes(ip: ipaddress.IPv4Address) -> None:
    for prefix in ("::ffff:0:0", "64:ff9b::", "::"):
        assert not is_public(str(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) + int(ip))))
    assert not is_public(str(ipaddress.IPv6Address((0x2002 << 112) + (int(ip) << 80))))


async def test_a_zone_of_a_hundred_servers_costs_ten(dns: TestDnsServer) -> None:
    names = [f"mx{n}.example.org" for n in range(100)]
    zones: Zones = {"example.org": [("MX", f"{n} {name}.") for n, name in enumerate(names)]}
    zones |= {name: [("A", f"192.0.2.{n}") for n in range(1, 9)] for name in names}
    route = await router(dns, zones).route("example.org")
    assert [host.name for host in route.hosts] == names[:3]  # 8, 8 and 4 addresses
    assert sum(len(host.addresses) for host in route.hosts) == 20
    assert len({name for name, _, _ in dns.questions}) == 11


async def test_an_answer_too_long_for_udp_is_asked_for_over_tcp(dns: TestDnsServer) -> None:
    names = [f"{'x' * 50}{n}.{'y' * 60}.example.org" for n in range(30)]
    zones: Zones = {"example.org": [("MX", f"{n} {name}.") for n, name in enumerate(names)], names[0]: [A]}
    assert hosts(await router(dns, zones).route("example.org")) == [(names[0], ("192.0.2.1",))]
    assert ("example.org", "MX", "tcp") in dns.questions


async def test_equal_questions_at_the_same_time_are_asked_once(dns: TestDnsServer) -> None:
    asked = router(dns, {"example.org": [("MX", "10 mx.example.org.")], "mx.example.org": [A]})
    routes = await asyncio.gather(*(asked.route("example.org") for _ in range(20)))
    assert all(route == routes[0] for route in routes)
    assert sorted(dns.questions) == [
        ("example.org", "MX", "udp"),
        ("mx.example.org", "A", "udp"),
        ("mx.example.org", "AAAA", "udp"),
    ]


@pytest.mark.parametrize(("ttl", "kept_for", "asked_again_after"), [(300, 290, 310), (1, 25, 35), (86400, 3590, 3610)])
async def test_answers_are_kept_as_long_as_they_hold_within_reason(
    dns: TestDnsServer, ttl: int, kept_for: int, asked_again_after: int
) -> None:
    dns.ttl, clock = ttl, FakeClock()
    asked = router(dns, {"example.org": [("MX", "10 example.org."), A]}, clock=clock)
    for seconds, times in ((0, 1), (kept_for, 1), (asked_again_after - kept_for, 2)):
        clock.elapsed += seconds
        await asked.route("example.org")
        assert dns.questions.count(("example.org", "MX", "udp")) == times


async def test_that_a_domain_does_not_exist_is_believed_for_a_minute(dns: TestDnsServer) -> None:
    clock = FakeClock()
    asked = router(dns, clock=clock)
    await error_of(asked, "example.org")
    dns.zones["example.org"] = [A]
    await error_of(asked, "example.org")
    clock.elapsed += 61
    assert hosts(await asked.route("example.org")) == [("example.org", ("192.0.2.1",))]


async def test_whoever_stops_waiting_does_not_spoil_it_for_the_others(dns: TestDnsServer) -> None:
    asked = router(dns, {"example.org": [A]})
    impatient, patient = (
        asyncio.create_task(asked.route("example.org")),
        asyncio.create_task(asked.route("example.org")),
    )
    await asyncio.sleep(0)
    impatient.cancel()
    assert (await patient).hosts


@pytest.mark.parametrize(
    ("host", "provider"),
    [
        ("smtp-in.orange.fr", "orange.fr"),
        ("smtp-in.wanadoo.fr", "orange.fr"),
        ("eu.mail.protection.outlook.com", "outlook.com"),
        ("mail", "mail"),
    ],
)
async def test_domains_of_one_operator_share_a_pace(dns: TestDnsServer, host: str, provider: str) -> None:
    route = await router(dns, {"example.org": [("MX", f"10 {host}.")], host: [A]}).route("example.org")
    assert route.provider == provider


@pytest.mark.parametrize(
    "name", ["a" * 64 + ".example", "a..example", ".".join(["a" * 60] * 6), "xn--\x00.example", "é.fr"]
)
async def test_a_name_that_cannot_be_one_is_an_unknown_domain(dns: TestDnsServer, name: str) -> None:
    assert (await error_of(router(dns), name)).permanent
