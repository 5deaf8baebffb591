"""What operators allow, and how the engines divide it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.delivery.limits import Limit, limit_for, operator
from bienrecu.delivery.ports import Share
from bienrecu.delivery.share import share_of


@pytest.mark.parametrize(
    ("provider", "connections", "messages"),
    [
        ("orange.fr", 2, 100),
        ("laposte.net", 2, 100),
        ("free.fr", 2, 100),
        ("sfr.fr", 2, 100),
        ("google.com", 5, 100),
        ("relay:smtp.example.org", 10, 1000),
    ],
)
def test_each_operator_gets_what_it_allows(provider: str, connections: int, messages: int) -> None:
    limit = limit_for(provider, {})
    assert (limit.connections, limit.messages_per_connection) == (connections, messages)


def test_this_installations_own_limit_wins() -> None:
    assert limit_for("orange.fr", {"orange.fr": Limit(1, 20)}) == Limit(1, 20)


def test_orange_and_wanadoo_are_one_operator() -> None:
    assert operator("wanadoo.fr") == operator("orange.fr") == "orange.fr"
    assert operator("example.org") == "example.org"


@given(st.integers(0, 200), st.text(max_size=20), st.integers(1, 40))
def test_the_shares_of_all_engines_sum_to_the_limit_exactly(limit: int, provider: str, engines: int) -> None:
    shares = [share_of(limit, provider, Share(index, engines)) for index in range(engines)]
    assert sum(shares) == limit
    assert max(shares) - min(shares) <= 1


def test_what_cannot_be_divided_does_not_always_fall_to_the_same_engine() -> None:
    lucky = {
        next(index for index in range(3) if share_of(1, f"provider{n}.example", Share(index, 3))) for n in range(50)
    }
    assert lucky == {0, 1, 2}


def test_a_lone_engine_has_it_all() -> None:
    assert share_of(2, "orange.fr", Share()) == 2
