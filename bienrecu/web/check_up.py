"""The check-up of an e-mail that failed, as people read it: each question, its answer, and what they can press."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bienrecu.domain.check_up import NAMED, Answer, Finding, Question
from bienrecu.store.models import Recipient, Role
from bienrecu.store.queries import emails
from bienrecu.store.queries.emails import Case
from bienrecu.submission.check_up import check_up
from bienrecu.submission.session_check_up import Group
from bienrecu.web import case as cases
from bienrecu.web.access import MemberRequest
from bienrecu.web.roles import may
from bienrecu.wording import check_up as words
from bienrecu.wording import reasons
from bienrecu.wording.advice import AdviceWords
from bienrecu.wording.advice import words as advice_words
from bienrecu.wording.card import Card
from bienrecu.wording.mark import N_


@dataclass(frozen=True, slots=True)
class Button:
    href: str
    label: str


@dataclass(frozen=True, slots=True)
class Shown:
    """`card` stands with the likely cause that the refusal itself names; `points` are under an answer."""

    question: str
    finding: str
    sort: Finding
    answer: str
    card: Card | None
    points: list[AdviceWords]
    button: Button | None


def shown(case: Case, request: MemberRequest) -> list[Shown]:
    """The likeliest cause on top."""
    answers, form = check_up(case, emails.exact_bytes(case.recipient))
    card = cases.card_of(case, request.organisation, timezone.localtime())
    points = [advice_words(one) for one in form]
    return [
        Shown(
            words.question(one.question),
            words.finding(one.finding),
            one.finding,
            words.answer(one),
            card if one.case.startswith(NAMED) else None,
            points if one.question == Question.FORM else [],
            _button(one, case.recipient, request),
        )
        for one in answers
    ]


def nothing_explains(found: list[Shown]) -> bool:
    return all(one.sort != Finding.LIKELY for one in found)


# Of what is not likely, this can be mended all the same.
_MENDABLE = frozenset({"shared", "not_verified", "heavy", "many", "words_only"})
# Who may press it, what it says, the page that it leads to, and the part of that page.
_BUTTONS = {
    Question.ADDRESS: (Role.SENDER, N_("Correct the address"), "resend", ""),
    Question.SENDER: (Role.ADMINISTRATOR, N_("Sender and domain"), "sender", ""),
    Question.FILTER: (Role.READER, N_("The note for their IT department"), "email", "#text-theirs-{id}"),
    Question.FORM: (Role.SENDER, N_("Write it anew"), "new_email", ""),
    Question.REPUTATION: (Role.SENDER, N_("Reputation"), "reputation", ""),
    Question.SERVER: (Role.READER, N_("The note for your own IT department"), "email", "#text-ours-{id}"),
}


def _button(answer: Answer, recipient: Recipient, request: MemberRequest) -> Button | None:
    """What mends what was found; nothing where there is nothing to mend, or for somebody who may not."""
    role, label, page, part = _BUTTONS[answer.question]
    of_page = {"resend": recipient.id, "email": recipient.id, "new_email": recipient.session_id}
    is_called_for = answer.finding == Finding.LIKELY or answer.case in _MENDABLE
    if not is_called_for or not may(request, role) or of_page.get(page, 0) is None:
        return None
    numbers = [of_page[page]] if page in of_page else []
    address = reverse(page, args=[request.organisation.slug, *numbers])
    return Button(address + part.format(id=recipient.id), _(label))


def as_text(case: Case, request: MemberRequest) -> Iterator[str]:
    """For somebody who is asked for help: a line each."""
    yield _("Check-up")
    for one in shown(case, request):
        said = " ".join(filter(None, [one.card.title if one.card else "", one.answer]))
        yield f"- {one.question} {one.finding}. {said}".rstrip()
        yield from (f"  - {point.message}" for point in one.points)


@dataclass(frozen=True, slots=True)
class GroupShown:
    """What some failures of a session have in common; `more` are those that are not named."""

    title: str
    said: str
    who: str
    count: int
    some: Sequence[Recipient]
    more: int


def grouped(groups: Sequence[Group]) -> list[GroupShown]:
    return [_of_group(group) for group in groups]


def _of_group(group: Group) -> GroupShown:
    named = reasons.words(group.reason) if group.reason else None
    blamed = words.answer(group.sender) if group.sender else ""
    title = named.title if named else words.question(Question.SENDER)
    said = " ".join([named.cause, named.advice]) if named else blamed
    who = reasons.who(group.reason) if group.reason else ""
    return GroupShown(title, said, who, group.count, group.some, group.count - len(group.some))
