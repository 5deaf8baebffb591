"""A small part of `make fuzz` in every run: damaged and invented reports are read, quickly, without an exception."""

import time

import pytest

from bienrecu.returns.interpret import interpret
from tests.fuzz import fuzz, read_all

# Of a processor.
MAX_SECONDS = 1


def test_damaged_and_invented_reports_are_read() -> None:
    tally = fuzz(1500, number=20270112)
    assert tally.count >= 1500
    assert tally.slowest < MAX_SECONDS


def reasons(number: int) -> bytes:
    """A reply that says what no other recipient's does, in words that rules look for."""
    words = ("user", "mailbox", "not", "the", "domain", "ip", "message", "sender", "blocked", "quota", "x%d")
    return b" ".join(words[(number * step) % len(words)].encode() for step in range(1, 110)).replace(
        b"%d", b"%d" % number
    )


def report(groups: bytes) -> bytes:
    return (
        b"From: MAILER-DAEMON@x.example\nContent-Type: multipart/report; boundary=b\n\n--b\n\n<a@b.c>: said: 550 no\n\n"
        b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n" + groups + b"\n--b--\n"
    )


@pytest.mark.parametrize(
    "raw",
    [
        report(b"".join(b"Final-Recipient: rfc822; p%d@x.fr\nAction: failed\n\n" % number for number in range(10_000))),
        report((b"Final-Recipient: rfc822; p@x.fr\nAction: failed\nDiagnostic-Code:x;" + b"a " * 1900 + b"\n\n") * 999),
        report(b"".join(b"Final-Recipient: rfc822; p%d@x.fr\nAction: failed\nDiagnostic-Code: smtp; 550 %s\n\n"
                        % (number, reasons(number)) for number in range(1000))),
        b"From: MAILER-DAEMON@x\n\npermanent error\n" + b"<p@x.fr>:\n" * 2000,
        b"From: MAILER-DAEMON@x\n\npermanent error\n" + b">>> RCPT TO:<p@x.fr>\n<<< 550 no\n" * 1000,
        b"From: MAILER-DAEMON@x\nX-Failed-Recipients: " + b"p@x.fr, q@y.fr, " * 20_000 + b"\n\npermanent error\n",
        b"From: a@x\n\n{\"notificationType\":" + b"[" * 90_000,
    ],
    ids=["10000 recipients", "1000 long replies", "1000 replies", "2000 lines", "1000 commands", "40000 in a field",
         "deep JSON"],
)  # fmt: skip
def test_the_worst_that_we_could_think_of_is_read_quickly(raw: bytes) -> None:
    started = time.process_time()
    read_all(raw)
    assert time.process_time() - started < MAX_SECONDS


@pytest.mark.parametrize(
    "piece",
    [
        b"p@x.fr ",
        b"a:",
        b"rcpt to:",
        b"550-",
        b"said: 550 ",
        b"click ",
        b"(reason: ",
        b"\n> ",
        b"to ",
        b"*",
        b"-\n",
        b"[a]:",
    ],
)
def test_no_sentence_makes_a_notice_slow(piece: bytes) -> None:
    started = time.process_time()
    interpret(
        b"From: MAILER-DAEMON@x.example\nAuto-Submitted: auto-replied\n\nfailed\n" + piece * (200_000 // len(piece))
    )
    assert time.process_time() - started < MAX_SECONDS
