"""`bienrecu verify FILE`: was this record made here, has it changed, does it still say what is on record?"""

import json
import sys
from pathlib import Path
from typing import Any

import click
import msgspec
from django.conf import settings

from bienrecu.proof import carried, seal
from bienrecu.proof.compare import Comparison, compare
from bienrecu.proof.facts import Header

_MOST_OCTETS = 2 * 1024**3
_LISTED = 20

_VERDICTS = {
    seal.Found.UNCHANGED: "Made by this installation, and unchanged since: not one byte differs.",
    seal.Found.CHANGED: "CHANGED: this file bears the seal of this installation, and is not what was sealed.",
    seal.Found.NOT_OURS: (
        "NOT MADE HERE: this file bears no seal of this installation. It was made elsewhere, or before the secret "
        "key was replaced, or its end was cut off or overwritten."
    ),
}


def run(file: Path, *, as_json: bool) -> int:
    """0: unchanged and in accord with what is on record; 1: changed, or not in accord; 2: not made here."""
    content = _read(file)
    verdict = seal.check(content, settings.SECRET_KEY.encode())
    if not as_json:
        click.echo(f"{file.name}: {_VERDICTS[verdict]}")
    if verdict is not seal.Found.UNCHANGED:
        if as_json:
            _print_json({"file": file.name, "verdict": verdict.value})
        return 1 if verdict is seal.Found.CHANGED else 2
    lines = carried.unpacked(content)
    header = next(lines)
    assert isinstance(header, Header)
    if not as_json:
        _print_header(header)
    found = compare(lines, header.organisation_slug)
    if as_json:
        facts = {"record": msgspec.to_builtins(header), "compared": msgspec.to_builtins(found)}
        _print_json({"file": file.name, "verdict": verdict.value, **facts})
    else:
        _print_comparison(found)
    return int(bool(found.different))


def _read(file: Path) -> bytes:
    if file.stat().st_size > _MOST_OCTETS:
        click.echo(f"bienrecu: {file.name} is larger than any record.", err=True)
        sys.exit(2)
    return file.read_bytes()


def _print_json(told: dict[str, Any]) -> None:
    click.echo(json.dumps(told, ensure_ascii=False, indent=1))


def _print_header(header: Header) -> None:
    session = header.session
    click.echo(
        f"  Record no. {header.export} of {header.organisation}: {session.title} ({session.reference}), "
        f"{header.emails} e-mails.\n"
        f"  Made on {header.made_at:%Y-%m-%d %H:%M:%S} UTC by {header.made_by or 'somebody who is gone'}."
    )
    if header.question:
        click.echo(f"  Filter: {header.question}")


def _print_comparison(found: Comparison) -> None:
    kept = found.emails - found.gone - found.erased
    same = kept - len(found.different)
    click.echo(f"Compared with what is on record now: {same} of {found.emails} e-mails say the same.")
    for number, said in (
        (found.hashed, "their exact bytes were hashed again"),
        (found.unhashed, "their exact bytes are not kept any more"),
        (found.gone, "not kept here any more"),
        (found.erased, "of people whose data was erased since"),
    ):
        if number:
            click.echo(f"  {number}: {said}")
    if found.moved:
        click.echo(f"Status then → now, for {len(found.moved)} that moved on:")
        _print_some([f"{one.id}: {one.then} → {one.now}" for one in found.moved])
    if found.different:
        click.echo(f"NOT IN ACCORD: {len(found.different)}, with what differs:")
        _print_some([f"{one.id}: {', '.join(one.what)}" for one in found.different])


def _print_some(lines: list[str]) -> None:
    for line in lines[:_LISTED]:
        click.echo(f"  e-mail {line}")
    if len(lines) > _LISTED:
        click.echo(f"  and {len(lines) - _LISTED} more (--json lists all)")
