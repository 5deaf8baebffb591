"""What can be wrong with an e-mail written in the pages, beyond what is refused to everybody."""

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape

from django.utils.translation import gettext as _

from bienrecu.domain.advice import Rule
from bienrecu.protocol.message import text_from_html
from bienrecu.submission import check
from bienrecu.submission.post import check as check_all
from bienrecu.submission.request import Problem, Request
from bienrecu.submission.template import TemplateProblem, fill_text, shared_variables
from bienrecu.submission.writing.draft_advice import blocking_problems

PERSONAL = ("prenom", "nom", "nom_complet", "email", "entreprise")
SHARED = ("session.titre", "session.dates", "session.debut", "session.fin", "session.lieu", "organisme.nom")
VARIABLES = PERSONAL + SHARED
"""What a text written in the pages may name. Nothing else of the template language: what somebody types is text."""

_VARIABLE = re.compile(r"\{\{\s*([a-z_]+(?:\.[a-z_]+)?)\s*\}\}")
# What is left of variables that were mistyped, or of other programs' ways to write them.
_LEFT_OVER = re.compile(r"\{\{[^{}]{0,60}\}{0,2}|\}\}|\{%[^%]{0,60}(?:%\})?|\{#|\[\[[^\]]{0,60}(?:\]\])?")
_NAMES_A_FILE = re.compile(
    r"pi[èe]ces?[ -]jointes?|ci-joint|\bjointe?s? (?:à|a) (?:cet|ce|mon) (?:e-?mail|courriel|message|envoi)"
    r"|\battach(?:ed|ment)\b|\benclosed\b",
    re.IGNORECASE,
)


def problems_of(request: Request, now: datetime, *, without_files: bool = False) -> list[Problem]:
    """Every problem; those of the text first, as what they spoil needs not be told for each recipient."""
    own = text_problems(request, now)
    if not without_files:
        own += _file_problems(request)
    spoilt = any(problem.code in ("variable_unknown", "variable_empty") for problem in own)
    refused = [*own, *(check.problems_of(request) if spoilt else check_all(request))]
    return _with_what_is_left(request, refused)


def _with_what_is_left(request: Request, refused: list[Problem]) -> list[Problem]:
    """And what advice holds to be unfit for sending, said once."""
    codes = {problem.code for problem in refused}
    if "variable_unknown" in codes:
        codes.add(Rule.VARIABLE_UNRESOLVED)
    return [*(problem for problem in blocking_problems(request) if problem.code not in codes), *refused]


def text_problems(request: Request, now: datetime) -> list[Problem]:
    """Those that need no look at the recipients."""
    return [*_variable_problems(request), *_time_problems(request, now)]


def names_a_file(request: Request) -> bool:
    """Whether the text speaks of an attachment and there is none."""
    return not (request.attachments or request.links) and _NAMES_A_FILE.search(text_from_html(request.html)) is not None


def _file_problems(request: Request) -> Iterator[Problem]:
    if names_a_file(request):
        yield Problem("attachment_forgotten", _("The text speaks of an attachment, and there is none."))


def _time_problems(request: Request, now: datetime) -> Iterator[Problem]:
    if request.scheduled_at and request.scheduled_at <= now:
        yield Problem("time_past", _("The time chosen for sending is past: choose another one, or send now."))


def _variable_problems(request: Request) -> Iterator[Problem]:
    written = f"{request.subject}\n{request.html}"
    for name in dict.fromkeys(_unknown(written)):
        shown = unescape(re.sub(r"<[^>]*>", "", name))
        text = _("“%s” means nothing to us: use the buttons above the text to insert a variable.") % shown
        yield Problem("variable_unknown", text)
    for name in dict.fromkeys(_VARIABLE.findall(written)):
        if name in SHARED and not _is_known(request, name):
            text = _("The session has nothing for “%s”: complete the session, or take it out of the text.") % name
            yield Problem("variable_empty", text)


def _unknown(written: str) -> Iterator[str]:
    yield from ("{{ " + name + " }}" for name in _VARIABLE.findall(written) if name not in VARIABLES)
    yield from (found[0].strip() for found in _LEFT_OVER.finditer(_VARIABLE.sub("", written)))


def _is_known(request: Request, name: str) -> bool:
    shared = shared_variables(request.session, request.organisation, request.written_in)
    try:
        fill_text("{{ " + name + " }}", shared)
    except TemplateProblem:
        return False
    return True


def subject_for_all(request: Request) -> str:
    """The subject, filled in where it is the same for everybody; else as it was written."""
    try:
        shared = shared_variables(request.session, request.organisation, request.written_in)
        return fill_text(request.subject, shared).strip()
    except TemplateProblem:
        return request.subject
