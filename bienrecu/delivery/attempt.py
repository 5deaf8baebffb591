"""One attempt: the domain's servers in order, until one decides (RFC 5321 §5.1)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256

from bienrecu.delivery.channel import Channel, ChannelError
from bienrecu.delivery.observer import Observer
from bienrecu.delivery.outcome import Answer, Judge, Sign, decisive, sign_of
from bienrecu.delivery.ports import AttemptRecord, Clock, Host, Job, Network, Outcome, Route, Sent, Signer
from bienrecu.domain.event import OURS
from bienrecu.protocol.smtp.stage import Stage
from bienrecu.protocol.smtp.transaction import Fate, Result, Transaction

# Twenty dead addresses, each with its timeout, would keep a message from its next attempt for an hour.
_LONGEST_SEARCH = 300.0
# The domain's second server often knows no better, and a third one never does.
_MOST_REFUSALS = 2

_DECIDED = frozenset({Fate.ACCEPTED, Fate.REFUSED, Fate.LINE_LOST, Fate.NOT_OURS})


@dataclass(frozen=True, slots=True)
class Tools:
    """What every attempt of an engine uses. `patience`, in ]0, 1], shortens every wait."""

    network: Network
    clock: Clock
    signer: Signer
    judge: Judge
    observer: Observer
    hello_name: str
    patience: float = 1.0


class Attempt:
    """`channel` is a session kept from an earlier message, and after `run` one to be kept for the next. `ask` asks
    the queue whether the final dot may go out."""

    def __init__(
        self, job: Job, route: Route, tools: Tools, channel: Channel | None, ask: Callable[[Job], Awaitable[bool]]
    ) -> None:
        self.job = job
        self.channel = channel
        self._route, self._tools, self._ask = route, tools, ask
        self._started_at = tools.clock.now()
        self._began = tools.clock.monotonic()
        self._answers: list[Answer] = []
        self._transcripts: list[str] = []
        self._transaction: Transaction | None = None
        self._stale: Answer | None = None
        self._asked = self._went_out = self._is_not_ours = False
        self._breaks_off = self._is_broken_off = False
        self._queue_error: Exception | None = None
        self.may_be_out = False
        """Whether the final dot may go out, or be out without an answer yet."""

    async def run(self) -> tuple[Outcome | None, Sign]:
        """No outcome: it is not for us to send any more, and was not sent."""
        await self._search()
        if self._queue_error:
            return self.cut_short(f"our queue did not answer ({type(self._queue_error).__name__})"), Sign.NONE
        if self._is_broken_off:
            return self.cut_short("we were stopped before the end"), Sign.NONE
        if self._is_not_ours:
            return None, Sign.NONE
        answers = self._answers or [self._stale] if self._stale else self._answers
        answer, jitter = decisive(answers), self._tools.clock.jitter()
        outcome = self._tools.judge.conclude(
            self.job, answer, self._record(answer), is_final=self._route.is_final, sent=self._sent(), jitter=jitter
        )
        return outcome, sign_of(answers, outcome.reason)

    def cut_short(self, why: str) -> Outcome | None:
        """The outcome of an attempt that was broken off from our side; none when it can simply be given back."""
        if not self._asked:
            return None
        now, judge = self._tools.clock.now(), self._tools.judge
        host, ip = (self.channel.host_name, self.channel.ip) if self.channel else ("", "")
        record = AttemptRecord(self._started_at, now, host, ip, reply=OURS + why, transcript=self._transcript())
        if self.may_be_out:
            return judge.line_lost(self.job, record, self._sent())
        return judge.put_off(self.job, record, None, jitter=self._tools.clock.jitter())

    def crashed(self, error: Exception) -> Outcome:
        """A fault of ours must neither lose the message nor be taken for the recipient's."""
        self._asked = True
        outcome = self.cut_short(f"a fault of ours ({type(error).__name__})")
        assert outcome is not None
        return outcome

    async def _search(self) -> None:
        if self.channel is not None and self.channel.usable and await self._deliver(self.channel):
            return
        for host in self._route.hosts:
            if any(host.name == answer.host for answer in self._answers):
                continue
            await self.hang_up()
            await self._reach(host)
            if self.channel is not None and await self._deliver(self.channel):
                return

    async def _reach(self, host: Host) -> None:
        for address in host.addresses:
            if self._tools.clock.monotonic() - self._began > _LONGEST_SEARCH * self._tools.patience:
                return
            answer = await self._open(host, address)
            # What answers in words does so at all its addresses.
            if answer is None or answer.reply is not None:
                return

    async def _open(self, host: Host, address: str) -> Answer | None:
        tools = self._tools
        try:
            self.channel = await Channel.open(
                tools.network, tools.clock, host, address, hello_name=tools.hello_name, patience=tools.patience
            )
        except ChannelError as error:
            answer = _opening_answer(error, host, address)
            self._answers.append(answer)
            self._transcripts.append(error.transcript)
            tools.observer.connection_failed(host.name, address, answer.stage, _code(answer))
            return answer
        tools.observer.connection_opened(host.name, address, self.channel.tls)
        return None

    async def _deliver(self, channel: Channel) -> bool:
        """Whether that decides."""
        is_kept = channel.messages > 0
        result = await channel.deliver(self._message(), self._ready)
        self.may_be_out = False
        self._transcripts.append(result.transcript)
        if result.fate is Fate.NOT_OURS:
            self._is_not_ours = True
            return True
        self._went_out = self._went_out or result.stage is Stage.DOT
        if result.fate not in _DECIDED and self._breaks_off:
            self._is_broken_off = True
            return True
        if result.fate is Fate.LINE_DEAD and is_kept:
            # Servers close sessions that stand idle: no reason to think less of this one.
            self._stale = _answer(result, channel)
            return False
        self._answers.append(_answer(result, channel))
        refusals = sum(not answer.opening and answer.fate is not Fate.UNSUPPORTED for answer in self._answers)
        closes = result.reply is not None and result.reply.closes
        return result.fate in _DECIDED or closes or refusals >= _MOST_REFUSALS

    async def _ready(self) -> bool:
        self._asked, self._queue_error = True, None
        try:
            self.may_be_out = await self._ask(self.job)
        except Exception as error:
            self._queue_error = error
        return self.may_be_out

    def break_off(self) -> None:
        """Cuts the line, from another task: `run` then ends with what is known."""
        self._breaks_off = True
        if self.channel is not None:
            self.channel.cut()

    async def hang_up(self) -> None:
        channel, self.channel = self.channel, None
        if channel is not None:
            await hang_up(channel, self._tools.observer)

    def _message(self) -> Transaction:
        if self._transaction is None:
            job, signatures = self.job, self._tools.signer.sign(self.job.content, self.job.from_domain)
            self._transaction = Transaction(
                reverse_path=job.reverse_path,
                forward_path=str(job.recipient),
                content=(signatures, job.content.head, job.content.tail),
                smtputf8=job.recipient.needs_smtputf8,
                wants_dsn=not self._route.is_final,
                envid=job.envid,
                orcpt=str(job.recipient),
            )
        return self._transaction

    def _sent(self) -> Sent | None:
        if self._transaction is None or not (self._went_out or self.may_be_out):
            return None
        content = self._transaction.content
        whole = sha256()
        for part in content:
            whole.update(part)
        return Sent(content[0], whole.hexdigest())

    def _record(self, answer: Answer) -> AttemptRecord:
        return AttemptRecord(
            started_at=self._started_at,
            ended_at=self._tools.clock.now(),
            host=answer.host,
            ip=answer.ip,
            tls=answer.tls,
            stage=answer.stage,
            reply="" if answer.fate is Fate.ACCEPTED and answer.reply is None else answer.words,
            transcript=self._transcript(),
        )

    def _transcript(self) -> str:
        return "\n".join(filter(None, self._transcripts))


async def hang_up(channel: Channel, observer: Observer) -> None:
    """Whatever state the session is in."""
    try:
        await channel.close()
    except Exception as error:
        observer.fault(None, error)
    observer.connection_closed(channel.host_name, channel.ip, channel.messages)


def _opening_answer(error: ChannelError, host: Host, address: str) -> Answer:
    fate = Fate.LINE_DEAD
    if error.reply is not None:
        fate = Fate.REFUSED if error.permanent else Fate.DEFERRED
    return Answer(
        fate,
        Stage(error.stage),
        host.name,
        error.ip or address,
        error.tls,
        error.reply,
        detail=str(error),
        opening=True,
    )


def _answer(result: Result, channel: Channel) -> Answer:
    return Answer(
        result.fate, result.stage, channel.host_name, channel.ip, channel.tls, result.reply, detail=result.detail
    )


def _code(answer: Answer) -> str:
    return str(answer.reply.code) if answer.reply else ""
