"""From the greeting to the first transaction (RFC 5321 §3.1–3.2, 3207, 4954)."""

from base64 import b64encode
from collections.abc import Callable
from enum import Enum, auto

from bienrecu.protocol.smtp.conversation import Conversation
from bienrecu.protocol.smtp.events import Opened, OpeningFailed, SessionEvent, TlsWanted
from bienrecu.protocol.smtp.extensions import Extensions
from bienrecu.protocol.smtp.reply import Reply
from bienrecu.protocol.smtp.stage import Stage
from bienrecu.protocol.smtp.transcript import Transcript


class StartTls(Enum):
    """Whether to ask for encryption (RFC 3207), and what to do when there is none."""

    NEVER = auto()
    """Also for a line that is under TLS already."""
    WHEN_OFFERED = auto()
    REQUIRED = auto()


class Opening:
    """Each answer leads to the next command; `extensions` is what the latest EHLO announced."""

    def __init__(
        self,
        conversation: Conversation,
        log: Transcript,
        tell: Callable[[SessionEvent], None],
        *,
        hello_name: str,
        starttls: StartTls,
        login: tuple[str, str] | None,
    ) -> None:
        self.extensions = Extensions()
        self.is_over = False
        self._conversation = conversation
        self._log = log
        self._tell = tell
        self._hello_name = hello_name
        self._starttls = starttls
        self._login = login
        self._stage = Stage.GREETING
        conversation.expect(Stage.GREETING, log, self._hear_greeting)

    def tls_started(self, protocol_and_cipher: str) -> None:
        """What was learnt in clear is forgotten (RFC 3207 §4.2)."""
        self._log.note(f"TLS: {protocol_and_cipher}")
        self.extensions = Extensions()
        self._starttls = StartTls.NEVER
        self._say_hello()

    def fail(self, detail: str, reply: Reply | None = None) -> None:
        """Nothing happens when the opening is over already."""
        if not self.is_over:
            self.is_over = True
            self._tell(OpeningFailed(self._stage, reply, detail))

    def _say(self, stage: Stage, command: str, hear: Callable[[Reply], None], shown: str | None = None) -> None:
        self._stage = stage
        self._conversation.say(stage, command, self._log, hear, shown=shown)

    def _refused(self, reply: Reply) -> None:
        self.fail(reply.text, reply)

    def _hear_greeting(self, reply: Reply) -> None:
        if reply.is_positive:
            self._say_hello()
        else:
            self._refused(reply)

    def _say_hello(self) -> None:
        self._say(Stage.EHLO, f"EHLO {self._hello_name}", self._hear_ehlo)

    def _hear_ehlo(self, reply: Reply) -> None:
        if reply.is_positive:
            self.extensions = Extensions.announced_by(reply)
            self._secure()
        elif reply.is_permanent:
            self._say(Stage.EHLO, f"HELO {self._hello_name}", self._hear_helo)
        else:
            self._refused(reply)

    def _hear_helo(self, reply: Reply) -> None:
        if reply.is_positive:
            self._secure()
        else:
            self._refused(reply)

    def _secure(self) -> None:
        if self._starttls is StartTls.NEVER:
            self._authenticate()
        elif self.extensions.starttls:
            self._say(Stage.STARTTLS, "STARTTLS", self._hear_starttls)
        elif self._starttls is StartTls.REQUIRED:
            self._stage = Stage.STARTTLS
            self.fail("encryption is required, the server does not offer STARTTLS")
        else:
            self._authenticate()

    def _hear_starttls(self, reply: Reply) -> None:
        if reply.is_positive and self._conversation.unread:
            # Said in clear, it would be taken for something said under TLS (CVE-2011-0411).
            self.fail("the server spoke in clear after agreeing to STARTTLS")
        elif reply.is_positive:
            self._tell(TlsWanted())
        elif self._starttls is StartTls.REQUIRED or self._login is not None or reply.closes:
            # Whoever answers no to STARTTLS would otherwise be given the password in clear.
            self._refused(reply)
        else:
            self._authenticate()

    def _authenticate(self) -> None:
        if self._login is None:
            self._opened()
            return
        user, password = self._login
        plain = _base64(f"\0{user}\0{password}")
        self._conversation.secrets = tuple(filter(None, (plain, _base64(password), password)))
        if "PLAIN" in self.extensions.auth:
            self._say(Stage.AUTH, f"AUTH PLAIN {plain}", self._hear_verdict, "AUTH PLAIN ***")
        elif "LOGIN" in self.extensions.auth:
            self._say(Stage.AUTH, "AUTH LOGIN", self._hear_user_wanted)
        else:
            self._stage = Stage.AUTH
            known = ", ".join(sorted(self.extensions.auth)) or "none"
            self.fail(f"no way to log in: PLAIN or LOGIN is needed, the server offers {known}")

    def _hear_user_wanted(self, reply: Reply) -> None:
        self._give(reply, 0, self._hear_password_wanted)

    def _hear_password_wanted(self, reply: Reply) -> None:
        self._give(reply, 1, self._hear_verdict)

    def _give(self, reply: Reply, which: int, hear: Callable[[Reply], None]) -> None:
        if reply.asks_for_more and self._login is not None:
            self._say(Stage.AUTH, _base64(self._login[which]), hear, "***")
        else:
            self._refused(reply)

    def _hear_verdict(self, reply: Reply) -> None:
        if reply.is_positive:
            self._opened()
        else:
            self._refused(reply)

    def _opened(self) -> None:
        self.is_over = True
        self._tell(Opened())


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
