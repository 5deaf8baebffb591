"""Commands that run: the whole, or one part of it; and what they need to run."""

import sys

import click

from bienrecu.processes.commands.group import commands, set_up


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

    run(set_up=set_up)


@commands.command()
def serve() -> None:
    """Runs everything on this machine: pages, delivery, receiver of returns, background work, simulator.

    Brings the database up to date first. A part that dies is started again. SIGTERM or Ctrl-C
    stops all in good order.
    """
    set_up("serve")
    from bienrecu.processes.serve import run

    run()


@commands.command()
def web() -> None:
    """Serves the pages only (BIENRECU_LISTEN): for several machines, behind a proxy."""
    set_up("web")
    from bienrecu.processes.web import run

    run()


@commands.command()
def deliver() -> None:
    """Delivers only. Any number of machines may run it on one PostgreSQL."""
    set_up("deliver")
    from bienrecu.processes.deliver import run

    run()


@commands.command("receive-returns")
def receive_returns() -> None:
    """Receives what comes back, over SMTP (BIENRECU_RETURNS_LISTEN)."""
    set_up("receive-returns")
    from bienrecu.processes.returns import receive

    receive()


@commands.command("fetch-returns")
def fetch_returns() -> None:
    """Reads what comes back from a mailbox, over IMAP (BIENRECU_RETURNS_IMAP_URL)."""
    set_up("fetch-returns")
    from bienrecu.processes.returns import fetch

    fetch()


@commands.command()
def simulate() -> None:
    """Answers as the recipients' servers of the rehearsal domain simulator.invalid."""
    set_up("simulate")
    from bienrecu.processes.simulate import run

    run()


@commands.command()
def work() -> None:
    """Makes what takes longer than a page may: records for an audit. `serve` runs it by itself."""
    set_up("work")
    from bienrecu.processes.work import run

    run()


@commands.command()
def tend() -> None:
    """Does the small jobs of every minute: mails about failures. `serve` runs it by itself."""
    set_up("tend")
    from bienrecu.processes.tend import run

    run()


@commands.command()
def migrate() -> None:
    """Brings the database up to date. `serve` does it by itself; data is kept."""
    set_up()
    from bienrecu.processes.database import bring_up_to_date

    bring_up_to_date()


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array instead of lines.")
def check(as_json: bool) -> None:
    """Looks for what would keep e-mails from leaving or returns from coming back.

    Settings, database, ports, DNS, keys, relay login: each problem is named with its remedy.
    Exits with 1 when something must be mended.
    """
    set_up()
    from bienrecu.processes.check import run

    sys.exit(run(as_json=as_json))
