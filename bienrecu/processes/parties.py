"""The organisation and the session that a command is about."""

import sys
from typing import NoReturn

import click

from bienrecu.store.models import Organisation, TrainingSession


def organisation_named(slug: str) -> Organisation:
    """The organisation, which need not be named when there is only one. Ends the command otherwise."""
    known = list(Organisation.objects.order_by("slug"))
    if not known:
        give_up(
            "There is no organisation yet. Add one: bienrecu add-organisation formation-exemple 'Formation Exemple'"
        )
    if not slug and len(known) == 1:
        return known[0]
    found = [organisation for organisation in known if organisation.slug == slug]
    if not found:
        names = ", ".join(organisation.slug for organisation in known[:20])
        give_up(f"Say which organisation with --organisation; there are: {names}")
    return found[0]


def session_named(organisation: Organisation, reference: str) -> TrainingSession:
    """The session; ends the command when there is none."""
    session = TrainingSession.objects.filter(organisation=organisation, reference=reference).first()
    if session is None:
        names = organisation.sessions.order_by("-id").values_list("reference", flat=True)[:20]
        listed = ", ".join(names) or "none yet; add one with bienrecu add-session"
        give_up(f"{organisation.name} has no session {reference!r}. The latest are: {listed}")
    return session


def give_up(text: str) -> NoReturn:
    click.echo(f"bienrecu: {text}", err=True)
    sys.exit(1)
