"""Strangers' mail: whatever it is made of, it is read within bounds and never raises."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.protocol.dsn.parse import MAX_RECIPIENTS
from bienrecu.protocol.message.parse import MAX_DEPTH, MAX_PARTS, parse
from bienrecu.returns.interpret import ReturnKind, interpret

CORPUS = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "corpus").glob("**/*.eml"))]

PIECES = [
    b"Content-Type: multipart/report; boundary=b\n",
    b"Content-Type: message/delivery-status\n",
    b"Content-Type: text/html; charset=utf-7\n",
    b"Content-Transfer-Encoding: base64\n",
    b"Content-Transfer-Encoding: quoted-printable\n",
    b"Final-Recipient: utf-8; \\x{D800}@\\x{110000}\n",
    b"Action: failed\nStatus: 5.1.1\n",
    b"Arrival-Date: 99 Foo 99999 99:99:99 +9999\n",
    b"Subject: =?utf-8?B?!!!?= =?x-none?Q?=FF?=\n",
    b"From: MAILER-DAEMON\n",
    b"--b\n",
    b"--b--\n",
    b"\n",
    b"\r\n",
    b"\0",
    b" folded\n",
    b"<paul@example.org>:\n",
]


@given(st.binary(max_size=3000) | st.lists(st.sampled_from(PIECES) | st.binary(max_size=30), max_size=40).map(b"".join))
def test_arbitrary_bytes_are_interpreted(raw: bytes) -> None:
    assert interpret(raw).kind in ReturnKind


@given(original=st.sampled_from(CORPUS), data=st.data())
def test_damaged_reports_are_interpreted(original: bytes, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(original))] * 2)))
    damaged = original[:start] + data.draw(st.binary(max_size=50)) + original[end:]
    found = interpret(damaged)
    texts = [found.author, found.subject, found.envid, found.message_id, found.reporting_mta]
    texts += [text for part in found.reported for text in (part.words, *part.addresses)]
    for text in texts:
        # What a database must be able to keep.
        assert "\0" not in text.encode().decode()


def report(groups: bytes) -> bytes:
    return (
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
        b"Reporting-MTA: dns; mx.example.org\n\n" + groups + b"\n--b--\n"
    )


def test_of_ten_thousand_recipients_the_first_thousand_are_read() -> None:
    groups = b"".join(b"Final-Recipient: rfc822; p%d@example.org\nAction: failed\n\n" % n for n in range(10_000))
    assert len(interpret(report(groups)).reported) == MAX_RECIPIENTS


def test_a_report_nested_200_deep_is_not_followed() -> None:
    raw = report(b"Final-Recipient: rfc822; paul@example.org\nAction: failed\n")
    for level in range(200):
        raw = b"From: a@b.c\nContent-Type: multipart/mixed; boundary=n%d\n\n--n%d\n%s\n--n%d--\n" % (
            level,
            level,
            raw,
            level,
        )
    assert interpret(raw).reported == ()
    depth, part = 0, parse(raw)
    while part.parts:
        depth, part = depth + 1, part.parts[0]
    assert depth == MAX_DEPTH


def test_a_message_of_a_million_parts_is_read_in_part() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n\n" * 100_000
    assert len(list(parse(raw).walk())) <= MAX_PARTS + 1


@pytest.mark.parametrize(
    "piece", [b"\n", b"<", b" ", b"a@", b"--b\n", b"a:\n", b"=?", b";", b"&#", b'"', b"550 ", b"1.", b"(", b"user "]
)
def test_what_repeats_without_end_is_read_all_the_same(piece: bytes) -> None:
    """Would hang, were a pattern to try every beginning with every end."""
    flood = piece * (300_000 // len(piece))
    assert not any(part.addresses for part in interpret(b"From: MAILER-DAEMON@x.example\n\n" + flood).reported)
    assert interpret(b"Subject: " + flood).kind in ReturnKind
    [part] = interpret(report(b"Final-Recipient: rfc822; a@b.c\nAction: failed\nDiagnostic-Code: " + flood)).reported
    assert part.addresses == ("a@b.c",)
