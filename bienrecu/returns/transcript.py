"""The replies that a notice quotes: conversations with a server, and lines that are a reply."""

import re
from collections.abc import Iterator

_ADDRESS = r"[^\s@<>\"'(),;:\[\]]{1,64}@[^\s@<>\"'(),;:\[\]]{1,255}"
# Sendmail, EZweb, InterScan, hMailServer: what was said to the server, then what it answered.
_RCPT = re.compile(rf"rcpt to: ?<?({_ADDRESS})>?", re.IGNORECASE)
_CODE = r"[45]\d\d(?=[-\s])"
# A reply begins a line, or follows what introduces it.
_REPLY = re.compile(
    rf"(?:^[ \t>*\"'(\[#-]{{0,12}}(?:<<<|>>>|received >>>|response:|reason:|\[[^\]\n]{{1,80}}\]:)?[ \t\"']{{0,4}}|"
    r"(?:said|reply|replied|response|responded|returned|with|error|reason|was|diagnostic|failed)\b[^\n:]{0,60}:"
    r"[ \t\n\"']{0,8}(?:smtp; ?)?|(?:said|replied|responded|returned|answered|with)[ \t]{1,4}[\"'(]|\]:[ \t]{1,4})"
    rf"({_CODE}.*)",
    re.IGNORECASE | re.MULTILINE,
)
_WRAPPED = re.compile(
    r"(?:smtp;)?\s{0,9}[245]\.\d\.\d - [^']{1,100}([45]\d\d)[- ]'(.{1,2000})'", re.IGNORECASE | re.DOTALL
)
_MAX_REPLIES = 50
_MORE = re.compile(r"\n([ \t>*]{0,8}(?:<<< )?\S.{0,1000})")
_MAX_LINES = 8


def unwrapped(diagnostic: str) -> str:
    """`diagnostic` without what Cisco's gateways put around the server's own reply, which may be something else:
    "smtp; 5.1.0 - Unknown address error 550-'5.7.1 Access denied' (delivery attempts: 0)"."""
    match = _WRAPPED.match(diagnostic)
    return f"{match[1]} {match[2]}" if match else diagnostic


_DEFERRAL = re.compile(r"\.\.\. Deferred: (?!\d{3} )([^\n]{1,300})")


def deferral_in(text: str) -> str:
    """Why Sendmail kept a message waiting, where it quotes no server: its report's fields do not say."""
    match = _DEFERRAL.search(text)
    return match[1] if match else ""


def refused_in_conversation(text: str) -> list[tuple[str, str]]:
    """Each recipient of a quoted conversation that was refused, with the server's reply."""
    found: dict[str, str] = {}
    named = list(_RCPT.finditer(text))[:_MAX_REPLIES]
    ends = [*(match.start() for match in named), len(text)][1:]
    for match, end in zip(named, ends, strict=True):
        said = text[match.end() : end]
        if reply := reply_in(said[:2000]):
            found.setdefault(match[1], reply)
    return list(found.items())


def reply_in(text: str) -> str:
    """The last reply that `text` quotes and that refuses something, on one line; "" when there is none."""
    replies = list(_replies(text))
    return next((reply for reply in replies if reply[0] == "5"), replies[0] if replies else "")


def _replies(text: str) -> Iterator[str]:
    for count, match in enumerate(_REPLY.finditer(text)):
        if count == _MAX_REPLIES:
            return
        yield " ".join((match[1] + _rest(text, match.end())).split())


def _rest(text: str, position: int) -> str:
    """The lines that go on, up to an empty one: replies are folded, or have several lines."""
    lines: list[str] = []
    while len(lines) < _MAX_LINES and (more := _MORE.match(text, position)):
        if ">>>" in more[1] or "<<<" in more[1]:
            break
        lines.append(more[1])
        position = more.end()
    return " ".join(["", *lines])
