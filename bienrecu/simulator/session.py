"""One client's conversation with the simulated servers (RFC 5321, with the extensions that EHLO lists).

Written on bare streams rather than on a server library, because rehearsing asks for what libraries rightly never do:
silence, half-answers and dropped lines."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bienrecu.simulator.aftermath import Accepted, Aftermath
from bienrecu.simulator.behaviours import BEHAVIOURS, HOST_NAME, Behaviour, Conduct, behaviour_of, is_simulated
from bienrecu.simulator.commands import Path, Refusal
from bienrecu.simulator.first_tries import FirstTries
from bienrecu.simulator.letter import Letter
from bienrecu.simulator.line import HangUp, Line
from bienrecu.simulator.settings import Log, SimulatorSettings

LARGEST_MESSAGE = 25 * 1024 * 1024
_MOST_RECIPIENTS = 100
_MOST_ERRORS = 20
# A third of the slow recipient's twenty seconds, taken at RCPT, at DATA and after the final dot.
_REFLECTION_SECONDS = 20 / 3
_EXTENSIONS = ("PIPELINING", f"SIZE {LARGEST_MESSAGE}", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN")
_NOBODY = "\n".join(
    (
        "550 5.1.1 <{recipient}>: nobody behaves like this here. An address says what its owner does:",
        *(f"{b.name_en}@simulator.invalid or {b.name_fr}@simulator.invalid" for b in BEHAVIOURS),
    )
)


@dataclass(slots=True)
class World:
    """What all conversations share."""

    settings: SimulatorSettings
    aftermath: Aftermath
    log: Log
    first_tries: FirstTries = field(default_factory=FirstTries)
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))


@dataclass(slots=True)
class _Transaction:
    sender: Path
    recipients: list[tuple[Path, Behaviour]] = field(default_factory=list)


class Session:
    """`run` talks until either side hangs up; it raises nothing but cancellation."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, world: World) -> None:
        self._line, self._world = Line(reader, writer), world
        self._transaction: _Transaction | None = None
        self._greeted = False
        self._errors = 0

    async def run(self) -> None:
        try:
            self._line.say(f"220 {HOST_NAME} ESMTP Rehearsal only: nothing goes further")
            while True:
                await self._obey(await self._line.command())
        except (HangUp, OSError):
            pass
        finally:
            self._line.close()

    async def _obey(self, line: str) -> None:
        verb, _, argument = line.strip().partition(" ")
        try:
            verb_handler = _VERBS.get(verb.upper())
            if verb_handler is None:
                raise Refusal("500 5.5.2 Command not recognized")
            await verb_handler(self, argument.strip())
        except Refusal as refusal:
            self._line.say(str(refusal))
            self._errors += 1
            if self._errors >= _MOST_ERRORS:
                self._line.say("421 4.7.0 Too many errors, closing")
                raise HangUp from None
        else:
            self._errors = 0

    async def _pause(self, behaviour: Behaviour) -> None:
        if behaviour.conduct is Conduct.SLOW:
            await asyncio.sleep(self._world.settings.scaled(_REFLECTION_SECONDS))

    # Commands

    async def _ehlo(self, argument: str) -> None:
        self._greet(argument)
        self._line.say("\n".join((f"250 {HOST_NAME}", *_EXTENSIONS)))

    async def _helo(self, argument: str) -> None:
        self._greet(argument)
        self._line.say(f"250 {HOST_NAME}")

    def _greet(self, name: str) -> None:
        if not name:
            raise Refusal("501 5.5.4 Say who you are")
        self._greeted, self._transaction = True, None

    async def _mail(self, argument: str) -> None:
        if not self._greeted:
            raise Refusal("503 5.5.1 Say EHLO first")
        if self._transaction:
            raise Refusal("503 5.5.1 Sender already given")
        sender = Path.sender(argument)
        if not sender.address.isascii() and "SMTPUTF8" not in sender.parameters:
            raise Refusal("553 5.6.7 Address beyond ASCII without SMTPUTF8")
        if sender.size > LARGEST_MESSAGE:
            raise Refusal("552 5.3.4 Message size exceeds fixed limit")
        self._transaction = _Transaction(sender)
        self._line.say("250 2.1.0 Sender ok")

    async def _rcpt(self, argument: str) -> None:
        transaction = self._transaction
        if transaction is None:
            raise Refusal("503 5.5.1 MAIL first")
        path = Path.recipient(argument)
        if not path.address.isascii() and "SMTPUTF8" not in transaction.sender.parameters:
            raise Refusal("553 5.6.7 Address beyond ASCII without SMTPUTF8")
        behaviour = behaviour_of(path.address)
        if behaviour is None:
            self._line.say(_stranger(path.address))
            return
        reply = await self._answer_to(path, behaviour, transaction)
        self._note(path, behaviour, reply)
        self._line.say(reply)
        if reply.startswith("250"):
            transaction.recipients.append((path, behaviour))
        elif reply.startswith("421"):
            raise HangUp

    async def _answer_to(self, path: Path, behaviour: Behaviour, transaction: _Transaction) -> str:
        await self._pause(behaviour)
        if behaviour.conduct is Conduct.SILENT:
            await self._line.keep_silent()
        if behaviour.conduct is Conduct.TAKES_NO_SIZE and transaction.sender.size:
            return behaviour.at_dot
        if put_off := self._put_off(path, behaviour, transaction):
            return put_off
        if len(transaction.recipients) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if any(_verdict(other) != _verdict(behaviour) for _, other in transaction.recipients):
            # One final dot gets one answer: those who would answer otherwise must come separately.
            return "452 4.5.3 Too many recipients: send this one separately"
        return behaviour.at_rcpt.format(recipient=path.address, ip=self._line.peer_ip)

    def _put_off(self, path: Path, behaviour: Behaviour, transaction: _Transaction) -> str:
        """The reply to someone who comes for the first time, or again too soon; empty otherwise."""
        if behaviour.conduct not in (Conduct.GREYLISTS, Conduct.BUSY_ONCE):
            return ""
        now = asyncio.get_running_loop().time()
        age = self._world.first_tries.age((self._line.peer_ip, transaction.sender.address, path.address.lower()), now)
        if behaviour.conduct is Conduct.BUSY_ONCE:
            return "421 4.3.2 Too busy, closing; please try again" if age is None else ""
        if age is None or age < self._world.settings.scaled(self._world.settings.greylist_seconds):
            return f"450 4.2.0 <{path.address}>: Recipient address rejected: Greylisted, please try again later"
        return ""

    async def _data(self, _: str) -> None:
        transaction = self._transaction
        if transaction is None or not transaction.recipients:
            raise Refusal("503 5.5.1 RCPT first")
        behaviour = transaction.recipients[0][1]
        await self._pause(behaviour)
        if behaviour.conduct is Conduct.CUTS_BEFORE_CONTENT:
            # Once content flows, a client that writes it in one go cannot tell a cut before the dot from one after.
            self._line.cut()
        self._line.say("354 End data with <CR><LF>.<CR><LF>")
        content, size = await self._line.content()
        self._transaction = None
        await self._pause(behaviour)
        if behaviour.conduct is Conduct.CUTS_AFTER_DOT:
            self._line.cut()
        self._conclude(transaction, content, size)

    def _conclude(self, transaction: _Transaction, content: bytes, size: int) -> None:
        behaviour = transaction.recipients[0][1]
        reply = behaviour.at_dot.format(id=f"{next(self._world.ids):08X}")
        if size > LARGEST_MESSAGE:
            reply = "552 5.3.4 Message size exceeds fixed limit"
        self._line.say(reply)
        for path, each in transaction.recipients:
            self._note(path, each, reply)
        if reply.startswith("250"):
            self._deliver(transaction, content)

    def _deliver(self, transaction: _Transaction, content: bytes) -> None:
        letter: Letter | None = None
        for path, behaviour in transaction.recipients:
            if not (behaviour.after or "NOTIFY" in path.parameters):
                continue
            letter = letter or Letter.read(content)
            accepted = Accepted(path, transaction.sender, letter, self._line.peer_ip)
            self._world.aftermath.follow(accepted, behaviour.after)

    async def _rset(self, _: str) -> None:
        self._transaction = None
        self._line.say("250 2.0.0 Ok")

    async def _noop(self, _: str) -> None:
        self._line.say("250 2.0.0 Ok")

    async def _vrfy(self, _: str) -> None:
        self._line.say("252 2.5.2 Cannot verify, send to find out")

    async def _quit(self, _: str) -> None:
        self._line.say("221 2.0.0 Bye")
        raise HangUp

    def _note(self, path: Path, behaviour: Behaviour, reply: str) -> None:
        self._world.log(f"simulated recipient={path.address} behaviour={behaviour.name_en} reply={reply!r}")


def _verdict(behaviour: Behaviour) -> tuple[Conduct, str]:
    """What a recipient does from DATA on; all recipients of one transaction must agree on it."""
    late = (Conduct.SLOW, Conduct.CUTS_BEFORE_CONTENT, Conduct.CUTS_AFTER_DOT)
    return behaviour.conduct if behaviour.conduct in late else Conduct.PLAIN, behaviour.at_dot


def _stranger(address: str) -> str:
    if is_simulated(address):
        return _NOBODY.format(recipient=address)
    return f"554 5.7.1 <{address}>: Relay access denied"


_VERBS: dict[str, Callable[[Session, str], Awaitable[None]]] = {
    "EHLO": Session._ehlo,
    "HELO": Session._helo,
    "MAIL": Session._mail,
    "RCPT": Session._rcpt,
    "DATA": Session._data,
    "RSET": Session._rset,
    "NOOP": Session._noop,
    "VRFY": Session._vrfy,
    "QUIT": Session._quit,
}
