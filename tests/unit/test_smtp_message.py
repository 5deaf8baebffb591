"""What of a message goes over the line: its commands and its body (RFC 5321 §4.5.2, 3461)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.protocol.smtp.body import on_the_wire
from bienrecu.protocol.smtp.extensions import Extensions
from bienrecu.protocol.smtp.transaction import Transaction, xtext

_PIECES = st.sampled_from(
    [b".", b"..", b"\r\n", b"\r\n.", b"\r\n.\r\n", b"\n", b"\r", b"\n.\n", b"text", b"\xc3\xa9", b"\0"]
)
_CONTENT = st.lists(st.lists(_PIECES, max_size=8).map(b"".join), max_size=4).map(tuple)


def wire(*content: bytes) -> bytes:
    return b"".join(on_the_wire(content))


def test_a_dot_that_opens_a_line_is_doubled() -> None:
    assert wire(b".a\r\n..b\r\nc.\r\n.\r\n") == b"..a\r\n...b\r\nc.\r\n..\r\n.\r\n"


def test_a_dot_that_opens_a_later_piece_is_doubled() -> None:
    assert wire(b"DKIM: x\r\n", b".a\r\n", b".b\r\n") == b"DKIM: x\r\n..a\r\n..b\r\n.\r\n"


def test_a_message_that_does_not_end_its_last_line_gets_that_end() -> None:
    assert wire(b"a") == b"a\r\n.\r\n"


def test_what_all_recipients_share_is_not_copied() -> None:
    tail = b"attachment\r\n" * 1000
    assert any(piece is tail for piece in on_the_wire((b"Subject: x\r\n", b"\r\n", tail)))


@given(_CONTENT)
def test_only_the_end_of_the_message_looks_like_one(content: tuple[bytes, ...]) -> None:
    data = b"\r\n" + wire(*content)
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data)
    assert data.find(b"\r\n.\r\n") == len(data) - 5


@given(_CONTENT)
def test_the_receiver_gets_back_what_was_given(content: tuple[bytes, ...]) -> None:
    data = wire(*content).removesuffix(b".\r\n")
    received = re.sub(rb"^\.", b"", data, flags=re.MULTILINE)
    sent = re.sub(rb"\r\n|\r|\n", b"\r\n", b"".join(content))
    assert received.removesuffix(b"\r\n") == sent.removesuffix(b"\r\n")


@pytest.mark.parametrize("path", ["a@b\r\nDATA", "a@b> SIZE=1", "<a@b", "a b@c", "a\0@b"])
def test_no_path_breaks_out_of_its_command(path: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        Transaction(path, "a@example.org", (b"",))
    with pytest.raises(ValueError, match="not a path"):
        Transaction("a@example.org", path, (b"",))


def test_the_null_reverse_path_is_written_as_such() -> None:
    assert Transaction("", "a@example.org", ()).mail_command(Extensions()) == "MAIL FROM:<>"


def test_a_path_beyond_ascii_needs_smtputf8_even_when_nobody_said_so() -> None:
    transaction = Transaction("", "zoé@example.org", ())
    assert transaction.obstacle(Extensions()).startswith("5.6.7 ")
    assert transaction.mail_command(Extensions(smtputf8=True)) == "MAIL FROM:<> SMTPUTF8"


def test_an_original_recipient_that_cannot_be_written_is_left_out() -> None:
    transaction = Transaction("", "zoé@example.org", (), wants_dsn=True, orcpt="zoé@example.org")
    assert transaction.rcpt_command(Extensions(dsn=True)) == "RCPT TO:<zoé@example.org> NOTIFY=SUCCESS,FAILURE,DELAY"


def test_xtext_spares_what_is_plain() -> None:
    assert xtext("abc-123@example.org") == "abc-123@example.org"


@given(st.text())
def test_xtext_can_be_read_back(text: str) -> None:
    encoded = xtext(text)
    assert re.fullmatch(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*", encoded)
    octets = re.sub(r"\+(..)", lambda found: chr(int(found[1], 16)), encoded).encode("latin-1")
    assert octets.decode() == text
