"""`bienrecu lint`: what filters and readers would hold against a message."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from bienrecu.advice.letter import MOST_READ
from bienrecu.domain.advice import Severity
from bienrecu.submission.lint import lint
from bienrecu.wording.advice import weight
from bienrecu.wording.advice_entries import Entry


def run(file: Path, *, as_json: bool) -> int:
    """Prints all advice, worst first; 1 when something would keep the message from being sent."""
    with file.open("rb") as opened:
        said = lint(opened.read(MOST_READ))
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        _print(said)
    return int(any(one["severity"] == Severity.BLOCKING for one in said))


def _print(said: Sequence[Entry]) -> None:
    for one in said:
        click.echo(f"{weight(Severity(one['severity']))}: {one['message']} [{one['rule']}]\n  → {one['remedy']}")
    if not said:
        click.echo("Nothing to say against this message.")
