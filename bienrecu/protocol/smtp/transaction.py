"""One message to one recipient, and what became of it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bienrecu.protocol.smtp.extensions import Extensions
from bienrecu.protocol.smtp.reply import Reply
from bienrecu.protocol.smtp.stage import Stage

_UNSAFE = re.compile(r"[\x00-\x20<>\x7f]")
_NOT_XTEXT = re.compile(r"[^!-*,-<>-~]")


@dataclass(frozen=True, slots=True)
class Transaction:
    """Paths are bare addresses, without angle brackets; an empty `reverse_path` is the null one.

    The concatenation of `content` is the message, CRLF-ended, not dot-stuffed. `envid` and `orcpt` are as they are,
    not encoded, and go out only with `wants_dsn`. Raises ValueError when a path could break out of its command."""

    reverse_path: str
    forward_path: str
    content: tuple[bytes, ...]
    smtputf8: bool = False
    wants_dsn: bool = False
    envid: str = ""
    orcpt: str = ""

    def __post_init__(self) -> None:
        if not self.forward_path or _UNSAFE.search(self.reverse_path + self.forward_path):
            raise ValueError(f"not a path: {self.reverse_path!r} or {self.forward_path!r}")

    @property
    def size(self) -> int:
        return sum(map(len, self.content))

    @property
    def needs_smtputf8(self) -> bool:
        return self.smtputf8 or not (self.reverse_path + self.forward_path).isascii()

    def obstacle(self, extensions: Extensions) -> str:
        """Why a server that announced `extensions` cannot take it, opening with the code the server would have
        used (RFC 3463, 6531); empty when nothing stands in the way."""
        if self.needs_smtputf8 and not extensions.smtputf8:
            return "5.6.7 the address needs SMTPUTF8, the server did not announce it"
        if extensions.size_limit is not None and self.size > extensions.size_limit:
            return f"5.3.4 the message has {self.size} octets, the server takes {extensions.size_limit}"
        return ""

    def mail_command(self, extensions: Extensions) -> str:
        words = [f"MAIL FROM:<{self.reverse_path}>"]
        if extensions.size:
            words.append(f"SIZE={self.size}")
        # To a server that announced nothing, 8-bit goes as it is: converting would break the signature, and
        # those servers take it.
        if extensions.eight_bit_mime and not all(map(bytes.isascii, self.content)):
            words.append("BODY=8BITMIME")
        if self.needs_smtputf8:
            words.append("SMTPUTF8")
        if extensions.dsn and self.wants_dsn:
            words += ["RET=HDRS", *([f"ENVID={xtext(self.envid)}"] if self.envid else [])]
        return " ".join(words)

    def rcpt_command(self, extensions: Extensions) -> str:
        words = [f"RCPT TO:<{self.forward_path}>"]
        if extensions.dsn and self.wants_dsn:
            words.append("NOTIFY=SUCCESS,FAILURE,DELAY")
            # The rfc822 address type has no way to write letters beyond ASCII.
            if self.orcpt and self.orcpt.isascii():
                words.append(f"ORCPT=rfc822;{xtext(self.orcpt)}")
        return " ".join(words)


def xtext(text: str) -> str:
    """`text` as the value of a DSN parameter (RFC 3461 §4)."""
    return _NOT_XTEXT.sub(lambda found: "".join(f"+{octet:02X}" for octet in found[0].encode()), text)


class Fate(StrEnum):
    """What became of one transaction, as far as this side can know (RFC 5321 §4.2.1, RFC 1047)."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """5yz: asking again would get the same answer."""
    DEFERRED = "deferred"
    """4yz."""
    LINE_LOST = "line_lost"
    """The final dot went out, or may have, and no readable answer came: the server may hold the message or not."""
    LINE_DEAD = "line_dead"
    """The line died or stood still before the final dot: the server does not hold the message."""
    PROTOCOL_ERROR = "protocol_error"
    """The same, because the server said something that is no answer."""
    NOT_OURS = "not_ours"
    """We were told not to send it."""
    UNSUPPORTED = "unsupported"
    """We did not try: the server announced that it could not take it."""


@dataclass(frozen=True, slots=True)
class Result:
    """`reply` is the answer that decided; without one `detail` says in English what happened."""

    fate: Fate
    stage: Stage
    reply: Reply | None = None
    detail: str = ""
    transcript: str = ""
