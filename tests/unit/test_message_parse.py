"""Reading a message that anyone may have written."""

import pytest

from bienrecu.protocol.message.parse import decode_words, parse, read_header, to_text


def test_a_field_is_found_in_any_case_and_unfolded() -> None:
    message = parse(b"subject: Convocation\r\n\tdu 12 janvier\r\nSUBJECT: second\r\n\r\nbody")
    assert message.get("Subject") == "Convocation du 12 janvier"
    assert message.get_all("Subject") == ["Convocation du 12 janvier", "second"]
    assert message.get("From") == ""


def test_the_parts_of_a_message_are_found_in_order() -> None:
    message = parse(
        b"Content-Type: multipart/mixed; boundary=outer\n\npreamble\n--outer\n"
        b'Content-Type: multipart/alternative; boundary="outer inner"\n\n--outer inner\n\nplain\n'
        b"--outer inner\nContent-Type: text/html\n\n<p>html</p>\n--outer inner--\n--outer\nContent-Type: image/png\n\n"
        b"png\n--outer--\nepilogue"
    )
    assert [part.content_type for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "image/png",
    ]
    assert [part.body for part in message.walk()] == [b"", b"", b"plain", b"<p>html</p>", b"png"]


def test_a_message_cut_off_in_the_middle_keeps_what_came() -> None:
    message = parse(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\ntw")
    assert [part.body for part in message.parts] == [b"one", b"tw"]


def test_an_enclosed_message_is_not_taken_apart() -> None:
    message = parse(b"Content-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n")
    assert [part.content_type for part in message.walk()] == ["message/rfc822"]


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("8bit", "été".encode()),
        ("base64", b"w6l0\n w6k"),
        ("BASE64", b"w6l0w6k=\n-- \nlist footer?"[:9]),
        ("quoted-printable", b"=C3=A9t=C3=\n=A9"),
    ],
)
def test_a_body_is_read_through_its_transfer_encoding(encoding: str, body: bytes) -> None:
    header = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n"
    assert parse(header.encode() + body).text().startswith("été")


def test_html_is_read_without_its_markup() -> None:
    assert parse(b"Content-Type: text/html\n\n<p class='x'>Bo&icirc;te <b>pleine</b></p>").text().split() == [
        "Boîte",
        "pleine",
    ]


@pytest.mark.parametrize(
    ("data", "charset"),
    [("été".encode(), "utf-8"), ("été".encode("latin-1"), "utf-16-surprise"), ("été".encode("cp1252"), "windows-1252")],
)
def test_words_are_read_in_their_charset_or_the_likeliest(data: bytes, charset: str) -> None:
    assert to_text(data, charset) == "été"


def test_a_charset_that_is_no_charset_is_not_obeyed() -> None:
    assert to_text(rb"\ud800", "unicode_escape") == r"\ud800"


def test_a_nul_never_reaches_the_database() -> None:
    assert parse(b"Subject: a\0b\n\nc\0d").get("Subject") == "a\ufffdb"
    assert parse(b"\nc\0d").text() == "c\ufffdd"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("=?utf-8?Q?Non_remis?= : Convocation", "Non remis : Convocation"),
        ("=?iso-8859-1?Q?=E9t=E9?=", "été"),
        ("=?utf-8?B?w?=", "=?utf-8?B?w?="),
    ],
)
def test_encoded_words_are_decoded_when_they_can_be(value: str, words: str) -> None:
    assert decode_words(value) == words


def test_the_header_is_read_without_the_body() -> None:
    assert read_header(b"From x Mon Jan 1\nA: 1\n b\n\nB: 2\n") == (("A", "1 b"),)
