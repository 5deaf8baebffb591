"""What a session tells its user."""

from dataclasses import dataclass

from bienrecu.protocol.smtp.reply import Reply
from bienrecu.protocol.smtp.stage import Stage
from bienrecu.protocol.smtp.transaction import Result, Transaction


@dataclass(frozen=True, slots=True)
class TlsWanted:
    """The server agreed: do the handshake, then call `tls_started`."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Transactions may begin."""


@dataclass(frozen=True, slots=True)
class OpeningFailed:
    """Nothing can be sent over this session. `reply` is the answer that decided, None when there was none."""

    stage: Stage
    reply: Reply | None
    detail: str


@dataclass(frozen=True, slots=True)
class BodyWanted:
    """The recipient was accepted and the server waits for the message: call `send_body` or `abandon`."""

    transaction: Transaction


@dataclass(frozen=True, slots=True)
class Finished:
    """The transaction is over; `result` says what became of it."""

    transaction: Transaction
    result: Result


SessionEvent = TlsWanted | Opened | OpeningFailed | BodyWanted | Finished
