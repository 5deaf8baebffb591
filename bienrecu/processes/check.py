"""`bienrecu check`: what would keep e-mails from leaving or returns from coming back, each with its remedy."""

import asyncio
import json
from dataclasses import asdict

import click

from bienrecu.processes import check_machine, check_mail
from bienrecu.processes.finding import Finding

_MARK: dict[str, str] = {"fine": "  ok  ", "warning": " warn ", "problem": "MEND  "}


def run(*, as_json: bool) -> int:
    """Prints every finding; 1 when something must be mended."""
    findings = [*check_machine.findings(), *asyncio.run(check_mail.findings())]
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        _print(findings)
    return int(any(finding.level == "problem" for finding in findings))


def _print(findings: list[Finding]) -> None:
    for finding in findings:
        click.echo(f"{_MARK[finding.level]} {finding.what}")
        if finding.remedy:
            click.echo(f"         → {finding.remedy}")
    problems = sum(finding.level == "problem" for finding in findings)
    warnings = sum(finding.level == "warning" for finding in findings)
    click.echo(f"\n{problems} to mend, {warnings} to think about, {len(findings) - problems - warnings} fine.")
