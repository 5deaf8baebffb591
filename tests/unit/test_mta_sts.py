"""MTA-STS policies: what RFC 8461 says, and nothing that breaks on what strangers write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.protocol.mta_sts import Mode, Policy, policy_id, read_policy

TEXT = b"version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\n"


def test_the_example_of_the_rfc() -> None:
    policy = read_policy(TEXT)
    assert policy == Policy(Mode.ENFORCE, 604800, ("mail.example.com", "*.example.net"))
    assert read_policy(TEXT.replace(b"\r\n", b"\n")) == policy
    assert read_policy(TEXT + b"later: something new\n") == policy


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("mail.example.com", True),
        ("MAIL.example.com.", True),
        ("other.example.com", False),
        ("mx1.example.net", True),
        ("a.mx1.example.net", False),
        ("example.net", False),
        ("xexample.net", False),
        ("", False),
    ],
)
def test_which_servers_it_allows(host: str, allowed: bool) -> None:
    policy = read_policy(TEXT)
    assert policy is not None
    assert policy.allows(host) is allowed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"STSv1", b"STSv2"),
        (b"version: STSv1\r\n", b""),
        (b"enforce", b"strict"),
        (b"max_age: 604800", b"max_age: -1"),
        (b"max_age: 604800\r\n", b""),
        (b"mx: mail.example.com\r\nmx: *.example.net\r\n", b""),
    ],
)
def test_what_is_no_policy(before: bytes, after: bytes) -> None:
    assert read_policy(TEXT.replace(before, after)) is None


def test_a_policy_that_ends_names_no_server_and_none_lasts_more_than_a_year() -> None:
    assert read_policy(b"version: STSv1\nmode: none\nmax_age: 9999999999\n") == Policy(Mode.NONE, 31_557_600)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (["v=STSv1; id=20160831085700Z;"], "20160831085700Z"),
        (["v=spf1 -all", "v=STSv1;id=1"], "1"),
        (["v=STSv1; id=1", "v=STSv1; id=2"], None),
        (["v=STSv1;"], None),
        (["v=STSv1; id=a b"], None),
        (["v=STSv10; id=1"], None),
        (["id=1; v=STSv1"], None),
        ([], None),
    ],
)
def test_what_the_dns_announces(records: list[str], expected: str | None) -> None:
    assert policy_id(records) == expected


@given(st.binary(max_size=400))
def test_whatever_is_there_is_read(text: bytes) -> None:
    read_policy(text)
    read_policy(b"version: STSv1\nmode: enforce\n" + text)


@given(st.lists(st.text(max_size=50), max_size=4))
def test_whatever_is_announced_is_read(records: list[str]) -> None:
    policy_id(records)
