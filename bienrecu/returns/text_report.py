"""Reports without a machine-readable part: the words of qmail, Exim and those who write like them.

Only the plain cases; what cannot be read for certain is left to a person."""

import re
from dataclasses import dataclass

from bienrecu.protocol.message.parse import Part, decode_words

_MAX_READ = 20_000  # characters
_MAX_ADDRESSES = 100

_DAEMON = re.compile(r"mailer-?daemon|m(?:ail-?)?daemon@|postmaster\b|mail delivery (?:sub)?system", re.IGNORECASE)
_SUBJECT = re.compile(
    r"(?:undeliver|non[- ]?deliver|returned mail|mail (?:delivery|system) (?:failed|failure|error)|failure notice|"
    r"delivery (?:status|failure|failed|has failed|error|delayed|notification)|mail could not be delivered|"
    r"warning: (?:could not send|message)|non remis|non distribu|message non|échec (?:de|d['’]|lors)|"
    r"courrier non|unzustellbar|no se puede entregar|mancato recapito)",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"delayed|not yet been|has not been delivered yet|still (?:trying|attempting)|will be retried|"
    r"will (?:keep trying|continue)|warning message only|do not need to resend|"
    r"n['’]a pas encore|retardée?|nouvelles? tentatives?",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"permanent|fatal error|given up|giving up|could ?n[o']t be delivered|could not deliver|unable to deliver|"
    r"undeliver|not be delivered|delivery .{0,40}failed|failed (?:to|permanently)|was not delivered|returned to sender|"
    r"n['’]a pas pu être|n['’]ont pas pu|impossible de (?:remettre|distribuer)|non remis|échec",
    re.IGNORECASE,
)
_ORIGINAL_BEGINS = re.compile(
    r"^[-> \t]*(?:below this line is a copy|this is a copy of the message|original message|message d'origine|"
    r"message headers follow|included is a copy|returned message|unsent message|copie du message)",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = r"[^\s@<>\"'(),;:]{1,64}@[^\s@<>\"'(),;:]{1,255}"
_ADDRESSES = re.compile(_ADDRESS)
# Who failed stands at the beginning of a line, alone or before a colon.
_NAMED = re.compile(rf"^[ \t]*<?({_ADDRESS})>?[ \t]*(?::|$)", re.MULTILINE)


# Where a reader's own subject and author replaced qmail's (QSBMF, cr.yp.to/proto/qsbmf.txt).
_QMAIL_BEGINS = ("Hi. This is ", "Hi! This is ")


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice says of one recipient. `address` is empty when it names none."""

    address: str
    delayed: bool
    words: str


def looks_returned(message: Part) -> bool:
    """Whether a mail system wrote this about a message that it could not deliver, or not yet."""
    return bool(
        message.get("X-Failed-Recipients")
        or _DAEMON.search(message.get("From")[:500])
        or _SUBJECT.match(decode_words(message.get("Subject")[:200]).strip())
        or _words_about(message).startswith(_QMAIL_BEGINS)
    )


def read_text_report(message: Part) -> list[Notice]:
    """One notice for each recipient named; empty when it does not say for certain what happened."""
    words = _words_about(message)
    delayed = _DELAYED.search(words) is not None
    if not (delayed or _FAILED.search(words)):
        return []
    # What precedes the first address, then each address and what is said of it.
    _, *named = _NAMED.split(words, maxsplit=_MAX_ADDRESSES)
    if named:
        pairs = zip(named[::2], named[1::2], strict=True)
        return [Notice(address, delayed, said.strip()) for address, said in pairs]
    failed = _ADDRESSES.findall(message.get("X-Failed-Recipients")[:_MAX_READ])[:_MAX_ADDRESSES]
    return [Notice(address, delayed, words.strip()) for address in failed or [""]]


def _words_about(message: Part) -> str:
    """The first text of the message, less the copy of what it returns."""
    texts = (part for part in message.walk() if part.content_type in ("text/plain", "text/html"))
    first = next(texts, None)
    text = first.text()[:_MAX_READ].replace("\r\n", "\n") if first else ""
    begins = _ORIGINAL_BEGINS.search(text)
    return text[: begins.start()] if begins else text
