"""`bienrecu read-report`: what receivers report about a domain, in words or for programs."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from bienrecu.protocol.domain_report import DmarcReport, read_reports
from bienrecu.protocol.domain_report.unpack import MOST_OCTETS
from bienrecu.wording.domain_report import sentences


def run(file: Path, *, as_json: bool) -> int:
    """2 when there is no report in `file`."""
    with file.open("rb") as opened:
        reports = read_reports(opened.read(2 * MOST_OCTETS))
    if as_json:
        kinds = ("dmarc" if isinstance(report, DmarcReport) else "tls" for report in reports)
        click.echo(json.dumps([{"kind": kind} | asdict(one) for kind, one in zip(kinds, reports, strict=True)]))
    else:
        for report in reports:
            first, *others = sentences(report)
            click.echo("\n".join([first, *(f"  {other}" for other in others)]))
    if not reports:
        click.echo("This is no report about a domain, or it is damaged.", err=True)
    return 0 if reports else 2
