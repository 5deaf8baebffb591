"""What a server says in words: the sentences of the folder `rules`, in their order, then what words mean together."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from bienrecu.diagnosis.anchor import anchors
from bienrecu.diagnosis.fold import fold, fold_pattern
from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.domain.reason import Reason

TABLES = (
    "gmail",
    "microsoft",
    "mailbox_operators",
    "french_operators",
    "gateways",
    "mail_servers",
    "precise",
    "french",
    "languages",
    "waits",
    "blocklists",
    "senders",
    "messages",
    "recipients",
    "ways",
    "general_senders",
    "general_recipients",
)
"""Those that know their receiver first: the same words mean another thing elsewhere. Then what anybody says, by
what it is about, in the order in which one explains another: a blocklist explains a refused sender."""

VOCABULARY = ("vocabulary", "vocabulary_languages")
"""For words in no sentence that we know: of whom they speak, and what they say of it."""


@dataclass(frozen=True, slots=True)
class Words:
    """`words` as the server wrote them, and what they mean; `vague`: other words beside them may say more."""

    reason: Reason
    words: str
    vague: bool = False


@dataclass(frozen=True, slots=True)
class _Rule:
    """`patterns`, each with the texts one of which it cannot do without; `codes` are beginnings of reply codes; empty:
    any. `receiver` is an operator's name; empty: any."""

    reason: Reason
    patterns: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]
    enhanced: frozenset[str]
    codes: tuple[str, ...]
    receiver: str
    vague: bool

    def holds_for(self, code: int | None, enhanced: EnhancedCode | None, receiver: str) -> bool:
        if self.enhanced and str(enhanced) not in self.enhanced:
            return False
        if self.codes and not str(code or "").startswith(self.codes):
            return False
        return self.receiver in ("", receiver)

    def search(self, folded: str) -> re.Match[str] | None:
        for texts, pattern in self.patterns:
            if (not texts or _any_in(texts, folded)) and (match := pattern.search(folded)):
                return match
        return None


def _any_in(texts: tuple[str, ...], folded: str) -> bool:
    for text in texts:  # noqa: SIM110  # twice as fast as any(): this is where the time goes
        if text in folded:
            return True
    return False


def rows(table: str) -> list[dict[str, Any]]:
    """The rules of one table, the sets of words that they name written out."""
    found = tomllib.loads(files(__package__).joinpath(f"rules/{table}.toml").read_text("utf-8"))
    sets = {f"{{{name}}}": f"(?:{'|'.join(words)})" for name, words in found.get("sets", {}).items()}
    return [rule | {"words": [_written_out(words, sets) for words in rule["words"]]} for rule in found["rule"]]


def _written_out(words: str, sets: dict[str, str]) -> str:
    for name, alternatives in sets.items():
        words = words.replace(name, alternatives)
    return words


@cache
def _rules(tables: tuple[str, ...]) -> tuple[_Rule, ...]:
    return tuple(
        _Rule(
            Reason(rule["reason"]),
            tuple((anchors(words), re.compile(words)) for words in map(fold_pattern, rule["words"])),
            frozenset(rule.get("enhanced", ())),
            tuple(rule.get("codes", ())),
            rule.get("receiver", ""),
            rule.get("vague", False),
        )
        for table in tables
        for rule in rows(table)
    )


def find_words(
    text: str, code: int | None, enhanced: EnhancedCode | None, receiver: str, tables: tuple[str, ...] = TABLES
) -> Words | None:
    """The first rule that `text`, on one line, satisfies. `receiver` is an operator's name (`mail_operator`)."""
    folded = fold(text)
    for rule in _rules(tables):
        if rule.holds_for(code, enhanced, receiver) and (match := rule.search(folded)):
            return Words(rule.reason, text[match.start() : match.end()], rule.vague)
    return None
