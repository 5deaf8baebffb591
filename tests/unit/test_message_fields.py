"""Header fields, with the standard library's parsers as the reader."""

import email
import json
import re
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.policy import SMTP, default
from email.utils import getaddresses
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bienrecu.domain.address import Address
from bienrecu.protocol.message.fields import Mailbox, MessageError, mailbox_field, text_field
from bienrecu.protocol.message.words import encoded_words

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "standards"
JEAN = Address("jean.dupont", "example.org")

controls = "".join(map(chr, [*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029]))
printable = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))
tricky = st.sampled_from(
    ['"', "\\", ",", ";", ":", "<", ">", "@", "(", ")", "=?", "?=", "=?utf-8?q?x?=", " ", "  ", "é", "😀"]
)
texts = st.lists(st.one_of(st.text(printable, max_size=30), tricky), max_size=40).map("".join)
anything = st.one_of(texts, st.text(max_size=200), st.text(st.sampled_from(controls + 'a"<,é'), max_size=80))


def modern(field: bytes) -> EmailMessage:
    return email.message_from_bytes(field + b"\r\n", policy=default)


def older(field: bytes) -> Message:
    return email.message_from_bytes(field + b"\r\n")


def name_seen(field: bytes) -> str:
    """Who the one recipient of a To field is, as both readers of the standard library understand it."""
    addresses = modern(field)["To"].addresses
    assert [address.addr_spec for address in addresses] == [str(JEAN)]
    ((name, address),) = getaddresses([str(value) for value in older(field).get_all("To", [])])
    assert address == str(JEAN)
    # The newer reader shows the blanks between two encoded words, which it should drop, and loses others.
    shown, decoded = addresses[0].display_name, str(make_header(decode_header(name)))
    assert "".join(shown.split()) == "".join(decoded.split())
    return decoded


def assert_well_folded(field: bytes) -> None:
    assert field.endswith(b"\r\n")
    lines = field.removesuffix(b"\r\n").split(b"\r\n")
    assert all(re.fullmatch(rb"[ -~]{1,998}", line) and line.strip() for line in lines)
    assert all(line.startswith(b" ") for line in lines[1:])


def test_a_display_name_with_accents_and_a_comma_stays_one_recipient() -> None:
    name = "Dupont, Hélène <paul@example.org>, "
    assert name_seen(mailbox_field("To", Mailbox(name, JEAN))) == name.strip()


@given(texts)
@example("a" * 2000)
@example("Dupont, Jean " * 20)
@example('"' * 70)
@example("=?utf-8?q?x?= <paul@example.org>")
def test_every_display_name_comes_back_and_names_one_recipient(name: str) -> None:
    field = mailbox_field("To", Mailbox(name, JEAN))
    assert_well_folded(field)
    assert name_seen(field) == name.strip()


@given(anything)
@example("Jean\r\nBcc: paul@example.org")
@example('Jean"\r\n <paul@example.org>, "')
@example("\ud800")
def test_nothing_in_a_name_makes_a_second_field_or_recipient(name: str) -> None:
    field = mailbox_field("To", Mailbox(name, JEAN))
    assert_well_folded(field)
    assert older(field).keys() == ["To"]
    assert not set(name_seen(field)) & set(controls)


@given(texts)
@example("Rappel : " * 40)
@example("https://example.org/" + "a" * 300)
@example("a" * 2000)
@example("a" + " " * 2000 + "b")
def test_every_subject_comes_back(subject: str) -> None:
    field = text_field("Subject", subject)
    assert_well_folded(field)
    assert modern(field)["Subject"] == subject.strip()
    raw = older(field)["Subject"].replace("\r\n", "")
    assert str(make_header(decode_header(raw))) == subject.strip()


@given(anything)
@example("Objet\r\nBcc: paul@example.org")
def test_nothing_in_a_subject_makes_a_second_field(subject: str) -> None:
    field = text_field("Subject", subject)
    assert_well_folded(field)
    assert older(field).keys() == ["Subject"]
    assert not set(modern(field)["Subject"]) & set(controls)


def test_a_subject_in_ascii_is_not_encoded() -> None:
    assert text_field("Subject", 'Session "Excel", 12 May') == b'Subject: Session "Excel", 12 May\r\n'


def test_long_lines_are_folded_at_78_columns_where_a_blank_allows_it() -> None:
    field = text_field("List-Unsubscribe", "<https://example.org/" + "a" * 50 + ">, <mailto:stop@example.org>")
    assert [len(line) <= 78 for line in field.splitlines()] == [False, True]
    assert all(len(line) <= 78 for line in text_field("Subject", "convocation " * 50).splitlines())


@given(st.text(printable, min_size=1), st.integers(0, 75))
def test_an_encoded_word_holds_whole_characters_in_75_columns(text: str, room: int) -> None:
    words = encoded_words(text, room)
    assert len(words[0]) <= max(room, 24)
    assert all(len(word) <= 75 for word in words)
    assert "".join(str(make_header(decode_header(word))) for word in words) == text


def test_an_international_domain_is_written_in_ascii() -> None:
    field = mailbox_field("To", Mailbox("Zoé", Address.parse("zoe@formation-privée.fr")))
    assert modern(field)["To"].addresses[0].addr_spec == "zoe@xn--formation-prive-onb.fr"


def test_a_local_part_beyond_ascii_is_written_in_utf_8() -> None:
    field = mailbox_field("To", Mailbox("Zoé", Address.parse("zoé@example.org")))
    assert field.endswith(" <zoé@example.org>\r\n".encode())
    parsed = email.message_from_bytes(field + b"\r\n", policy=SMTP.clone(utf8=True))
    assert len(parsed["To"].addresses) == 1


@pytest.mark.parametrize(
    "address",
    [
        Address("a b", "example.org"),
        Address('"a"', "example.org"),
        Address("a>, <paul", "example.org"),
        Address("a\r\nBcc: paul", "example.org"),
        Address("a", "example.org, paul@example.org"),
        Address("a", "exämple.org"),
        Address("", "example.org"),
    ],
)
def test_an_address_that_would_become_two_is_refused(address: Address) -> None:
    with pytest.raises(MessageError):
        mailbox_field("To", Mailbox("Jean", address))


@pytest.mark.parametrize("name", ["", "X-A:B", "X A", "X-É", "X\r\nBcc", "X" * 61])
def test_what_is_no_name_of_a_field_is_refused(name: str) -> None:
    with pytest.raises(MessageError):
        text_field(name, "value")


def test_naughty_strings_make_one_recipient_and_one_subject() -> None:
    files = sorted((SHARED / "strings").glob("*.json"))
    if not files:
        pytest.skip("no collection of naughty strings beside the repository")
    strings = [string for file in files for string in json.loads(file.read_text()) if isinstance(string, str)]
    assert strings
    for string in strings:
        name_seen(mailbox_field("To", Mailbox(string, JEAN)))
        assert older(text_field("Subject", string)).keys() == ["Subject"]
