"""Commands about the e-mails of a session: send them, see what became of them, check what is told of them."""

import sys
from pathlib import Path
from typing import Any

import click

from bienrecu.processes.commands.group import commands, set_up

_STATUSES = "requested, sent, received, opened, reception_impossible, send_error"


@commands.command()
@click.option("--session", required=True, help="Reference of the training session.")
@click.option("--type", "type_", default="free_message", show_default=True, help="Type of e-mail.")
@click.option(
    "--html",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The message, an HTML file with variables such as {{ prenom }}.",
)
@click.option("--recipients", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="CSV (comma or semicolon) with a column email; prenom, nom, entreprise, role if you have them; "
                   "every other column is a variable.")  # fmt: skip
@click.option("--subject", default="", help="Subject, with variables. Default: the <title> of the message.")
@click.option("--attach", "attachments", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A file to attach; may be given several times.")  # fmt: skip
@click.option("--link", "links", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A file to send as a download link; may be given several times.")  # fmt: skip
@click.option("--at", "scheduled_at", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]),
              help="When to send, in the organisation's time zone. Default: now.")  # fmt: skip
@click.option("--organisation", default="", help="Slug of the organisation; needed when there are several.")
@click.option("--key", default="", help="Name of this request: one key sends once. Default: made from its content.")
@click.option("--again", is_flag=True, help="Send even though the very same request was sent before.")
def send(**options: Any) -> None:
    """Sends a message to the people of a CSV file, within a training session.

    \b
    bienrecu send --session SST-2027-01 --type convocation --subject "Votre convocation" \\
        --html convocation.html --recipients participants.csv --attach convocation.pdf

    Everything is checked first: when something is wrong, each recipient and problem is named and
    nothing leaves. The same command given twice sends once.
    """
    set_up()
    from bienrecu.processes.send import run

    sys.exit(run(**options))


@commands.command()
@click.option("--session", default="", help="Only this training session (its reference).")
@click.option("--organisation", default="", help="Only this organisation (its slug).")
@click.option("--json", "as_json", is_flag=True, help="An array of {session, recipient, type, status, since, reason}.")
def status(session: str, organisation: str, as_json: bool) -> None:
    """Shows where every e-mail stands, newest request first."""
    set_up()
    from bienrecu.processes.status import run

    sys.exit(run(session=session, organisation=organisation, as_json=as_json))


status.help = f"""Shows where every e-mail stands, newest request first.

With --json, status is one of {_STATUSES}."""


@commands.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object: verdict, what the record is of, differences.")
def verify(file: Path, as_json: bool) -> None:
    """Checks a record for an audit that was exported here (CSV, XLSX or PDF).

    Says whether this installation made FILE and whether one byte of it has changed; then compares
    what it tells with what is on record now, the exact bytes of each e-mail included.

    \b
    Exits with 0  unchanged, and in accord with what is on record (statuses may have moved on)
               1  changed since it was made, or not in accord
               2  not made by this installation, or cannot be read
    """
    set_up()
    from bienrecu.processes.verify import run

    sys.exit(run(file, as_json=as_json))
