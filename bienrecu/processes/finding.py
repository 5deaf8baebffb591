"""One thing that `bienrecu check` looked at."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """`remedy` says what to do, where something is to be done."""

    level: Literal["fine", "warning", "problem"]
    what: str
    remedy: str = ""


def fine(what: str) -> Finding:
    return Finding("fine", what)


def warning(what: str, remedy: str) -> Finding:
    return Finding("warning", what, remedy)


def problem(what: str, remedy: str) -> Finding:
    return Finding("problem", what, remedy)
