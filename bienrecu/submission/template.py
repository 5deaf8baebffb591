"""Filling in a template for one recipient. Templates come from tenants: no file, no import, bounded work."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import minijinja
from django.utils import formats, translation
from django.utils.translation import gettext as _

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
    """Values are escaped. Raises TemplateProblem."""
    return _fill(_HTML, template, variables)


def fill_text(template: str, variables: Mapping[str, Any]) -> str:
    """Values stand as they are: for subjects and plain text. Raises TemplateProblem."""
    return _fill(_TEXT, template, variables)


def _fill(environment: minijinja.Environment, template: str, variables: Mapping[str, Any]) -> str:
    try:
        return environment.render_str(template, "message", **variables)
    except minijinja.TemplateError as error:
        found = _UNDEFINED.search(error.message or "")
        text = (error.message or error.kind).splitlines()[0]
        raise TemplateProblem(found[1] if found else "", text) from None


def variables_for(
    person: Person, session: TrainingSession | None, organisation: Organisation, language: str = ""
) -> dict[str, Any]:
    """What a template may name, dates in `language` (the organisation's unless given). An empty value is left out, so
    that it is found rather than printed as nothing."""
    given: dict[str, Any] = {
        "prenom": person.first_name,
        "nom": person.last_name,
        "nom_complet": person.name,
        "email": person.address,
        "entreprise": person.company,
    }
    given |= dict(person.variables) | shared_variables(session, organisation, language)
    return {name: value for name, value in given.items() if value != ""}


def shared_variables(session: TrainingSession | None, organisation: Organisation, language: str = "") -> dict[str, Any]:
    """Those that are the same for all recipients."""
    shared: dict[str, Any] = {"organisme": {"nom": organisation.name}}
    if session is not None:
        shared["session"] = _session(session, language or organisation.language)
    return shared


def _day(day: date | None) -> str:
    """ "12 janvier 2027", "1er janvier 2027", "Jan. 12, 2027"."""
    written = formats.date_format(day, "DATE_FORMAT") if day else ""
    return written.replace("1 ", "1er ", 1) if translation.get_language() == "fr" and day and day.day == 1 else written


def _days(first: date | None, last: date | None) -> str:
    """ "le 12 janvier 2027", "from Jan. 12, 2027 to Jan. 13, 2027"."""
    if first is None:
        return ""
    if last is None or last == first:
        return _("on %(day)s") % {"day": _day(first)}
    return _("from %(first)s to %(last)s") % {"first": _day(first), "last": _day(last)}


def _session(session: TrainingSession, language: str) -> dict[str, str]:
    with translation.override(language):
        values = {
            "titre": session.title,
            "lieu": session.place,
            "debut": _day(session.starts_on),
            "fin": _day(session.ends_on),
            "dates": _days(session.starts_on, session.ends_on),
        }
    return {name: value for name, value in values.items() if value}
