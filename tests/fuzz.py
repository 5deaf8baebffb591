"""Reads very many damaged and invented reports: `make fuzz`, or `python -m tests.fuzz 5000 --seed 7`.

Nine in ten are mails of a corpus (ours, and the labelled one beside the repository when it is there) damaged byte by
byte, spliced, cut, blown up, nested; the tenth is invented by hypothesis out of what reports are made of. Whatever it
is, it is read without an exception, within a second of a processor and bounded memory, into what a database keeps."""

import argparse
import random
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from bienrecu.returns.interpret import Interpretation, interpret
from bienrecu.returns.match import events_for
from bienrecu.returns.reference import tokens_in
from bienrecu.returns.verdict import verdict_of

HERE = Path(__file__).parent
SHARED = HERE.parents[1] / "shared/data/bounces/raw"
MAX_SECONDS, MAX_MEGABYTES = 1.0, 512
_MAX_SIZE = 400_000  # bytes of a damaged mail
_INVENTED = 10  # one in

PIECES = [
    b"Content-Type: multipart/report; boundary=b\n", b"Content-Type: message/delivery-status\n", b"--b\n", b"--b--\n",
    b"Content-Type: message/feedback-report\n", b"Content-Type: message/disposition-notification\n",
    b"Content-Type: text/html; charset=utf-7\n", b"Content-Type: message/rfc822\n", b"Content-Type: text/plain\n",
    b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: quoted-printable\n", b"=?utf-8?B?!!?=",
    b"Reporting-MTA: dns; mx.example.org\n", b"Final-Recipient: rfc822; paul@example.org\n", b"Action: failed\n",
    b"Action: delayed\n", b"Status: 5.1.1\n", b"Diagnostic-Code: smtp; 550 5.1.1 User unknown\n",
    b"Status: 9.999.99999\n", b"Feedback-Type: abuse\n", b"Disposition: manual-action/MDN-sent-manually; displayed\n",
    b"Original-Rcpt-To: a@b.c\n", b"From: MAILER-DAEMON@mx.example.org\n",
    b"Subject: Undelivered Mail Returned to Sender\n", b"Subject: failure notice\n",
    b"Hi. This is the qmail-send program at mx.example.org.\n", b"<paul@example.org>:\n", b"550 5.1.1 no such user\n",
    b">>> RCPT TO:<paul@example.org>\n", b"<<< 550 unknown\n", b"could not be delivered", b"permanent error", b"\n",
    b"\n\n", b"X-Failed-Recipients: a@b.c, d@e.f\n", b'{"notificationType":"Bounce","bounce":{"bouncedRecipients":[',
    b"[" * 500, b"\0", b"\r", b"\xff\xfe", b"\xe2\x80\xae", b"\x1b$B", b"Arrival-Date: 99 Foo 99999 99:99:99 +9999\n",
    b" folded\n", b"Final-Recipient: utf-8; \\x{D800}@\\x{110000}\n", b"+FF+ZZ", b"@", b"<", b"&#0;", b"&#55296;",
    b"a" * 2000, b" " * 2000,
]  # fmt: skip


@dataclass(frozen=True)
class Addressee:
    address: str = "paul@example.org"
    message_id: str = "<abcdefghij234567@returns.example.net>"


def corpus() -> list[bytes]:
    paths = [*HERE.glob("corpus/**/*.eml"), *(SHARED.glob("*") if SHARED.is_dir() else ())]
    return [path.read_bytes()[:_MAX_SIZE] for path in sorted(paths) if path.is_file()]


def damaged(mails: list[bytes], dice: random.Random) -> Iterator[bytes]:
    while True:
        mail = dice.choice(mails)
        for _ in range(dice.choice((1, 1, 2, 4, 16))):
            mail = dice.choice(_DAMAGES)(mail, mails, dice)[:_MAX_SIZE]
        yield mail


def _cut(mail: bytes, dice: random.Random) -> tuple[bytes, bytes, bytes]:
    start, end = sorted(dice.randint(0, len(mail)) for _ in range(2))
    end = min(end, start + dice.choice((1, 8, 200, 5000)))
    return mail[:start], mail[start:end], mail[end:]


def _flip(mail: bytes, _: list[bytes], dice: random.Random) -> bytes:
    flipped = bytearray(mail)
    for _number in range(dice.choice((1, 5, 50)) if mail else 0):
        flipped[dice.randrange(len(flipped))] = dice.randrange(256)
    return bytes(flipped)


def _drop(mail: bytes, _: list[bytes], dice: random.Random) -> bytes:
    before, _taken, after = _cut(mail, dice)
    return before + after


def _insert(mail: bytes, _: list[bytes], dice: random.Random) -> bytes:
    before, taken, after = _cut(mail, dice)
    return before + dice.choice(PIECES) * dice.choice((1, 1, 1, 30)) + taken + after


def _repeat(mail: bytes, _: list[bytes], dice: random.Random) -> bytes:
    before, taken, after = _cut(mail, dice)
    return before + taken * dice.choice((2, 2, 2, 20, 500)) + after


def _splice(mail: bytes, mails: list[bytes], dice: random.Random) -> bytes:
    return _cut(mail, dice)[0] + _cut(dice.choice(mails), dice)[2]


def _nest(mail: bytes, _: list[bytes], dice: random.Random) -> bytes:
    for level in range(dice.choice((1, 3, 60))):
        head = b"From: MAILER-DAEMON@x\nContent-Type: multipart/mixed; boundary=n%d\n\n--n%d\n" % (level, level)
        mail = head + mail + b"\n--n%d--\n" % level
    return mail


_DAMAGES = (_flip, _flip, _drop, _insert, _insert, _repeat, _splice, _nest)

INVENTED = st.lists(st.sampled_from(PIECES) | st.binary(max_size=40), max_size=60).map(b"".join)


def read_all(raw: bytes) -> Interpretation:
    """Everything that is done with a mail that came back, short of the database."""
    found = interpret(raw)
    verdict, events = verdict_of(found), events_for(found, Addressee(), datetime(2027, 1, 1, tzinfo=UTC))
    texts = [found.author, found.subject, found.envid, found.message_id, found.reporting_mta, verdict.reason]
    texts += [*found.about, *found.answers, *tokens_in(found), *verdict.recipients, *(event.words for event in events)]
    texts += [text for part in found.reported for text in (part.words, *part.addresses)]
    texts += [part.diagnosis.evidence for part in found.reported if part.diagnosis]
    for text in texts:
        assert "\0" not in text.encode().decode()
    return found


@dataclass
class Tally:
    """What reading cost, and what went wrong."""

    count: int = 0
    slowest: float = 0.0
    slowest_mail: bytes = b""
    failed: bytes = b""

    def read(self, raw: bytes) -> None:
        started = time.process_time()
        try:
            read_all(raw)
        except BaseException:
            self.failed = raw
            raise
        seconds = time.process_time() - started
        self.count += 1
        if seconds > self.slowest:
            self.slowest, self.slowest_mail = seconds, raw


def fuzz(count: int, number: int) -> Tally:
    """Reads `count` mails, the same for the same `number`. Raises what reading raises."""
    tally = Tally()
    invented = count // _INVENTED
    mails = damaged(corpus(), random.Random(number))
    for _ in range(count - invented):
        tally.read(next(mails))

    @seed(number)
    @settings(
        max_examples=invented,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(INVENTED)
    def read(raw: bytes) -> None:
        tally.read(raw)

    read()
    return tally


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("count", type=int, nargs="?", default=200_000)
    options.add_argument("--seed", type=int, default=1)
    given_ = options.parse_args()
    print(f"{len(corpus())} mails to begin with; reading {given_.count} damaged and invented ones ...", flush=True)
    started = time.perf_counter()
    tally = fuzz(given_.count, given_.seed)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{tally.count} read in {time.perf_counter() - started:.0f} s, no exception.")
    print(
        f"Slowest: {tally.slowest:.3f} s (at most {MAX_SECONDS:.0f}). "
        f"Memory: {megabytes:.0f} MB at most ({MAX_MEGABYTES})."
    )
    if tally.slowest > MAX_SECONDS or megabytes > MAX_MEGABYTES:
        Path("slowest.eml").write_bytes(tally.slowest_mail)
        print("Too much; the slowest is in slowest.eml.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
