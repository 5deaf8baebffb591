"""Ways that do not follow the domain's DNS."""

from unittest.mock import AsyncMock

import pytest

from bienrecu.adapters.relay_router import RelayRouter, SimulatorRouter
from bienrecu.delivery.ports import Login, RouteError
from bienrecu.domain.reason import Reason
from tests.fakes import FakeRouter


async def test_a_relay_takes_everything_and_its_250_is_no_delivery() -> None:
    route = await RelayRouter("smtp://127.0.0.1").route("example.org")
    (host,) = route.hosts
    assert (host.name, host.addresses, host.port) == ("127.0.0.1", ("127.0.0.1",), 587)
    assert (route.provider, route.is_final) == ("relay:127.0.0.1", False)
    assert (host.login, host.require_tls, host.implicit_tls) == (None, False, False)


async def test_user_and_password_may_hold_any_character() -> None:
    route = await RelayRouter("smtps://us%40of-exemple.fr:p%3Ass%2Fw%C3%A9@127.0.0.1:4465").route("example.org")
    (host,) = route.hosts
    assert host.login == Login("us@of-exemple.fr", "p:ss/wé")
    assert (host.port, host.implicit_tls) == (4465, True)
    assert "p:ss" not in repr(route)


@pytest.mark.parametrize(
    ("url", "required"),
    [
        ("smtp://u:p@mail.example.org", True),
        ("smtp://mail.example.org", False),
        ("smtps://mail.example.org", True),
        ("smtp://u:p@127.0.0.1", False),
        ("smtp://u:p@[::1]:25", False),
    ],
)
async def test_a_password_goes_in_clear_to_this_machine_only(
    url: str, required: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = AsyncMock(return_value=(("192.0.2.1",), 60.0))
    monkeypatch.setattr("bienrecu.adapters.relay_router._system_addresses", found)
    route = await RelayRouter(url).route("example.org")
    assert route.hosts[0].require_tls is required


async def test_the_relays_name_is_looked_up_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    found = AsyncMock(return_value=(("192.0.2.1", "2001:db8::1"), 60.0))
    monkeypatch.setattr("bienrecu.adapters.relay_router._system_addresses", found)
    router = RelayRouter("smtp://mail.example.org")
    routes = [await router.route(domain) for domain in ("one.example", "two.example")]
    assert routes[0] == routes[1]
    assert routes[0].hosts[0].addresses == ("192.0.2.1", "2001:db8::1")
    found.assert_awaited_once_with("mail.example.org")


async def test_a_relay_without_address_keeps_everything_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = AsyncMock(side_effect=OSError("Name or service not known"))
    monkeypatch.setattr("bienrecu.adapters.relay_router._system_addresses", unknown)
    with pytest.raises(RouteError) as caught:
        await RelayRouter("smtp://mail.example.org").route("example.org")
    assert (caught.value.reason, caught.value.permanent) == (Reason.DNS_TEMPORARY, False)
    assert caught.value.detail == "our relay mail.example.org: Name or service not known"


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://user@host", "smtp://h:x"]
)
def test_a_relay_that_cannot_be_meant_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        RelayRouter(url)


@pytest.mark.parametrize("domain", ["simulator.invalid", "mailbox-full.simulator.invalid"])
async def test_what_is_simulated_never_leaves(domain: str) -> None:
    inner = FakeRouter()
    route = await SimulatorRouter(inner, "127.0.0.1", 2526).route(domain)
    assert [(host.addresses, host.port) for host in route.hosts] == [(("127.0.0.1",), 2526)]
    assert (route.provider, route.is_final, inner.asked) == (domain, True, [])


@pytest.mark.parametrize("domain", ["example.org", "simulator.invalid.example.org", "notsimulator.invalid"])
async def test_what_only_looks_simulated_goes_its_own_way(domain: str) -> None:
    inner = FakeRouter()
    assert (await SimulatorRouter(inner, "127.0.0.1", 2526).route(domain)).provider == domain
    assert inner.asked == [domain]
