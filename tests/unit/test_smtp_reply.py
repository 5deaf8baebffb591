"""Replies and announcements, whatever comes (RFC 5321 §4.2, §4.1.1.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.protocol.smtp.extensions import Extensions
from bienrecu.protocol.smtp.reply import MAX_LINE, MAX_LINES, Malformed, Reply, ReplyReader


def read(data: bytes, piece: int = 1 << 30) -> list[Reply | Malformed]:
    reader = ReplyReader()
    found: list[Reply | Malformed] = []
    for start in range(0, len(data), piece):
        reader.feed(data[start : start + piece])
        while (answer := reader.next()) is not None:
            found.append(answer)
            if isinstance(answer, Malformed):
                return found
    return found


def only(data: bytes) -> Reply | Malformed:
    (answer,) = read(data)
    return answer


def test_a_reply_of_several_lines_is_kept_word_for_word() -> None:
    reply = only(b"550-5.1.1 No such user:\r\n550-  see  https://example.org/ \r\n550 5.1.1 sorry\r\n")
    assert isinstance(reply, Reply)
    assert reply.lines == ("550-5.1.1 No such user:", "550-  see  https://example.org/ ", "550 5.1.1 sorry")
    assert reply.text == "5.1.1 No such user:\n  see  https://example.org/ \n5.1.1 sorry"
    assert (reply.code, reply.enhanced_code) == (550, EnhancedCode(5, 1, 1))


def test_replies_that_come_together_are_told_apart() -> None:
    assert [str(reply) for reply in read(b"250 a\r\n250-b\r\n250 c\r\n354 d\r\n")] == ["250 a", "250-b\n250 c", "354 d"]


@pytest.mark.parametrize("line", [b"250\r\n", b"250 \r\n", b"250 ok\n", b"250-a\n250\n"])
def test_a_sloppy_reply_is_a_reply(line: bytes) -> None:
    reply = only(line)
    assert isinstance(reply, Reply)
    assert reply.is_positive


def test_a_line_that_is_no_utf_8_is_read_as_latin_1() -> None:
    assert str(only("550-déjà vu\r\n".encode() + "550 désolé\r\n".encode("latin-1"))) == "550-déjà vu\n550 désolé"


def test_no_character_is_kept_that_a_database_refuses() -> None:
    assert str(only(b"550 a\0b\r\n")) == "550 a\ufffdb"


def test_a_line_of_4096_octets_is_kept_whole() -> None:
    line = b"550 " + b"x" * (MAX_LINE - 4)
    assert str(only(line + b"\r\n")) == line.decode()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"550 " + b"x" * MAX_LINE + b"\r\n", "a line of more than 4096 octets"),
        (b"x" * 2 * MAX_LINE, "a line of more than 4096 octets"),
        (b"250-x\r\n" * MAX_LINES, "a reply of more than 200 lines"),
        (b"250-x\r\n550 y\r\n", "the code changes in the middle of a reply"),
        (b"\r\n", "not an SMTP reply"),
        (b"25 x\r\n", "not an SMTP reply"),
        (b"2500 x\r\n", "not an SMTP reply"),
        (b"150 x\r\n", "not an SMTP reply"),
        (b"950 x\r\n", "not an SMTP reply"),
        ("２５０ x\r\n".encode(), "not an SMTP reply"),
        (b"ok\r\n", "not an SMTP reply"),
        (b" 250 x\r\n", "not an SMTP reply"),
    ],
)
def test_what_is_no_reply_is_said_to_be_none(data: bytes, problem: str) -> None:
    answer = only(data)
    assert isinstance(answer, Malformed)
    assert answer.problem == problem


def test_what_is_no_reply_is_kept_as_evidence() -> None:
    assert only(b"250-x\r\nHTTP/1.1 400 Bad Request\r\n") == Malformed(
        "not an SMTP reply", ("250-x", "HTTP/1.1 400 Bad Request")
    )


_LINES = st.sampled_from(
    [b"250", b"-", b" ", b"\r", b"\n", b"\r\n", b"250 ok\r\n", b"250-a\r\n", b"550 \xe9\r\n", b"\0", b"x"]
)


@given(st.lists(_LINES | st.binary(max_size=20)).map(b"".join), st.integers(1, 7))
def test_nothing_a_server_says_escapes_or_depends_on_how_it_is_cut(data: bytes, piece: int) -> None:
    whole = read(data)
    assert read(data, piece) == whole
    for answer in whole:
        assert all("\n" not in line and "\0" not in line for line in answer.lines)


# What was announced


def announced(*lines: str) -> Extensions:
    return Extensions.announced_by(Reply(250, tuple(f"250-{line}" for line in ("mx1.example.org", *lines))))


def test_what_is_announced_is_known_in_any_case_and_order() -> None:
    assert announced(
        "enhancedstatuscodes", "Size 1000", "8bitmime", "SMTPUTF8", "dsn", "CHUNKING", "StartTLS", "PIPELINING"
    ) == Extensions(
        size=True,
        size_limit=1000,
        eight_bit_mime=True,
        smtputf8=True,
        pipelining=True,
        dsn=True,
        starttls=True,
        enhanced_status_codes=True,
    )


@pytest.mark.parametrize("line", ["SIZE", "SIZE 0", "SIZE lots", "SIZE -1", "SIZE ²", "SIZE " + "9" * 4000])
def test_a_size_that_says_nothing_is_no_limit(line: str) -> None:
    assert announced(line) == Extensions(size=True)


def test_the_older_way_to_announce_auth_counts_too() -> None:
    assert announced("AUTH PLAIN", "AUTH=LOGIN plain").auth == {"PLAIN", "LOGIN"}


def test_the_name_of_the_server_announces_nothing() -> None:
    assert Extensions.announced_by(Reply(250, ("250 STARTTLS",))) == Extensions()


@given(st.lists(st.text()))
def test_no_announcement_escapes(lines: list[str]) -> None:
    announced(*lines)
