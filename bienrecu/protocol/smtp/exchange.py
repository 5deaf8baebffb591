"""One transaction in progress: MAIL, RCPT, DATA, the message, its final dot (RFC 5321 §3.3)."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from bienrecu.protocol.smtp.body import on_the_wire
from bienrecu.protocol.smtp.conversation import Conversation
from bienrecu.protocol.smtp.events import BodyWanted, Finished, SessionEvent
from bienrecu.protocol.smtp.extensions import Extensions
from bienrecu.protocol.smtp.reply import Reply
from bienrecu.protocol.smtp.stage import Stage
from bienrecu.protocol.smtp.transaction import Fate, Result, Transaction
from bienrecu.protocol.smtp.transcript import Transcript


class Exchange:
    """The first answer that is not the hoped-for one decides; those after it only say how to get out.

    `result` is None until it is known. `left_open`: the server still holds an unfinished transaction, RSET comes
    before the next. `out_of_step`: nobody can tell any more which answer belongs to what."""

    def __init__(
        self,
        conversation: Conversation,
        transaction: Transaction,
        extensions: Extensions,
        log: Transcript,
        tell: Callable[[SessionEvent], None],
        *,
        session_is_kept: bool,
    ) -> None:
        self.result: Result | None = None
        self.left_open = False
        self.out_of_step = False
        self._verdict: Result | None = None
        self._recipient_accepted = False
        self._in_data = False
        self._dot_is_out = False
        self._session_is_kept = session_is_kept
        self._conversation = conversation
        self._transaction = transaction
        self._extensions = extensions
        self._log = log
        self._tell = tell
        self._commands: deque[tuple[Stage, str, Callable[[Reply], None]]] = deque()

    def begin(self, *, reset: bool) -> None:
        """All at once to a server that announced PIPELINING, else one command at a time."""
        if reset:
            self._commands.append((Stage.RESET, "RSET", self._hear_reset))
        self._commands += [
            (Stage.MAIL, self._transaction.mail_command(self._extensions), self._hear_mail),
            (Stage.RCPT, self._transaction.rcpt_command(self._extensions), self._hear_rcpt),
            (Stage.DATA, "DATA", self._hear_data),
        ]
        self._say_next()
        while self._extensions.pipelining and self._commands:
            self._say_next()

    def send_body(self) -> None:
        """After BodyWanted."""
        *pieces, ending = on_the_wire(self._transaction.content)
        self._log.client(f"[message, {self._transaction.size} octets]")
        self._log.client(".")
        for piece in pieces:
            self._conversation.send(piece)
        self._conversation.send(ending, self._note_that_the_dot_is_out)
        self._conversation.expect(Stage.DOT, self._log, self._hear_dot)

    def break_off(self, fate: Fate, detail: str, evidence: tuple[str, ...] = ()) -> None:
        """The session ends here; what is decided already stays so."""
        self._log.server(evidence)
        self._log.note(detail)
        if self._dot_is_out:
            fate = Fate.LINE_LOST
        self._judge(fate, self._stage, detail=detail)
        self._finish()

    def hear_out_of_turn(self, reply: Reply) -> None:
        """An answer while the server should be waiting for the message."""
        self._log.server(reply.lines)
        self._judge_negative(Stage.DATA, reply)
        self._finish(out_of_step=True)

    @property
    def _stage(self) -> Stage:
        if self._in_data:
            return Stage.DOT if self._dot_is_out else Stage.DATA
        awaited = self._conversation.awaits
        return awaited if awaited in (Stage.RCPT, Stage.DATA) else Stage.MAIL

    def _say_next(self) -> None:
        stage, command, hear = self._commands.popleft()
        self._conversation.say(stage, command, self._log, hear)

    def _go_on(self) -> None:
        """To the next command, or out, when each waits for the answer to the one before."""
        if self._verdict is None and self._commands:
            self._say_next()
        elif not self._extensions.pipelining:
            self._finish()

    def _hear_reset(self, reply: Reply) -> None:
        # What is left of the transaction before would be taken for a fault of this one.
        if not reply.is_positive:
            self._judge(Fate.LINE_DEAD, Stage.MAIL, reply, "the server refused to start afresh")
            self._finish(out_of_step=True)
        else:
            self._go_on()

    def _hear_mail(self, reply: Reply) -> None:
        self.left_open = reply.is_positive
        if reply.closes and self._session_is_kept:
            # Enough messages, or too long idle: said of the session, not of this message.
            self._judge(Fate.LINE_DEAD, Stage.MAIL, reply, "the server had ended the session")
        self._judge_unless(reply.is_positive, Stage.MAIL, reply)
        self._go_on()

    def _hear_rcpt(self, reply: Reply) -> None:
        self._recipient_accepted = reply.is_positive
        self._judge_unless(reply.is_positive, Stage.RCPT, reply)
        self._go_on()

    def _hear_data(self, reply: Reply) -> None:
        self._judge_unless(reply.asks_for_more, Stage.DATA, reply)
        self._in_data = reply.asks_for_more
        if not self._in_data:
            self._finish()
        elif self._verdict is None:
            self._tell(BodyWanted(self._transaction))
        elif self._recipient_accepted or self.out_of_step:
            # A lone dot could bring the recipient an empty message.
            self._finish(out_of_step=True)
        else:
            self._conversation.say(Stage.RESET, ".", self._log, self._hear_lone_dot)

    def _hear_lone_dot(self, reply: Reply) -> None:
        self.left_open = False
        self._finish()

    def _note_that_the_dot_is_out(self) -> None:
        self._dot_is_out = True
        self._conversation.restart_timer()

    def _hear_dot(self, reply: Reply) -> None:
        self.left_open = False
        if reply.is_positive and self._dot_is_out:
            self._judge(Fate.ACCEPTED, Stage.DOT, reply)
        elif self._dot_is_out and reply.asks_for_more:
            self._judge(Fate.LINE_LOST, Stage.DOT, reply, "the server asks for more after the final dot")
        else:
            self._judge_negative(Stage.DOT if self._dot_is_out else Stage.DATA, reply)
        self._finish(out_of_step=not self._dot_is_out or reply.asks_for_more)

    def _judge_unless(self, hoped_for: bool, stage: Stage, reply: Reply) -> None:
        if not hoped_for:
            self._judge_negative(stage, reply)

    def _judge_negative(self, stage: Stage, reply: Reply) -> None:
        if reply.is_permanent:
            self._judge(Fate.REFUSED, stage, reply)
        elif reply.is_transient:
            self._judge(Fate.DEFERRED, stage, reply)
        else:
            self._judge(Fate.PROTOCOL_ERROR, stage, reply, "an answer that makes no sense here")
            self.out_of_step = True

    def _judge(self, fate: Fate, stage: Stage, reply: Reply | None = None, detail: str = "") -> None:
        self._verdict = self._verdict or Result(fate, stage, reply, detail)

    def _finish(self, *, out_of_step: bool = False) -> None:
        self.out_of_step = self.out_of_step or out_of_step
        if self.result is None and self._verdict is not None:
            self.result = replace(self._verdict, transcript=str(self._log))
            self._tell(Finished(self._transaction, self.result))
