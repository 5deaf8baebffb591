"""Advice on an e-mail that is being written, about the copy of its first recipient."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils import translation

from bienrecu.advice import File, Letter, advise
from bienrecu.advice.subject import mended
from bienrecu.domain.address import AddressError
from bienrecu.domain.advice import Advice, Rule, Severity
from bienrecu.protocol.message import text_from_html
from bienrecu.store.models import Draft, DraftAttachment
from bienrecu.store.queries.failed_before import failed_before
from bienrecu.submission.request import Problem, Request
from bienrecu.submission.sender import author_of, reply_to
from bienrecu.submission.template import TemplateProblem, fill_html, fill_text, variables_for
from bienrecu.submission.writing import draft_files
from bienrecu.wording.advice import words

# What the pages of a draft say in words of their own, beside the field that it is about.
_SAID_ELSEWHERE = frozenset(
    (Rule.SUBJECT_MISSING, Rule.FROM_MAILBOX_PROVIDER, Rule.REPLIES_TO_MAILBOX_PROVIDER, Rule.RECIPIENT_MISTYPED)
)
_VARIABLE = re.compile(r"\{\{[^{}]*\}\}|\{\{|\}\}")


def advice_on(request: Request, files: Iterable[DraftAttachment], suppressed: Collection[str] = ()) -> list[Advice]:
    """What is worth a line, worst first; what blocks is refused elsewhere. Of the `suppressed`, the page tells."""
    addresses = [person.address for person in request.recipients]
    failed = failed_before(request.organisation, addresses) - set(suppressed)
    letter = replace(_letter(request), files=[File(file.name, file.size, file.content_type) for file in files])
    found = advise(letter, failed)
    worth = [one for one in found if one.severity != Severity.INFO and not _blocks(one)]
    return [one for one in worth if one.rule not in _SAID_ELSEWHERE]


def blocking_problems(request: Request) -> list[Problem]:
    """What nobody could want to send, and is not refused for another reason."""
    files = [File(one.filename, len(one.content), one.content_type, one.content) for one in request.attachments]
    found = advise(replace(_letter(request), files=files))
    blocking = [one for one in found if _blocks(one) and one.rule not in _SAID_ELSEWHERE]
    return [Problem(one.rule, f"{said.message} {said.remedy}") for one in blocking if (said := words(one))]


def _blocks(advice: Advice) -> bool:
    """What an e-mail may weigh is for the installation's settings to say."""
    return advice.severity == Severity.BLOCKING and advice.rule != Rule.ATTACHMENTS_HEAVY


def mend(draft: Draft, rule: str) -> None:
    """Does what the button beside a piece of advice promises."""
    if rule == Rule.ATTACHMENTS_HEAVY:
        draft_files.lighten(draft)
    if (better := mended(rule, draft.subject)) is not None:
        draft.subject = better
        draft.save(update_fields=["subject", "updated_at"])


def _letter(request: Request) -> Letter:
    """Its attachments are for those who have them."""
    variables = _variables(request)
    html = _filled(fill_html, request.html, variables)
    subject = _filled(fill_text, request.subject, variables)
    author, replies = _addresses(request)
    weight = len(html.encode())
    return Letter(subject.strip(), text_from_html(html), html, weight, author=author, reply_to=replies)


def _variables(request: Request) -> dict[str, Any]:
    if not request.recipients:
        return {}
    return variables_for(request.recipients[0], request.session, request.organisation, request.written_in)


def _filled(fill: Any, template: str, variables: dict[str, Any]) -> str:
    """What is missing is told for each person elsewhere: here, any word stands for it."""
    try:
        filled: str = fill(template, variables)
    except TemplateProblem:
        return _VARIABLE.sub("xxx", template)
    return filled


def _addresses(request: Request) -> tuple[tuple[str, str], str]:
    """Who writes, and where replies go; nothing where that is told elsewhere."""
    try:
        with translation.override(request.written_in):
            author = author_of(request.organisation, request.about)
            replies = reply_to(request.organisation, request.reply_address, request.about)
    except AddressError:
        return ("", ""), ""
    return (author.name, str(author.address)), str(replies.address) if replies else ""


def mends(rule: str, draft: Draft) -> bool:
    """Whether there is such a button: where not only the writer can tell what is better."""
    return rule == Rule.ATTACHMENTS_HEAVY or mended(rule, draft.subject) is not None


def files_of(draft: Draft) -> Sequence[DraftAttachment]:
    """Those that are in the e-mail: what is sent as a link, filters do not see."""
    return draft.attachments.filter(linked=False).defer("content").order_by("id")
