"""What a conversation written down does not show: time, blocks, evidence, and servers gone mad."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.protocol.smtp.conversation import BLOCK
from bienrecu.protocol.smtp.events import BodyWanted, Finished, SessionEvent, TlsWanted
from bienrecu.protocol.smtp.session import Session
from bienrecu.protocol.smtp.stage import Stage
from bienrecu.protocol.smtp.transaction import Fate, Result, Transaction
from bienrecu.protocol.smtp.transcript import LIMIT, Transcript

EHLO = b"250-mx1.example.org\r\n250 PIPELINING\r\n"
ENVELOPE_TAKEN = b"250 ok\r\n250 ok\r\n354 go ahead\r\n"


@dataclass
class Watch:
    """A clock moved by hand."""

    time: float = 1000.0

    def __call__(self) -> float:
        return self.time


def a_message(content: bytes = b"Subject: hello\r\n\r\nhello\r\n", to: str = "paul@example.org") -> Transaction:
    return Transaction("r1@client.example", to, (content,))


def a_session(watch: Watch | None = None, *, ehlo: bytes = EHLO, patience: float = 1.0) -> Session:
    now = watch or Watch()
    session = Session("client.example", Transcript(now), now, patience=patience)
    session.receive(b"220 mx1.example.org\r\n")
    session.data_to_send()
    session.receive(ehlo)
    return session


def waiting_for_the_body(content: bytes = b"hello\r\n", watch: Watch | None = None) -> Session:
    session = a_session(watch)
    session.begin(a_message(content))
    session.data_to_send()
    assert any(isinstance(event, BodyWanted) for event in session.receive(ENVELOPE_TAKEN))
    return session


def the_result(events: list[SessionEvent]) -> Result:
    (result,) = [event.result for event in events if isinstance(event, Finished)]
    return result


# Time


def test_each_phase_has_the_time_of_the_standard() -> None:
    watch = Watch()
    session = Session("client.example", Transcript(watch), watch)
    waits = [session.timeout]
    session.receive(b"220 hi\r\n")
    waits.append(session.timeout)
    session.receive(b"250 hi\r\n")
    session.begin(a_message())
    for answer in (b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
        waits.append(session.timeout)
        session.receive(answer)
    session.send_body()
    assert [*waits, session.timeout, session.block_timeout] == [300, 300, 300, 300, 120, 600, 180]


def test_patience_shortens_every_wait() -> None:
    session = a_session(patience=0.01)
    session.begin(a_message())
    assert (session.timeout, session.block_timeout) == (pytest.approx(3), pytest.approx(1.8))


def test_an_answer_that_trickles_gains_no_time() -> None:
    watch = Watch()
    session = a_session(watch)
    session.begin(a_message())
    for octet in b"250-sender":
        watch.time += 10
        session.receive(bytes([octet]))
    assert session.time_left == 200


def test_each_answer_of_a_pipeline_has_its_own_time() -> None:
    watch = Watch()
    session = a_session(watch)
    session.begin(a_message())
    watch.time += 299
    session.receive(b"250 ok\r\n")
    assert session.time_left == 300


def test_the_wait_after_the_final_dot_begins_when_it_is_out() -> None:
    watch = Watch()
    session = waiting_for_the_body(watch=watch)
    session.send_body()
    watch.time += 500
    session.data_to_send()
    assert session.time_left == 600


# Blocks


def test_a_large_message_goes_out_in_blocks() -> None:
    content = b"x" * 998 + b"\r\n"
    session = waiting_for_the_body(content * 200)
    session.send_body()
    blocks = list(iter(session.data_to_send, b""))
    assert max(map(len, blocks)) == BLOCK
    assert b"".join(blocks) == content * 200 + b".\r\n"


def test_a_line_that_dies_before_the_last_block_leaves_no_doubt() -> None:
    session = waiting_for_the_body(b"x\r\n" * BLOCK)
    session.send_body()
    session.data_to_send()
    result = the_result(session.line_died("connection reset by peer"))
    assert (result.fate, result.stage, result.detail) == (Fate.LINE_DEAD, Stage.DATA, "connection reset by peer")


def test_once_the_last_block_is_handed_out_nobody_knows() -> None:
    session = waiting_for_the_body(b"x\r\n" * BLOCK)
    session.send_body()
    while session.data_to_send():
        pass
    assert the_result(session.line_died("connection reset by peer")).fate is Fate.LINE_LOST


@pytest.mark.parametrize(
    ("answer", "fate"),
    [(b"552 too large", Fate.REFUSED), (b"452 full", Fate.DEFERRED), (b"250 ok", Fate.PROTOCOL_ERROR)],
)
def test_an_answer_in_the_middle_of_the_message_is_never_a_yes(answer: bytes, fate: Fate) -> None:
    session = waiting_for_the_body(b"x\r\n" * BLOCK)
    session.send_body()
    session.data_to_send()
    result = the_result(session.receive(answer + b"\r\n"))
    assert (result.fate, result.stage) == (fate, Stage.DATA)
    assert not session.is_ready
    assert session.data_to_send() == b""


def test_a_server_that_gives_up_waiting_for_the_message_is_heard() -> None:
    session = waiting_for_the_body()
    result = the_result(session.receive(b"421 4.4.2 timeout\r\n"))
    assert (result.fate, result.stage, str(result.reply)) == (Fate.DEFERRED, Stage.DATA, "421 4.4.2 timeout")
    assert not session.is_ready


def test_the_next_envelope_may_travel_behind_a_message() -> None:
    session = waiting_for_the_body(b"one\r\n")
    session.send_body()
    session.begin(a_message(to="second@example.org"))
    assert session.data_to_send() == (
        b"one\r\n.\r\nMAIL FROM:<r1@client.example>\r\nRCPT TO:<second@example.org>\r\nDATA\r\n"
    )
    first, wanted = session.receive(b"250 queued\r\n" + ENVELOPE_TAKEN)
    assert the_result([first]).fate is Fate.ACCEPTED
    assert isinstance(wanted, BodyWanted)
    assert wanted.transaction.forward_path == "second@example.org"
    session.send_body()
    session.data_to_send()
    assert the_result(session.receive(b"550 no\r\n")).fate is Fate.REFUSED


def test_when_the_line_dies_only_the_message_that_was_out_is_in_doubt() -> None:
    session = waiting_for_the_body()
    session.send_body()
    session.begin(a_message(to="second@example.org"))
    session.data_to_send()
    fates = [event.result.fate for event in session.line_died("gone") if isinstance(event, Finished)]
    assert fates == [Fate.LINE_LOST, Fate.LINE_DEAD]


def test_nothing_is_said_once_it_is_over() -> None:
    session = a_session()
    session.begin(a_message())
    session.line_died("gone")
    assert session.data_to_send() == b""
    assert session.receive(b"250 ok\r\n") == []


# Evidence


def test_the_transcript_tells_both_sides_and_when_but_not_the_message() -> None:
    watch = Watch()
    session = a_session(watch)
    session.begin(a_message(b"secret of the medical visit\r\n"))
    watch.time += 0.012
    session.receive(ENVELOPE_TAKEN)
    session.send_body()
    session.data_to_send()
    watch.time += 1
    transcript = the_result(session.receive("250-reçu\r\n250 2.0.0 queued\r\n".encode())).transcript
    assert transcript.splitlines() == [
        "    0 ms S: 220 mx1.example.org",
        "    0 ms C: EHLO client.example",
        "    0 ms S: 250-mx1.example.org",
        "    0 ms S: 250 PIPELINING",
        "    0 ms C: MAIL FROM:<r1@client.example>",
        "    0 ms C: RCPT TO:<paul@example.org>",
        "    0 ms C: DATA",
        "   12 ms S: 250 ok",
        "   12 ms S: 250 ok",
        "   12 ms S: 354 go ahead",
        "   12 ms C: [message, 29 octets]",
        "   12 ms C: .",
        " 1012 ms S: 250-reçu",
        " 1012 ms S: 250 2.0.0 queued",
    ]


def test_the_transcript_of_a_later_message_is_its_own() -> None:
    session = a_session()
    session.begin(a_message())
    session.receive(b"450 no\r\n450 no\r\n450 no\r\n")
    session.begin(a_message())
    lines = the_result(session.receive(b"550 no\r\n503 no\r\n503 no\r\n")).transcript.splitlines()
    assert lines[0] == "    0 ms [message 2 of this session]"
    assert lines[1] == "    0 ms C: MAIL FROM:<r1@client.example>"


def test_the_transcript_never_holds_the_password() -> None:
    watch = Watch()
    log = Transcript(watch)
    session = Session("client.example", log, watch, login=("paul", "hunter2"))
    session.receive(b"220 hi\r\n")
    session.receive(b"250-hi\r\n250 AUTH PLAIN\r\n")
    assert b"AUTH PLAIN AHBhdWwAaHVudGVyMg==" in session.data_to_send()
    session.receive(b"what is AHBhdWwAaHVudGVyMg==, hunter2?\r\n")
    assert "AUTH PLAIN ***" in str(log)
    assert "what is ***, ***?" in str(log)
    assert "hunter2" not in str(log)
    assert "AHBhdWwA" not in str(log)


def test_half_an_answer_stands_in_the_transcript() -> None:
    session = a_session()
    session.begin(a_message())
    session.receive(b"250 ok\r\n550-5.7.1 because\r\n550 5.7.1 of yo")
    result = the_result(session.receive(b""))
    assert [line[9:] for line in result.transcript.splitlines()[-4:]] == [
        "S: 250 ok",
        "S: 550-5.7.1 because",
        "S: 550 5.7.1 of yo",
        "[the server closed the connection]",
    ]


def test_a_transcript_is_bounded_and_says_so() -> None:
    log = Transcript(Watch())
    for _ in range(100):
        log.server(["550 " + "é" * 1000])
    assert len(str(log).encode()) < LIMIT + 100
    assert str(log).endswith("[cut here: too long to be kept]")


# Servers gone mad


class Play:
    """A session driven as the engine would, by whatever a server says. It has one message to give."""

    def __init__(self) -> None:
        watch = Watch()
        self.session = Session("client.example", Transcript(watch), watch)
        self.body_is_out = False
        self.heard_after_the_body = b""
        self.fates: list[Fate] = []

    def hear(self, data: bytes) -> None:
        if self.body_is_out:
            self.heard_after_the_body += data
        self.act_on(self.session.receive(data))
        if self.session.is_ready and not self.session.messages:
            self.act_on(self.session.begin(a_message(b"hello\r\n")))
        if b"hello\r\n.\r\n" in self.session.data_to_send():
            self.body_is_out = True

    def act_on(self, events: list[SessionEvent]) -> None:
        for event in events:
            if isinstance(event, TlsWanted):
                self.session.tls_started("TLSv1.3")
            if isinstance(event, BodyWanted):
                self.session.send_body()
            if isinstance(event, Finished):
                self.fates.append(event.result.fate)


_PLAUSIBLE = st.sampled_from(
    [EHLO, ENVELOPE_TAKEN, b"250-a\r\n250-STARTTLS\r\n250 SMTPUTF8\r\n", b"250-half", b"what\r\n"]
    + [f"{code} so\r\n".encode() for code in (220, 250, 354, 421, 450, 550)]
)
_OPENING = st.sampled_from(
    [[], [b"220 hi\r\n", EHLO], [b"220 hi\r\n", EHLO, ENVELOPE_TAKEN], [b"220 hi\r\n", b"250 hi\r\n"]]
)


@given(_OPENING, st.lists(_PLAUSIBLE | st.binary(min_size=1, max_size=30), max_size=12))
def test_whatever_a_server_says_a_message_has_one_fate_and_a_true_one(opening: list[bytes], said: list[bytes]) -> None:
    play = Play()
    for data in (*opening, *said):
        play.hear(data)
    play.act_on(play.session.line_died("the end"))
    assert len(play.fates) == play.session.messages
    for fate in play.fates:
        if fate in (Fate.ACCEPTED, Fate.LINE_LOST):
            assert play.body_is_out
        if fate is Fate.ACCEPTED:
            assert play.heard_after_the_body.startswith(b"2")
        if fate in (Fate.LINE_DEAD, Fate.PROTOCOL_ERROR):
            assert not play.body_is_out
