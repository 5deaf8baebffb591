"""Return addresses: only what we signed comes back as ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.domain.signed_token import sign, verify
from bienrecu.returns.return_path import ReturnPaths

SECRET = b"a secret of the installation"
TOKEN = "abcdefghij234567"
PATHS = ReturnPaths(SECRET, "r.{token}@returns.example.net")
ADDRESS = PATHS.address(TOKEN)
TEMPLATES = ["r.{token}@returns.example.net", "retours+{token}@of.example", "{token}@r.example"]
tokens = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=16, max_size=16)


@given(token=tokens, template=st.sampled_from(TEMPLATES))
def test_every_return_address_gives_its_token_back(token: str, template: str) -> None:
    paths = ReturnPaths(SECRET, template)
    address = paths.address(token)
    assert paths.token_of(address) == token
    assert len(address.rpartition("@")[0]) <= 64


@pytest.mark.parametrize(
    "seen",
    [ADDRESS.upper(), f"<{ADDRESS}>", f" <{ADDRESS}> ", f"<@relay.example,@other.example:{ADDRESS}>", ADDRESS.title()],
)
def test_an_address_is_recognised_however_servers_write_it(seen: str) -> None:
    assert PATHS.token_of(seen) == TOKEN


@given(position=st.integers(2, 27), letter=st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_forged_return_path_is_refused(position: int, letter: str) -> None:
    forged = ADDRESS[:position] + letter + ADDRESS[position + 1 :]
    assert (PATHS.token_of(forged) is None) == (forged != ADDRESS)


@given(st.text(max_size=200))
def test_any_text_can_be_asked_about(text: str) -> None:
    assert PATHS.token_of(text) is None


def test_a_return_path_of_another_installation_is_refused() -> None:
    other = ReturnPaths(b"the secret of somebody else", "r.{token}@returns.example.net")
    assert PATHS.token_of(other.address(TOKEN)) is None


def test_a_return_path_at_another_domain_is_refused() -> None:
    assert PATHS.token_of(ADDRESS.replace("returns.example.net", "elsewhere.example")) is None


def test_the_signature_of_the_image_cannot_confirm() -> None:
    image = sign(SECRET, "image", TOKEN)
    assert verify(SECRET, "image", image) == TOKEN
    assert verify(SECRET, "confirm", image) is None
    assert PATHS.token_of(f"r.{image}@returns.example.net") is None


@pytest.mark.parametrize("token", ["", "short", "ABCDEFGHIJ234567", "abcdefghij23456é", "abcdefghij234568"])
def test_what_is_no_token_is_not_signed(token: str) -> None:
    with pytest.raises(ValueError, match="16 characters"):
        sign(SECRET, "confirm", token)


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("returns@example.net", "looks like"),
        ("r.{token}.{token}@example.net", "looks like"),
        ("r.{token}", "looks like"),
        ("r@{token}.example.net", "looks like"),
        ("r.{token}@{token}.example.net", "looks like"),
        ("x" * 39 + "{token}@example.net", "too long"),
    ],
)
def test_a_template_that_cannot_work_is_refused_at_start(template: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        ReturnPaths(SECRET, template)


def test_a_secret_that_is_too_short_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match="secret"):
        ReturnPaths(b"short", TEMPLATES[0])


@given(number=st.integers(0, 2**63 - 1), template=st.sampled_from(TEMPLATES))
def test_an_address_for_reports_gives_its_domain_back_and_is_no_return_address(number: int, template: str) -> None:
    paths = ReturnPaths(SECRET, template)
    address = paths.report_address(number)
    assert paths.domain_of(address) == number
    assert paths.domain_of(paths.report_address(number, "of.example").upper()) == number
    assert paths.token_of(address) is None
    assert ReturnPaths(b"another secret, just as long", template).domain_of(address) is None


@given(token=tokens)
def test_a_return_address_takes_no_reports_about_domains(token: str) -> None:
    assert PATHS.domain_of(PATHS.address(token)) is None
