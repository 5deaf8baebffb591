"""Commands for whoever installs it: organisations, sessions, people, keys."""

import sys
from datetime import datetime

import click

from bienrecu.processes.commands.group import commands, set_up


@commands.command()
def zone() -> None:
    """Prints the records to publish in BIENRECU_DKIM_ZONE: the keys of organisations' own domains.

    As lines of a zone file, for a name server of yours. Keys change: print them anew every hour.
    """
    set_up()
    from bienrecu.processes.zone import run

    sys.exit(run())


@commands.command("add-organisation")
@click.argument("slug")
@click.argument("name")
@click.option("--sender", default="", help="Its own sending address. Default: the platform's shared one.")
@click.option("--reply-to", default="", help="Where replies go.")
def add_organisation(slug: str, name: str, sender: str, reply_to: str) -> None:
    """Adds an organisation, for example: formation-exemple "Formation Exemple"."""
    set_up()
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
    set_up()
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
    set_up()
    from bienrecu.processes.administer import user

    sys.exit(user(email, organisation, role, name, password))
