"""Adding organisations, sessions and people who log in."""

from datetime import datetime

import click
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from bienrecu.processes.parties import give_up, organisation_named
from bienrecu.store.models import Membership, Organisation, TrainingSession, User
from bienrecu.submission.sender import sender_problems


def organisation(slug: str, name: str, sender: str, reply_to: str) -> int:
    if slug != slugify(slug):
        give_up(
            f"{slug!r} is not a slug: use small letters, digits and hyphens, as in {slugify(slug) or 'my-school'!r}."
        )
    if Organisation.objects.filter(slug=slug).exists():
        give_up(f"There is an organisation {slug!r} already.")
    new = Organisation(slug=slug, name=name, sender_address=sender, reply_address=reply_to)
    for problem in sender_problems(new):
        give_up(problem.sentence)
    new.save()
    click.echo(f"Added {name} ({slug}).")
    return 0


def session(
    reference: str, title: str, slug: str, starts_on: datetime | None, ends_on: datetime | None, place: str
) -> int:
    owner = organisation_named(slug)
    if TrainingSession.objects.filter(organisation=owner, reference=reference).exists():
        give_up(f"{owner.name} has a session {reference!r} already.")
    try:
        new = TrainingSession(
            organisation=owner, reference=reference, title=title, starts_on=starts_on, ends_on=ends_on, place=place
        )
        new.full_clean()
    except ValidationError as error:
        give_up("; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()))
    new.save()
    click.echo(f"Added {title} ({reference}).")
    return 0


def user(email: str, slug: str, role: str, name: str, password: str) -> int:
    owner = organisation_named(slug)
    person = User.objects.filter(email__iexact=email).first() or _new_user(email, name, password)
    Membership.objects.update_or_create(user=person, organisation=owner, defaults={"role": role})
    click.echo(f"{person.email} is {role} of {owner.name}.")
    return 0


def _new_user(email: str, name: str, password: str) -> User:
    try:
        validate_password(password)
    except ValidationError as error:
        give_up(" ".join(error.messages))
    return User.objects.create_user(email, password, name=name)
