"""Filling in a template for one recipient. Templates come from tenants: no file, no import, bounded work."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import minijinja
from django.utils import formats, translation

from bienrecu.store.models import Organisation, TrainingSession
from bienrecu.submission.request import Person

_WORK = 200_000  # instructions of one template, at most
_UNDEFINED = re.compile(r"`([^`]+)` is undefined")


class TemplateProblem(ValueError):
    """`variable` is empty for this recipient, or, when it is "", the template itself is wrong (`text` says where)."""

    def __init__(self, variable: str, text: str) -> None:
        super().__init__(text)
        self.variable, self.text = variable, text


def _environment(autoescape: bool) -> minijinja.Environment:
    # Semi-strict: a variable that has no value may be asked for in a condition, never printed. Only in debug mode
    # does an error name the variable.
    return minijinja.Environment(
        undefined_behavior="semi_strict", auto_escape_callback=lambda _: autoescape, fuel=_WORK, debug=True
    )


_HTML, _TEXT = _environment(True), _environment(False)


def fill_html(template: str, variables: Mapping[str, Any]) -> str:
    return _fill(_HTML, template, variables)


def fill_text(template: str, variables: Mapping[str, Any]) -> str:
    return _fill(_TEXT, template, variables)


def _fill(environment: minijinja.Environment, template: str, variables: Mapping[str, Any]) -> str:
    try:
        return environment.render_str(template, "message", **variables)
    except minijinja.TemplateError as error:
        found = _UNDEFINED.search(error.message or "")
        text = (error.message or error.kind).splitlines()[0]
        raise TemplateProblem(found[1] if found else "", text) from None


def variables_for(person: Person, session: TrainingSession | None, organisation: Organisation) -> dict[str, Any]:
    """What a template may name. An empty value is left out, so that it is found rather than printed as nothing."""
    given: dict[str, Any] = {
        "prenom": person.first_name,
        "nom": person.last_name,
        "nom_complet": person.name,
        "email": person.address,
        "entreprise": person.company,
        "organisme": {"nom": organisation.name},
    } | dict(person.variables)
    if session is not None:
        given["session"] = _session(session, organisation.language)
    return {name: value for name, value in given.items() if value != ""}


def _day(day: date | None) -> str:
    """ "12 janvier 2027", "1er janvier 2027", "Jan. 12, 2027"."""
    written = formats.date_format(day, "DATE_FORMAT") if day else ""
    return written.replace("1 ", "1er ", 1) if translation.get_language() == "fr" and day and day.day == 1 else written


def _session(session: TrainingSession, language: str) -> dict[str, str]:
    with translation.override(language):
        values = {
            "titre": session.title,
            "lieu": session.place,
            "debut": _day(session.starts_on),
            "fin": _day(session.ends_on),
        }
    return {name: value for name, value in values.items() if value}
