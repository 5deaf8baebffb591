"""The codes that operators put into their replies: "OFR_416 [416]", "LPN007_510", "SFR_IN_101"."""

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files

from bienrecu.domain.reason import Reason


@dataclass(frozen=True, slots=True)
class OperatorCode:
    """`code` as the operator wrote it."""

    reason: Reason
    code: str


@dataclass(frozen=True, slots=True)
class _Operator:
    """`codes`, in order: what the digits must match whole, and what they mean."""

    pattern: re.Pattern[str]
    codes: tuple[tuple[re.Pattern[str], Reason], ...]


def _load() -> tuple[_Operator, ...]:
    table = tomllib.loads(files(__package__).joinpath("operator_codes.toml").read_text("utf-8"))
    return tuple(
        _Operator(
            re.compile(operator["pattern"], re.IGNORECASE),
            tuple((re.compile(digits), Reason(reason)) for digits, reason in operator["codes"].items()),
        )
        for operator in table["operator"]
    )


_OPERATORS = _load()


def find_operator_code(text: str) -> OperatorCode | None:
    """The first operator's code in `text` whose meaning we know."""
    for operator in _OPERATORS:
        match = operator.pattern.search(text)
        if match is None:
            continue
        for digits, reason in operator.codes:
            if digits.fullmatch(match[1]):
                return OperatorCode(reason, match[0])
    return None
