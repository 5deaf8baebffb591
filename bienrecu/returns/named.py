"""Whom a notice names as not reached."""

import re
from collections.abc import Callable, Iterator
from itertools import chain

MAX_NAMED = 1000

_LOCAL = r"[^\s@<>\"'(),;:\[\]=]{1,64}"
_ADDRESS = rf"{_LOCAL}@[^\s@<>\"'(),;:\[\]=]{{1,255}}"
# An address that begins a line, or stands alone after a few words and a colon: "Unknown user: paul@example.org".
_AT_LINE = re.compile(
    r"^(?:[^\w\n]{0,16}|[^@\n]{1,60}:[ \t]{0,8})(?:rfc822;|smtp:|mailto:)?[<\"'\[(]{0,2}"
    rf"({_ADDRESS})(?P<after>[^\n]{{0,40}})",
    re.MULTILINE | re.IGNORECASE,
)
_STATED = re.compile(
    r"\b(?:smtp|addressed(?: to)?|address|message to|mail to|deliver\w*(?: \w+){0,3} to|recipients?|user|account|"
    rf"mailbox|list|destinataires?|adresse|boîte|empfänger|destinatario)[\s:,='\"<(]{{1,12}}({_ADDRESS})",
    re.IGNORECASE,
)
_EXPANDED_FROM = re.compile(
    rf"({_ADDRESS})>?:?\s{{0,20}}\((?:expanded|(?:ultimately )?generated) from:? <?({_ADDRESS})>?\)", re.IGNORECASE
)
_ANYWHERE = re.compile(rf"(?<![\w@.=+-])({_ADDRESS})")
_NOBODY = re.compile(r"(?:postmaster|mailer-daemon|mdaemon|abuse|helpdesk)@", re.IGNORECASE)
# Words that go on after an address at the beginning of a line show that a sentence was broken there.
_SENTENCE = re.compile(
    r"[>\"'\])]{0,2},?[ \t]+(?:and|or|is|was|has|has reached|have|will|for|with|in|et|est|ou|und|oder)\b", re.I
)
_CONTACT = re.compile(
    r"(?:contact|assistance|help|questions|reach us|write to|e-?mail to|from|sender|aide|hilfe)\b[^@\n]{0,60}\Z", re.I
)


def named_at_line(text: str, is_ours: Callable[[str], bool]) -> list[tuple[str, str]]:
    """The addresses that begin a line, and what is said of each up to the next."""
    found = [match for match in _AT_LINE.finditer(text) if _is_named(match) and not is_ours(clean(match[1]))][
        :MAX_NAMED
    ]
    ends = [*(match.start() for match in found), len(text)][1:]
    said: dict[str, str] = {}
    for match, end in zip(found, ends, strict=True):
        address = clean(match[1])
        said[address] = f"{said.get(address, '')}\n{_said(match, text, end)}".strip()
    return list(said.items())


def _said(match: re.Match[str], text: str, end: int) -> str:
    """With the words before the address, if there are any ("Unknown user: ...")."""
    if re.search(r"\w", text[match.start() : match.start(1)]):
        return text[match.start() : end].strip()
    return text[match.end(1) : end].lstrip(">\"')]: \t\r\n").rstrip()


def _is_named(match: re.Match[str]) -> bool:
    return not (
        _NOBODY.match(match[1])
        or _SENTENCE.match(match["after"])
        or _CONTACT.search(match[0][: match.start(1) - match.start()])
    )


def first_named(text: str, is_ours: Callable[[str], bool]) -> str:
    """The address that a sentence says the message went to, else the first; "" when there is none."""
    stated = (clean(match[1]) for match in _STATED.finditer(text) if not _NOBODY.match(match[1]))
    return next((address for address in chain(stated, _anywhere(text)) if not is_ours(address)), "")


def expanded_from(text: str) -> dict[str, str]:
    """The address that we wrote to, for each (in lower case) that it became on the way (Sendmail, Exim)."""
    return {clean(became).lower(): clean(ours) for became, ours in _EXPANDED_FROM.findall(text)[:MAX_NAMED]}


def _anywhere(text: str) -> Iterator[str]:
    for match in _ANYWHERE.finditer(text):
        if not (_NOBODY.match(match[1]) or _CONTACT.search(text[max(0, match.start() - 80) : match.start()])):
            yield clean(match[1])


def addresses_in(field: str) -> list[str]:
    """Every address in a field such as X-Failed-Recipients."""
    return list(dict.fromkeys(clean(match[1]) for match in _ANYWHERE.finditer(field[:100_000])))[:MAX_NAMED]


def clean(address: str) -> str:
    """Without the punctuation of the sentence around it."""
    return address.strip("*|.!?`’‘«»“”")
