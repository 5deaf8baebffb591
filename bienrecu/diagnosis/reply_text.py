"""What is left of a reply for its words to be read: no codes, no addresses, no host names of ours."""

import re

_MAX_READ = 4000
"""Characters of a reply that are read for its meaning; all of it is kept as evidence."""

_LEADING_CODE = re.compile(r"(?:^|;|said: )\s*([245]\d\d)(?=[\s-]|$)")
_LINE_CODE = re.compile(r"(?:^|(?<=\s))[245]\d\d[- ](?:#?[245]\.\d{1,3}\.\d{1,3} )?")
_NOT_THEIR_WORDS = [
    # An address or a host may be called spam@unknown.example: it says nothing.
    re.compile(r"<(?!https?:)[^<>\s]{0,320}>"),
    re.compile(r"(?<![^\s<>\"'(),;:])[^\s@<>\"'(),;:]{1,320}@[^\s@<>\"'(),;]{1,255}"),
    # Postfix puts around the reply whom it talked to, and when.
    re.compile(r"\bhost \S{1,255}\[[^\]\s]{0,60}\](?: said:)?"),
    re.compile(r"\(in reply to [^)]{0,60}\)"),
    # Our own host, as theirs saw it: "mail.unknown.example[192.0.2.7]"; the address itself may be what they refuse.
    re.compile(r"(?<![^\s<(,;:])[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}\.?(?= ?\[[\d.:a-fA-F]{2,45}\])"),
    re.compile(r"\bhelo=\S{1,255}"),
]


def leading_code(text: str) -> int | None:
    """The reply code that `text`, or what it quotes ("smtp; 550 ...", "host ... said: 550 ..."), begins with."""
    match = _LEADING_CODE.search(text[:_MAX_READ])
    return int(match[1]) if match else None


_LINK = re.compile(r"(?:https?://|\bwww\.)\S{1,2000}", re.IGNORECASE)


def without_links(words: str) -> str:
    """An address on the web names its owner and its page ("senders.example.net"): one by one, its words say nothing."""
    return _LINK.sub(" ", words)


def plain_words(text: str) -> str:
    """`text` on one line, without the code that begins each line, without addresses."""
    words = " ".join(text[:_MAX_READ].split())
    words = _LINE_CODE.sub("", words)
    for pattern in _NOT_THEIR_WORDS:
        words = pattern.sub(" ", words)
    return " ".join(words.split())
