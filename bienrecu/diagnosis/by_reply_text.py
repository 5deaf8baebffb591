"""What a server says in words: the sentences of `reply_texts.toml`, in their order."""

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files

from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.domain.reason import Reason


@dataclass(frozen=True, slots=True)
class Words:
    """`words` as the server wrote them, and what they mean."""

    reason: Reason
    words: str


@dataclass(frozen=True, slots=True)
class _Rule:
    reason: Reason
    pattern: re.Pattern[str]
    enhanced: frozenset[str]
    receiver: re.Pattern[str] | None

    def holds_for(self, enhanced: EnhancedCode | None, receiver: str) -> bool:
        if self.enhanced and str(enhanced) not in self.enhanced:
            return False
        return self.receiver is None or self.receiver.search(receiver) is not None


def _load() -> tuple[_Rule, ...]:
    table = tomllib.loads(files(__package__).joinpath("reply_texts.toml").read_text("utf-8"))
    return tuple(
        _Rule(
            Reason(rule["reason"]),
            re.compile("|".join(rule["words"])),
            frozenset(rule.get("enhanced", ())),
            re.compile(rule["receiver"], re.IGNORECASE) if "receiver" in rule else None,
        )
        for rule in table["rule"]
    )


_RULES = _load()


def find_words(text: str, enhanced: EnhancedCode | None, receiver: str) -> Words | None:
    """The first rule that `text`, on one line, satisfies."""
    lowered = text.lower()
    for rule in _RULES:
        if rule.holds_for(enhanced, receiver) and (match := rule.pattern.search(lowered)):
            # A few letters (İ) change their length in lower case: then the words are shown in lower case.
            shown = text if len(text) == len(lowered) else lowered
            return Words(rule.reason, shown[match.start() : match.end()])
    return None
