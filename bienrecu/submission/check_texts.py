"""Texts that no database or e-mail can hold: programs send them, at times to see what happens."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from bienrecu.submission.request import Person, Problem, Request

# NUL, and halves of characters.
_UNFIT = re.compile("[\\0\ud800-\udfff]")
_LONGEST = {"type": 20, "key": 200, "subject": 998, "html": 5_000_000, "reply_address": 320, "language": 5}
_LONGEST_OF_FILE = {"name": 255, "content_type": 100}
_LONGEST_OF_PERSON = {"address": 320, "first_name": 100, "last_name": 100, "name": 200, "company": 200, "role": 20}


def text_problems(request: Request) -> list[Problem]:
    """To be asked first: what comes after takes texts for texts."""
    return [*_of_message(request), *(found for person in request.recipients for found in _of_person(person))]


def _of_message(request: Request) -> Iterator[Problem]:
    yield from _found({name: getattr(request, name) for name in _LONGEST}, _LONGEST, [])
    for file in request.attachments:
        yield from _found({"name": file.filename, "content_type": file.content_type}, _LONGEST_OF_FILE, [])
    for link in request.links:
        yield from _found({"name": link.name, "content_type": link.content_type}, _LONGEST_OF_FILE, [])


def _of_person(person: Person) -> Iterator[Problem]:
    texts = {name: getattr(person, name) for name in _LONGEST_OF_PERSON}
    values = [value for value in person.variables.values() if isinstance(value, str)]
    yield from _found(texts, _LONGEST_OF_PERSON, values, _shown(person.address))


def _found(texts: dict[str, str], longest: dict[str, int], others: list[str], about: str = "") -> Iterator[Problem]:
    if any(_UNFIT.search(text) for text in (*texts.values(), *others)):
        text = _("A text holds characters that cannot be sent: type it again rather than paste it.")
        yield Problem("text_unfit", text, about)
    for name, text in texts.items():
        if len(text) > longest[name]:
            shown = {"begin": _shown(text[:40]), "most": longest[name]}
            yield Problem("text_too_long", _("“%(begin)s…” is too long: %(most)d characters at most.") % shown, about)


def _shown(text: str) -> str:
    return _UNFIT.sub("\ufffd", text[:320])
