"""What a server announced in its answer to EHLO (RFC 5321 §4.1.1.1)."""

from dataclasses import dataclass
from typing import Self

from bienrecu.protocol.smtp.reply import Reply


@dataclass(frozen=True, slots=True)
class Extensions:
    """`size_limit` is in octets, None when no limit was said; `auth` are mechanisms, in upper case."""

    size: bool = False  # RFC 1870
    size_limit: int | None = None
    eight_bit_mime: bool = False  # RFC 6152
    smtputf8: bool = False  # RFC 6531
    pipelining: bool = False  # RFC 2920
    dsn: bool = False  # RFC 3461
    starttls: bool = False  # RFC 3207
    enhanced_status_codes: bool = False  # RFC 2034
    auth: frozenset[str] = frozenset()  # RFC 4954

    @classmethod
    def announced_by(cls, reply: Reply) -> Self:
        # The first line names the server. "AUTH=LOGIN" is how some announced it before the standard was written.
        words = [line.upper().replace("AUTH=", "AUTH ", 1).split() for line in reply.text.split("\n")[1:]]
        told = {keyword: arguments for keyword, *arguments in filter(None, words)}
        return cls(
            size="SIZE" in told,
            size_limit=_limit(told.get("SIZE", [])),
            eight_bit_mime="8BITMIME" in told,
            smtputf8="SMTPUTF8" in told,
            pipelining="PIPELINING" in told,
            dsn="DSN" in told,
            starttls="STARTTLS" in told,
            enhanced_status_codes="ENHANCEDSTATUSCODES" in told,
            auth=frozenset(name for keyword, *names in filter(None, words) if keyword == "AUTH" for name in names),
        )


def _limit(arguments: list[str]) -> int | None:
    """Zero means no fixed limit (RFC 1870 §4)."""
    number = arguments[0] if arguments else ""
    is_number = number.isascii() and number.isdigit() and len(number) <= 20
    return int(number) or None if is_number else None
