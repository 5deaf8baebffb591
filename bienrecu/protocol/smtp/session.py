"""One client session as a state machine (RFC 5321 §3–4). It does no I/O: it is told what was read, and asked what is
to be written.

    greeting ─220─► EHLO ─250─► STARTTLS ─220─► (handshake) ─► EHLO ─250─► AUTH ─235─┐
                     │ 5yz       └ not offered, or refused and not required ──► AUTH │
                     └► HELO ─250─► (no extension) ─────────────────────────► AUTH   │
                                                          no login to give ──────────┤
                                                                                     ▼
         ┌─────────────────────────────────────────────────────────────────────── ready ─► QUIT
         │  begin                                                                    ▲
         └─► [RSET] MAIL RCPT DATA ─354─► BodyWanted ── send_body ─► message, dot ───┤
                       │ any 4yz or 5yz decides; when DATA still gets its 354, ──────┘
                       └ a lone dot ends it (RFC 2920 §3.1)

    anywhere: 421, end of the stream, no answer in time, an answer that is none ─► over

A server that announced PIPELINING gets MAIL, RCPT and DATA in one write, and the envelope of the next transaction may
`begin` behind the message of the one before. Whoever drives it repeats: write all of `data_to_send`, read for at most
`time_left` seconds, give what came to `receive` and act on the events.
"""

from collections.abc import Callable

from bienrecu.protocol.smtp.conversation import Conversation
from bienrecu.protocol.smtp.events import Finished, SessionEvent
from bienrecu.protocol.smtp.exchange import Exchange
from bienrecu.protocol.smtp.extensions import Extensions
from bienrecu.protocol.smtp.opening import Opening, StartTls
from bienrecu.protocol.smtp.reply import Malformed, Reply
from bienrecu.protocol.smtp.stage import BLOCK_TIMEOUT, Stage
from bienrecu.protocol.smtp.transaction import Fate, Result, Transaction
from bienrecu.protocol.smtp.transcript import Transcript


class Session:
    """`now` gives seconds on any scale that only grows; `login` is a user and a password.

    `patience`, in ]0, 1], shortens every wait. `log` may hold already what came before the greeting; the opening is
    written to it, and the first transaction."""

    def __init__(
        self,
        hello_name: str,
        log: Transcript,
        now: Callable[[], float],
        *,
        starttls: StartTls = StartTls.WHEN_OFFERED,
        login: tuple[str, str] | None = None,
        patience: float = 1.0,
    ) -> None:
        self.messages = 0
        self._log = log
        self._now = now
        self._patience = patience
        self._events: list[SessionEvent] = []
        self._conversation = Conversation(now, patience)
        self._exchanges: list[Exchange] = []
        self._needs_reset = False
        self._opening = Opening(
            self._conversation, log, self._events.append, hello_name=hello_name, starttls=starttls, login=login
        )

    @property
    def extensions(self) -> Extensions:
        return self._opening.extensions

    @property
    def is_over(self) -> bool:
        return self._conversation.over

    @property
    def is_ready(self) -> bool:
        """Whether a transaction may begin, with nothing before it still under way."""
        return self._opening.is_over and not self.is_over and not self._exchanges

    @property
    def timeout(self) -> float:
        """Seconds the phase we are in may take (RFC 5321 §4.5.3.2)."""
        return self._conversation.timeout

    @property
    def time_left(self) -> float:
        """What is left of `timeout` for the answer that is due."""
        return self._conversation.time_left

    @property
    def block_timeout(self) -> float:
        """Seconds a block may take to be written (RFC 5321 §4.5.3.2.5)."""
        return BLOCK_TIMEOUT * self._patience

    def data_to_send(self) -> bytes:
        """The next block to write, empty when all is out. A final dot counts as sent once it is handed out."""
        return b"" if self.is_over else self._conversation.data_to_send()

    def receive(self, data: bytes) -> list[SessionEvent]:
        """`data` is what was read, empty at the end of the stream."""
        if not data:
            return self.line_died("the server closed the connection")
        if not self.is_over:
            self._conversation.feed(data)
        while not self.is_over and (answer := self._conversation.next_answer()) is not None:
            self._hear(answer)
        return self._take_events()

    def line_died(self, detail: str) -> list[SessionEvent]:
        """Nothing more comes, or not in time."""
        self._end(Fate.LINE_DEAD, detail, self._conversation.unread)
        return self._take_events()

    def tls_started(self, protocol_and_cipher: str) -> None:
        self._opening.tls_started(protocol_and_cipher)

    def begin(self, transaction: Transaction) -> list[SessionEvent]:
        """When ready, or while the message before this one is being sent."""
        self.messages += 1
        log = self._log_of_the_next()
        if obstacle := transaction.obstacle(self.extensions):
            log.note(obstacle)
            return [Finished(transaction, Result(Fate.UNSUPPORTED, Stage.EHLO, None, obstacle, str(log)))]
        exchange = Exchange(
            self._conversation,
            transaction,
            self.extensions,
            log,
            self._events.append,
            session_is_kept=self.messages > 1,
        )
        self._exchanges.append(exchange)
        exchange.begin(reset=self._needs_reset)
        self._needs_reset = False
        return self._take_events()

    def send_body(self) -> None:
        """After BodyWanted."""
        self._exchanges[-1].send_body()

    def abandon(self, detail: str) -> list[SessionEvent]:
        """Instead of `send_body`. Only a cut line takes back a DATA without the recipient getting anything."""
        self._end(Fate.NOT_OURS, detail)
        return self._take_events()

    def quit(self) -> None:
        self._conversation.say(Stage.QUIT, "QUIT", self._log, lambda _: self._end(Fate.LINE_DEAD, "closed"))

    def _log_of_the_next(self) -> Transcript:
        if self.messages == 1:
            return self._log
        log = Transcript(self._now)
        log.note(f"message {self.messages} of this session")
        return log

    def _hear(self, answer: Reply | Malformed) -> None:
        if isinstance(answer, Malformed):
            self._end(Fate.PROTOCOL_ERROR, answer.problem, answer.lines)
        elif self._conversation.awaits is None:
            self._hear_out_of_turn(answer)
        else:
            self._conversation.pass_on(answer)
            self._settle()
            if answer.closes:
                self._end(Fate.LINE_DEAD, "the server closes the session")

    def _hear_out_of_turn(self, reply: Reply) -> None:
        for exchange in self._exchanges:
            exchange.hear_out_of_turn(reply)
        self._settle()
        self._end(Fate.PROTOCOL_ERROR, "the server spoke out of turn", reply.lines)

    def _settle(self) -> None:
        for exchange in [exchange for exchange in self._exchanges if exchange.result is not None]:
            self._exchanges.remove(exchange)
            self._needs_reset = exchange.left_open
            if exchange.out_of_step:
                self._end(Fate.LINE_DEAD, "the session cannot go on")

    def _end(self, fate: Fate, detail: str, evidence: tuple[str, ...] = ()) -> None:
        if self.is_over:
            return
        self._conversation.over = True
        if not self._opening.is_over:
            self._log.server(evidence)
            self._log.note(detail)
        self._opening.fail(detail)
        for exchange in self._exchanges:
            exchange.break_off(fate, detail, evidence)
        self._exchanges.clear()

    def _take_events(self) -> list[SessionEvent]:
        events = self._events[:]
        self._events.clear()
        return events
