"""DKIM signatures, with dkimpy as the verifier."""

import re
from collections.abc import Sequence

import dkim
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bienrecu.protocol.dkim import Key, dns_record, load_key, make_key, sign

NOW = 1_767_600_000
RSA = load_key(make_key("rsa"), "of.example", "r1")
ED25519 = load_key(make_key("ed25519"), "of.example", "e1")
HEADER = (
    b"From: =?utf-8?q?=C3=89lan?=\r\n <contact@of.example>\r\nTo: jean@example.org\r\n"
    b"Subject:  Session \t Excel \r\n du 12 mai\r\nMessage-ID: <a@of.example>\r\n"
    b"List-Unsubscribe: <https://of.example/x>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
)
BODY = b"Bonjour,\r\n\r\n.\r\n  deux  blancs \t\r\n..\r\n\r\n"
RECORDS = {f"{name}.".encode(): value.encode() for name, value in map(dns_record, (RSA, ED25519))}

bodies = st.lists(
    st.one_of(
        st.sampled_from([b"\r\n", b" ", b"\t", b"  ", b".", b"..\r\n", b" \r\n", b"\t\r\n"]), st.binary(max_size=8)
    ),
    max_size=30,
).map(lambda pieces: re.sub(rb"\r(?!\n)|(?<!\r)\n", b"", b"".join(pieces)))


def verifies(message: bytes, count: int = 1) -> bool:
    """What a receiver that knows our DNS records says of each of the `count` signatures."""

    def txt(name: bytes, timeout: float = 0) -> bytes | None:
        return RECORDS.get(name)

    # A server ends the last line if the sender did not (RFC 5321 §4.1.1.4).
    message = message if message.endswith(b"\r\n") else message + b"\r\n"
    try:
        return all(dkim.DKIM(message).verify(idx=index, dnsfunc=txt) for index in range(count))
    except dkim.ValidationError:
        return False


def signed(message: bytes, keys: Sequence[Key] = (ED25519,)) -> bytes:
    return sign(message, b"", keys, now=NOW) + message


@pytest.mark.parametrize("key", [RSA, ED25519], ids=lambda key: key.algorithm)
def test_receivers_verify_each_kind_of_key(key: Key) -> None:
    message = signed(HEADER + b"\r\n" + BODY, [key])
    assert verifies(message)
    assert f"a={key.algorithm};".encode() in message
    assert f"t={NOW};".encode() in message


def test_two_keys_give_two_signatures_that_both_hold() -> None:
    message = signed(HEADER + b"\r\n" + BODY, [RSA, ED25519])
    assert message.count(b"DKIM-Signature:") == 2
    assert verifies(message, count=2)


@given(bodies)
@example(b"")
@example(b"\r\n\r\n\r\n")
@example(b" \t")
@example(b"no end of line")
@example(b"blanks at the end  ")
@example(b"a\r\n \r\n\t\r\n")
@example(b".\r\n")
def test_every_body_verifies(body: bytes) -> None:
    assert verifies(signed(HEADER + b"\r\n" + body))


@given(bodies, bodies)
def test_where_a_message_is_cut_in_two_does_not_change_its_signature(head: bytes, tail: bytes) -> None:
    head = HEADER + b"\r\n" + head
    assert sign(head, tail, [ED25519], now=NOW) == sign(head + tail, b"", [ED25519], now=NOW)


@given(st.lists(st.sampled_from([b"word", b" ", b"  ", b"\t", b"\r\n ", b"\r\n\t", b":", b"=C3=A9"]), max_size=20))
def test_folded_and_spaced_fields_verify(pieces: list[bytes]) -> None:
    value = re.sub(rb"(\r\n[ \t]+)+$", b"", b"".join(pieces))
    assert verifies(signed(HEADER + b"Reply-To:" + value + b"\r\nDATE:now\r\n\r\n" + BODY))


@given(st.data())
def test_any_changed_word_breaks_the_signature(data: st.DataObject) -> None:
    message = signed(HEADER + b"\r\n" + BODY)
    start = message.index(b"From:")
    positions = [at for at in range(start, len(message)) if message[at : at + 1].isalnum()]
    at = data.draw(st.sampled_from(positions))
    assert not verifies(message[:at] + b"%" + message[at + 1 :])


@pytest.mark.parametrize("added", [b"From", b"To", b"Subject", b"Date", b"Reply-To"])
def test_adding_a_second_field_of_that_name_breaks_the_signature(added: bytes) -> None:
    message = signed(HEADER + b"\r\n" + BODY)
    assert not verifies(added + b": paul@example.org\r\n" + message)
    assert not verifies(message.replace(b"Message-ID:", added + b": paul@example.org\r\nMessage-ID:"))


def test_what_servers_add_on_the_way_leaves_the_signature_whole() -> None:
    message = signed(HEADER + b"\r\n" + BODY)
    assert verifies(b"Received: from a\r\n by b\r\nAuthentication-Results: b; spf=pass\r\n" + message)


def test_a_field_that_occurs_twice_is_signed_twice() -> None:
    message = signed(b"References: <one@a>\r\n" + HEADER + b"references: <two@a>\r\n\r\n" + BODY)
    assert verifies(message)
    assert not verifies(message.replace(b"<one@a>", b"<six@a>"))


def test_one_click_unsubscription_is_signed() -> None:
    message = signed(HEADER + b"\r\n" + BODY)
    assert not verifies(message.replace(b"https://of.example/x", b"https://of.example/y"))
    assert not verifies(message.replace(b"=One-Click", b"=Two-Click"))


def test_the_lines_of_a_signature_have_at_most_78_columns() -> None:
    field = sign(HEADER + b"\r\n", b"", [RSA, ED25519], now=NOW)
    assert field.endswith(b"\r\n")
    assert max(map(len, field.split(b"\r\n"))) <= 78


def test_no_key_gives_no_signature() -> None:
    assert sign(HEADER + b"\r\n", b"", [], now=NOW) == b""
