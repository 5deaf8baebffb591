"""Commands that read a file or a text and say what it means. Most need no database."""

import sys
from pathlib import Path

import click

from bienrecu.processes.commands.group import commands, set_up


@commands.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="An array of {rule, severity, message, remedy}, worst first.")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True, help="Of the sentences.")
def lint(file: Path, as_json: bool, language: str) -> None:
    """Says what filters and readers would hold against a message (FILE, as .eml), and the remedy.

    Subject, links, images, hidden text, weight, attachments, variables left unfilled, addresses.
    It is advice: severity is blocking, strong, warning or info.

    \b
    Exits with 0  nothing that is blocking
               1  something is blocking: Bien Reçu would not send it
    """
    set_up()
    from django.utils import translation

    from bienrecu.processes.lint import run

    with translation.override(language):
        sys.exit(run(file, as_json=as_json))


@commands.command("read-report")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="An array: every report, whole.")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True, help="Of the sentences.")
def read_report(file: Path, as_json: bool, language: str) -> None:
    """Says what receivers report about your domain: who sends in its name, what fails.

    FILE is a DMARC aggregate report (XML) or a TLS report (JSON), bare, in gzip or ZIP, or a mail
    that carries one.
    """
    set_up()
    from django.utils import translation

    from bienrecu.processes.read_report import run

    with translation.override(language):
        sys.exit(run(file, as_json=as_json))


@commands.command()
@click.option("--jsonl", is_flag=True, required=True, help="Read and write JSON Lines (the only form there is).")
@click.option("--root", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder that raw paths are relative to. Default: the current one, then the input's.")  # fmt: skip
def classify(jsonl: bool, root: Path | None) -> None:
    """Says what mails that came back and servers' replies mean, many at once.

    Reads one JSON object a line: {id, kind, text} or {id, kind, raw}, where raw is the path of a
    mail. kind "reply" is a server's reply; anything else is a mail. Writes {id, recipients, reason,
    permanence}: reason is a failure's reason, or complaint, auto_reply, challenge, read_receipt,
    delivered, relayed, or null; permanence is permanent, temporary or none. Needs no database.

    \b
    bienrecu classify --jsonl --root corpus < corpus/data.jsonl > found.jsonl
    """
    from bienrecu.processes.classify import run

    sys.exit(run(root))


@commands.command()
@click.argument("pasted", nargs=-1)
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True, help="Of the answer.")
def explain(pasted: tuple[str, ...], language: str) -> None:
    """Says in words what a refusal means: a server's reply, or a mail that came back.

    PASTED is the reply itself, or the path of a mail; without it, standard input is read. Needs no database.

    \b
    bienrecu explain "550 5.7.1 Our system has detected that this message is likely unsolicited mail"
    bienrecu explain --language fr returned.eml
    """
    set_up()
    from django.utils import translation

    from bienrecu.processes.explain import run

    with translation.override(language):
        sys.exit(run(pasted))


@commands.command()
@click.option("--apply", is_flag=True, help="Change what would change. Default: only print it.")
def reclassify(apply: bool) -> None:
    """Reads the evidence of past failures again, with the rules of this version.

    Servers' replies and the mails that came back are kept word for word. Prints what they say now, where
    that differs; with --apply, reasons, statuses and suppressions follow, and what was said before is kept.
    """
    set_up()
    from bienrecu.processes.reclassify import run

    sys.exit(run(apply=apply))
