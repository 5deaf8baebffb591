"""The group of all commands, and what each does first.

Each command imports what it needs when it runs: `bienrecu --help` must not wait for a database driver."""

import os

import click


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


def set_up(part: str = "") -> None:
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
