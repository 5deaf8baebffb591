"""`bienrecu`: every command, what it takes, and help worth reading.

Each command imports what it needs when it runs: `bienrecu --help` must not wait for a database driver."""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

_STATUSES = "requested, sent, received, opened, reception_impossible, send_error"


class _Commands(click.Group):
    """Lists the commands in the order in which one meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="bienrecu")
def commands() -> None:
    """Bien Reçu sends your e-mails and tells you, in plain words, what became of each.

    \b
    To see it:          bienrecu demo
    To install it:      bienrecu check, then bienrecu serve
    On several machines: bienrecu web on one, bienrecu deliver on any number, one PostgreSQL for all

    Settings come from the environment (BIENRECU_...) or from a TOML file named by BIENRECU_CONFIG;
    docs/settings.md lists them.
    """


def _set_up(part: str = "") -> None:
    """Reads the settings and, for a process that stays, begins its log; `part` is its name there."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bienrecu.config.settings")
    import django

    django.setup()
    from django.utils import translation

    from bienrecu.processes.logs import begin
    from bienrecu.processes.running import end_with_parent

    # What commands say themselves is in English; what they quote should not be in another language.
    translation.activate("en")
    begin(part or "command")
    end_with_parent()


@commands.command()
def demo() -> None:
    """Shows the whole product on this machine: people to write to, their mail servers, the pages.

    Creates an organisation with two training sessions, sends a convocation to one of them over real
    SMTP on loopback, and prints the page to open. Nothing leaves this machine. Ctrl-C stops
    everything; the next start finds the data again.

    \b
    DEMO_PORT  port of the pages (8025)
    DEMO_DIR   folder of its data (.demo)
    """
    from bienrecu.processes.demo import run

    run(set_up=_set_up)


@commands.command()
def serve() -> None:
    """Runs everything on this machine: pages, delivery, receiver of returns, background work, simulator.

    Brings the database up to date first. A part that dies is started again. SIGTERM or Ctrl-C
    stops all in good order.
    """
    _set_up("serve")
    from bienrecu.processes.serve import run

    run()


@commands.command()
def web() -> None:
    """Serves the pages only (BIENRECU_LISTEN): for several machines, behind a proxy."""
    _set_up("web")
    from bienrecu.processes.web import run

    run()


@commands.command()
def deliver() -> None:
    """Delivers only. Any number of machines may run it on one PostgreSQL."""
    _set_up("deliver")
    from bienrecu.processes.deliver import run

    run()


@commands.command("receive-returns")
def receive_returns() -> None:
    """Receives what comes back, over SMTP (BIENRECU_RETURNS_LISTEN)."""
    _set_up("receive-returns")
    from bienrecu.processes.returns import receive

    receive()


@commands.command("fetch-returns")
def fetch_returns() -> None:
    """Reads what comes back from a mailbox, over IMAP (BIENRECU_RETURNS_IMAP_URL)."""
    _set_up("fetch-returns")
    from bienrecu.processes.returns import fetch

    fetch()


@commands.command()
def simulate() -> None:
    """Answers as the recipients' servers of the rehearsal domain simulator.invalid."""
    _set_up("simulate")
    from bienrecu.processes.simulate import run

    run()


@commands.command()
def work() -> None:
    """Makes what takes longer than a page may: records for an audit. `serve` runs it by itself."""
    _set_up("work")
    from bienrecu.processes.work import run

    run()


@commands.command()
def tend() -> None:
    """Does the small jobs of every minute: mails about failures. `serve` runs it by itself."""
    _set_up("tend")
    from bienrecu.processes.tend import run

    run()


@commands.command()
def migrate() -> None:
    """Brings the database up to date. `serve` does it by itself; data is kept."""
    _set_up()
    from bienrecu.processes.database import bring_up_to_date

    bring_up_to_date()


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array instead of lines.")
def check(as_json: bool) -> None:
    """Looks for what would keep e-mails from leaving or returns from coming back.

    Settings, database, ports, DNS, keys, relay login: each problem is named with its remedy.
    Exits with 1 when something must be mended.
    """
    _set_up()
    from bienrecu.processes.check import run

    sys.exit(run(as_json=as_json))


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
    _set_up()
    from bienrecu.processes.send import run

    sys.exit(run(**options))


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
    _set_up()
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
    _set_up()
    from django.utils import translation

    from bienrecu.processes.read_report import run

    with translation.override(language):
        sys.exit(run(file, as_json=as_json))


@commands.command()
@click.option("--session", default="", help="Only this training session (its reference).")
@click.option("--organisation", default="", help="Only this organisation (its slug).")
@click.option("--json", "as_json", is_flag=True, help="An array of {session, recipient, type, status, since, reason}.")
def status(session: str, organisation: str, as_json: bool) -> None:
    """Shows where every e-mail stands, newest request first."""
    _set_up()
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
    _set_up()
    from bienrecu.processes.verify import run

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
    _set_up()
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
    _set_up()
    from bienrecu.processes.reclassify import run

    sys.exit(run(apply=apply))


@commands.command()
def zone() -> None:
    """Prints the records to publish in BIENRECU_DKIM_ZONE: the keys of organisations' own domains.

    As lines of a zone file, for a name server of yours. Keys change: print them anew every hour.
    """
    _set_up()
    from bienrecu.processes.zone import run

    sys.exit(run())


@commands.command("add-organisation")
@click.argument("slug")
@click.argument("name")
@click.option("--sender", default="", help="Its own sending address. Default: the platform's shared one.")
@click.option("--reply-to", default="", help="Where replies go.")
def add_organisation(slug: str, name: str, sender: str, reply_to: str) -> None:
    """Adds an organisation, for example: formation-exemple "Formation Exemple"."""
    _set_up()
    from bienrecu.processes.administer import organisation

    sys.exit(organisation(slug, name, sender, reply_to))


@commands.command("add-session")
@click.argument("reference")
@click.argument("title")
@click.option("--organisation", default="", help="Slug of the organisation; needed when there are several.")
@click.option("--starts-on", type=click.DateTime(["%Y-%m-%d"]), help="First day, as 2027-01-12.")
@click.option("--ends-on", type=click.DateTime(["%Y-%m-%d"]), help="Last day.")
@click.option("--place", default="", help="Where it takes place.")
def add_session(
    reference: str, title: str, organisation: str, starts_on: datetime | None, ends_on: datetime | None, place: str
) -> None:
    """Adds a training session, for example: SST-2027-01 "Sauveteur secouriste du travail"."""
    _set_up()
    from bienrecu.processes.administer import session

    sys.exit(session(reference, title, organisation, starts_on, ends_on, place))


@commands.command("add-user")
@click.argument("email")
@click.option("--organisation", default="", help="Slug of the organisation; needed when there are several.")
@click.option("--role", type=click.Choice(["administrator", "sender", "reader"]), default="administrator",
              show_default=True, help="What they may do there.")  # fmt: skip
@click.option("--name", default="", help="First and last name.")
@click.password_option(help="At least 10 characters; asked for when not given.")
def add_user(email: str, organisation: str, role: str, name: str, password: str) -> None:
    """Adds somebody who logs in with EMAIL, or gives them a role in one more organisation."""
    _set_up()
    from bienrecu.processes.administer import user

    sys.exit(user(email, organisation, role, name, password))


def main() -> None:
    """The `bienrecu` command. What an administrator can mend is said in a line on standard error, with exit code 2."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    try:
        commands(prog_name="bienrecu")
    except ImproperlyConfigured as error:
        click.echo(f"bienrecu: {error}", err=True)
    except DatabaseError as error:
        said = " ".join(str(error).split())
        click.echo(f"bienrecu: the database does not do what is needed ({said}). Try: bienrecu check", err=True)
    sys.exit(2)
