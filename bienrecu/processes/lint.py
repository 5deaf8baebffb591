"""`bienrecu lint`: what filters and readers would hold against a message."""

import json
from pathlib import Path

import click

from bienrecu.advice import advise, read_letter
from bienrecu.advice.letter import MOST_READ
from bienrecu.domain.advice import Advice, Severity
from bienrecu.wording.advice import words


def run(file: Path, *, as_json: bool) -> int:
    """Prints all advice, worst first; 1 when something would keep the message from being sent."""
    with file.open("rb") as opened:
        found = advise(read_letter(opened.read(MOST_READ)))
    if as_json:
        click.echo(json.dumps([_entry(advice) for advice in found], ensure_ascii=False, indent=1))
    else:
        _print(found)
    return int(any(advice.severity == Severity.BLOCKING for advice in found))


def _entry(advice: Advice) -> dict[str, str]:
    said = words(advice)
    return {
        "rule": advice.rule.value,
        "severity": advice.severity.value,
        "message": said.message,
        "remedy": said.remedy,
    }


def _print(found: list[Advice]) -> None:
    for advice in found:
        said = words(advice)
        click.echo(f"{said.weight}: {said.message} [{advice.rule}]\n  → {said.remedy}")
    if not found:
        click.echo("Nothing to say against this message.")
