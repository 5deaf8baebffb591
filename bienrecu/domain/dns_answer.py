"""What the DNS answers about a sending domain, as a fact with a meaning."""

from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    FINE = "fine"
    OPTIONAL = "optional"
    NOTE = "note"
    WRONG = "wrong"
    UNKNOWN = "unknown"


class Topic(StrEnum):
    """In the order in which they are told."""

    KEY = "key"
    POLICY = "policy"
    SPF = "spf"
    RETURNS = "returns"
    MAILBOX = "mailbox"
    SERVER = "server"
    LIST = "list"
    SECURE = "secure"
    REPORTS = "reports"


@dataclass(frozen=True, slots=True)
class Answer:
    """`code` says with `topic` what it means (`wording/dns_answers.py`); `known` fills the sentence in. `name` is what
    was asked about, `found` what came, word for word."""

    topic: Topic
    code: str
    level: Level
    name: str
    found: tuple[str, ...] = ()
    known: dict[str, str | int] = field(default_factory=dict)
