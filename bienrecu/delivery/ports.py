"""What the engine needs of the world: a queue, a way to a server, sockets, a clock, a signer.

Adapters stand in `bienrecu/adapters`, fakes for tests in `tests/fakes.py`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bienrecu.domain.address import Address
from bienrecu.domain.certainty import Certainty
from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.protocol.dane import Tlsa


@dataclass(frozen=True, slots=True)
class Content:
    """The message as composed, CRLF line ends, not dot-stuffed, not signed.

    `tail` (attachments) is one object shared by all recipients of a message; `head` is this recipient's."""

    head: bytes
    tail: bytes = b""


@dataclass(frozen=True, slots=True)
class Job:
    """One recipient's message, claimed by this engine."""

    id: int
    destination: str
    reverse_path: str
    recipient: Address
    envid: str
    from_domain: str
    content: Content
    due_since: datetime
    failed_attempts: int = 0
    lost_answers: int = 0


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """The evidence of one attempt. `transcript` holds both sides, word for word, secrets and content left out.

    `host` is the server's name, `ip` its address, empty when none was reached. `tls` is for example
    "TLSv1.3 TLS_AES_256_GCM_SHA384", empty without. `reply` is the answer that decided, whole, lines joined by
    a line feed. `stage` is the SMTP phase it belongs to: connect, ehlo, starttls, auth, mail, rcpt, data, dot."""

    started_at: datetime
    ended_at: datetime
    host: str = ""
    ip: str = ""
    tls: str = ""
    stage: str = ""
    reply: str = ""
    transcript: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """The exact bytes that went out, less the composed content: signature fields put before it, and the hash
    (SHA-256, hexadecimal) of the whole."""

    signatures: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt came to. `kind` is one of deferred, handed_over, delivered, line_lost, refused, expired,
    unsendable. `next_attempt_at` is None when nothing more will be tried. `certainty`: how sure the reason is,
    where a server's words were judged."""

    job: Job
    kind: Kind
    attempt: AttemptRecord
    reason: Reason | None = None
    next_attempt_at: datetime | None = None
    sent: Sent | None = None
    certainty: Certainty | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """Which of the live engines this one is: `index` in [0, `count`)."""

    index: int = 0
    count: int = 1


class Queue(Protocol):
    """The durable queue. Whatever a method did is durable when it returns."""

    async def agenda(self) -> dict[str, datetime]:
        """Every destination with unclaimed work, and when its earliest message is due."""

    async def claim(self, destinations: Sequence[str], limit: int) -> list[Job]:
        """Up to `limit` due messages of each of `destinations`, oldest first; nobody else can claim them any more."""

    async def transmitting(self, job: Job) -> bool:
        """Notes that the final dot may go out at any moment. False: the claim was lost, do not send."""

    async def finish(self, outcome: Outcome) -> None:
        """Records the outcome and gives the claim back."""

    async def release(self, jobs: Sequence[Job]) -> None:
        """Gives back what was claimed and not attempted."""

    async def beat(self) -> Share:
        """Says that this engine lives (to be called every few seconds), takes back what dead ones had claimed."""

    async def wait(self, timeout: float) -> None:
        """Returns when new work may be due, after `timeout` seconds at the latest."""


class RouteError(Exception):
    """No server to talk to. `reason` says why; when not `permanent`, it is worth another try.

    `detail` is what the DNS said, for the evidence."""

    def __init__(self, reason: Reason, detail: str, *, permanent: bool) -> None:
        super().__init__(detail)
        self.reason, self.detail, self.permanent = reason, detail, permanent


@dataclass(frozen=True, slots=True)
class Login:
    """Of SMTP (RFC 4954). The password is in no log: it is left out of the repr."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Host:
    """One server to try. `addresses` are IP addresses, to be tried in order."""

    name: str
    addresses: tuple[str, ...]
    port: int = 25
    implicit_tls: bool = False
    require_tls: bool = False
    """Refuse to go on in clear, and check the certificate against `name` (relays with a login)."""
    login: Login | None = None
    tlsa: tuple[Tlsa, ...] = ()
    """What its DNS announces of its certificate (DANE): then that counts, and no authority."""

    @property
    def insists(self) -> bool:
        """Whether nothing may go in clear."""
        return self.require_tls or bool(self.tlsa)


@dataclass(frozen=True, slots=True)
class Route:
    """Servers in the order to try (RFC 5321 §5.1). `provider` names who runs them, for the pace: domains that share
    it share its limits. `is_final` is False for a relay: its 250 does not mean that the recipient's system has it."""

    hosts: tuple[Host, ...]
    provider: str
    is_final: bool = True


class Router(Protocol):
    """Where mail for a domain goes."""

    async def route(self, domain: str) -> Route:
        """Raises RouteError."""


class Connection(Protocol):
    """One byte stream. Reads and writes raise OSError (TimeoutError included) when the line is dead."""

    peer_ip: str
    tls: str
    """Protocol and cipher, empty in clear."""

    async def read(self, timeout: float) -> bytes:
        """What came, at least one byte; b"" when the other side closed."""

    async def write(self, data: bytes, timeout: float) -> None: ...

    async def start_tls(self, server_name: str, *, verify: bool, timeout: float, tlsa: Sequence[Tlsa] = ()) -> str:
        """Returns the protocol and cipher agreed on. With `tlsa`, the certificate must be one of those announced."""

    def close(self) -> None: ...


class Network(Protocol):
    """Opens streams. Raises OSError (TimeoutError included) when nobody answers."""

    async def connect(
        self, address: str, port: int, *, timeout: float, tls_server_name: str | None = None
    ) -> Connection:
        """Opens a stream; with `tls_server_name`, over TLS from the first byte with the certificate checked."""


class Clock(Protocol):
    """Time and dice."""

    def now(self) -> datetime:
        """Aware, in UTC."""

    def monotonic(self) -> float: ...

    def jitter(self) -> float:
        """A number in [0, 1)."""

    async def sleep(self, seconds: float) -> None: ...


class Signer(Protocol):
    """Signs what leaves (RFC 6376)."""

    def sign(self, content: Content, from_domain: str) -> bytes:
        """The DKIM-Signature fields to put before `content`, CRLF-ended; empty when no key fits `from_domain`."""
