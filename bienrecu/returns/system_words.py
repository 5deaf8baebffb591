"""What a mail system says in its own words, having no reply to quote: `system_words.toml`."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from bienrecu.diagnosis import Diagnosis
from bienrecu.domain.reason import Reason

_MAX_READ = 6000  # characters


@dataclass(frozen=True, slots=True)
class _Rule:
    reason: Reason
    pattern: re.Pattern[str]


def _load(name: str) -> tuple[_Rule, ...]:
    table = tomllib.loads(files(__package__).joinpath("system_words.toml").read_text("utf-8"))
    return tuple(_Rule(Reason(rule["reason"]), re.compile("|".join(rule["words"]))) for rule in table[name])


_RULES, _GAVE_UP = _load("rule"), _load("gave_up")


def own_words(text: str) -> Diagnosis | None:
    """The cause that the system gives."""
    return _first(_RULES, text)


def gave_up(text: str) -> Diagnosis | None:
    """That it gave up after some time; the cause that ran out counts more, when it is told."""
    return _first(_GAVE_UP, text)


def _first(rules: Iterable[_Rule], text: str) -> Diagnosis | None:
    lowered = " ".join(text[:_MAX_READ].lower().split())
    for rule in rules:
        if match := rule.pattern.search(lowered):
            return Diagnosis(rule.reason, True, match[0], "sure")
    return None
