"""The `bienrecu` command, and how it ends when something is wrong."""

import sys

import click

from bienrecu.processes.commands import commands


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
