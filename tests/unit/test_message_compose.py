"""Whole messages, with the standard library's parsers as the reader."""

import email
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bienrecu.domain.address import Address
from bienrecu.protocol.message import Attachment, Draft, Mailbox, MessageError, compose, compose_head, compose_tail
from bienrecu.protocol.message.parts import text_part

DRAFT = Draft(
    author=Mailbox("Élan Formation", Address("contact", "of.example")),
    recipient=Mailbox("Jean Dupont", Address("jean", "example.org")),
    reply_to=Mailbox("Secrétariat, Élan", Address("secretariat", "of.example")),
    subject="Convocation à la session « Excel »",
    text="Bonjour,\n\nà lundi.\n",
    html="<p>Bonjour,</p>\n<p>à lundi.</p>",
    message_id="abc@of.example",
    date=datetime(2026, 1, 5, 9, 30, tzinfo=UTC),
    extra=(("Auto-Submitted", "auto-generated"), ("X-Session", "été")),
)
PROGRAMME = Attachment("programme.pdf", "application/pdf", bytes(range(256)) * 20)

characters = st.characters(exclude_categories=("Cs",), exclude_characters="\0")
filenames = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=60).filter(
    str.strip
)


def parsed(draft: Draft, *attachments: Attachment) -> EmailMessage:
    composed = compose(draft, boundary="b", attachments=attachments)
    message = email.message_from_bytes(composed.head + composed.tail, policy=default)
    assert not [defect for part in message.walk() for defect in part.defects]
    return message


def assert_travels_anywhere(message: bytes) -> None:
    """7 bits, lines that end in CRLF and are short enough for every server (RFC 5321 §4.5.3.1.6)."""
    assert message.isascii()
    assert message.endswith(b"\r\n")
    lines = message.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line or b"\0" in line for line in lines)
    assert max(map(len, lines)) <= 998


def test_what_was_drafted_is_what_is_read() -> None:
    message = parsed(DRAFT, PROGRAMME)
    assert [(a.display_name, a.addr_spec) for a in message["From"].addresses] == [
        ("Élan Formation", "contact@of.example")
    ]
    assert [(a.display_name, a.addr_spec) for a in message["To"].addresses] == [("Jean Dupont", "jean@example.org")]
    assert [a.addr_spec for a in message["Reply-To"].addresses] == ["secretariat@of.example"]
    assert message["Subject"] == DRAFT.subject
    assert message["Date"].datetime == DRAFT.date
    assert message["Message-ID"] == "<abc@of.example>"
    assert (message["Auto-Submitted"], message["X-Session"]) == ("auto-generated", "été")
    assert message.get_body(("plain",)).get_content() == DRAFT.text.replace("\n", "\r\n").removesuffix("\r\n")
    assert message.get_body(("html",)).get_content() == DRAFT.html.replace("\n", "\r\n")
    assert [part.get_content() for part in message.iter_attachments()] == [PROGRAMME.content]


@pytest.mark.parametrize(
    ("html", "attachments", "structure"),
    [
        (None, (), ["text/plain"]),
        ("<p>Bonjour", (), ["multipart/alternative", "text/plain", "text/html"]),
        (None, (PROGRAMME,), ["multipart/mixed", "text/plain", "application/pdf"]),
        (
            "<p>Bonjour",
            (PROGRAMME, PROGRAMME),
            ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", *["application/pdf"] * 2],
        ),
    ],
)
def test_a_message_has_the_parts_it_needs_and_no_more(
    html: str | None, attachments: tuple[Attachment, ...], structure: list[str]
) -> None:
    message = parsed(replace(DRAFT, html=html), *attachments)
    assert [part.get_content_type() for part in message.walk()] == structure


def test_attachments_are_encoded_once_for_all_recipients() -> None:
    tail = compose_tail([PROGRAMME], boundary="b")
    for name in ("Jean", "Zoé"):
        draft = replace(DRAFT, recipient=Mailbox(name, Address("a", "example.org")))
        composed = compose(draft, boundary="b", attachments=[PROGRAMME])
        assert composed.tail == tail
        assert composed.head == compose_head(draft, boundary="b", attached=True)


@given(text=st.text(characters), html=st.text(characters))
@example(text="--=_ab", html="--=_mb--")
@example(text=".\n..\n", html=".")
@example(text="", html="")
@example(text="a\rb\r\nc\n\n", html="\n")
@example(text="a" * 74 + " \nb", html="a" * 75 + " \n" + "a" * 73 + "\t\n")
@example(text="From here\n", html="привет " * 100)
def test_every_text_comes_back_whatever_it_holds(text: str, html: str) -> None:
    composed = compose(replace(DRAFT, text=text, html=html), boundary="b", attachments=[PROGRAMME])
    assert_travels_anywhere(composed.head + composed.tail)
    message = email.message_from_bytes(composed.head + composed.tail)
    plain, rich, attached = (part.get_payload(decode=True) for part in message.walk() if not part.is_multipart())
    for sent, received in ((text, plain), (html, rich)):
        lines = sent.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
        # The line end before a delimiter belongs to it (RFC 2046 §5.1.1), unless it was encoded.
        assert received.decode().replace("\r\n", "\n") in (lines, lines + "\n")
    assert attached == PROGRAMME.content


@given(st.text(st.sampled_from("a é=\t\n."), max_size=400))
@example("a" * 74 + " \n")
@example("\n" + "a" * 74 + "\t\n" + "é" * 25 + " \n")
def test_lines_of_an_encoded_text_have_at_most_76_columns(text: str) -> None:
    assert max(map(len, text_part(text, "plain").split(b"\r\n"))) <= 76


@given(filenames)
@example("Évaluation à chaud ; « groupe 2 ».pdf")
@example('plan "final", v2.pdf')
@example("📎.pdf")
@example("a\\b'c%20*.pdf")
@example("=?utf-8?q?x?=.pdf")
@example("attachment; filename=b.exe")
@example("<>")
def test_an_attachment_keeps_its_name(filename: str) -> None:
    message = parsed(DRAFT, replace(PROGRAMME, filename=filename))
    (attachment,) = message.iter_attachments()
    # Not `get_filename`, which takes off what brackets stand around it.
    assert attachment["Content-Disposition"].params["filename"] == filename.strip()
    assert attachment["Content-Type"].params["name"] == filename.strip()


def test_readers_that_know_ascii_only_get_a_name_close_to_the_true_one() -> None:
    tail = compose_tail([Attachment("Évaluation « à chaud ».pdf", "application/pdf", b"")], boundary="b")
    assert b'\r\n filename="Evaluation _ a chaud _.pdf"\r\n' in tail


def test_a_name_too_long_for_a_file_system_keeps_its_extension() -> None:
    message = parsed(DRAFT, replace(PROGRAMME, filename="é" * 1000 + ".pdf"))
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == "é" * 125 + ".pdf"


@given(st.text(max_size=300), st.text(max_size=300), st.binary(max_size=200))
@example("a.eml", "message/rfc822", b"")
@example("a", "multipart/mixed; boundary=x", b"--x")
@example('a"\r\nBcc: paul@example.org', "text/plain\r\nBcc: paul@example.org", b"\r\n.\r\n")
def test_no_attachment_breaks_its_message(filename: str, content_type: str, content: bytes) -> None:
    attachment = Attachment(filename, content_type, content)
    assert_travels_anywhere(compose_tail([attachment, PROGRAMME], boundary="b"))
    message = parsed(DRAFT, attachment, PROGRAMME)
    parts = [part.get_payload(decode=True) for part in message.iter_attachments()]
    assert parts == [content, PROGRAMME.content]
    assert "Bcc" not in message


def test_an_invitation_keeps_the_parameters_of_its_type() -> None:
    kind = "text/calendar; charset=utf-8; method=REQUEST"
    message = parsed(DRAFT, Attachment("invitation.ics", kind, b"BEGIN:VCALENDAR\r\n"))
    (attachment,) = message.iter_attachments()
    assert attachment.get_content_type() == "text/calendar"
    assert attachment["Content-Type"].params["method"] == "REQUEST"


def test_the_same_draft_gives_the_same_bytes() -> None:
    assert compose(DRAFT, boundary="b", attachments=[PROGRAMME]) == compose(
        DRAFT, boundary="b", attachments=[PROGRAMME]
    )


@pytest.mark.parametrize("name", ["To", "bcc", "Cc", "From", "Content-Type", "MIME-Version", "a:b", "é"])
def test_added_fields_cannot_add_recipients_or_parts(name: str) -> None:
    with pytest.raises(MessageError):
        compose(replace(DRAFT, extra=((name, "paul@example.org"),)), boundary="b")


@pytest.mark.parametrize(
    "message_id", ["", "abc", "<a@b>", "a b@c", "a@b\r\nBcc: paul", "é@b", "a@b@c", "a" * 900 + "@b"]
)
def test_what_is_no_message_identifier_is_refused(message_id: str) -> None:
    with pytest.raises(MessageError):
        compose(replace(DRAFT, message_id=message_id), boundary="b")


@pytest.mark.parametrize("boundary", ["", "a b", 'a"', "a\r\n", "é", "a" * 65])
def test_what_cannot_delimit_parts_is_refused(boundary: str) -> None:
    with pytest.raises(MessageError):
        compose(DRAFT, boundary=boundary)
