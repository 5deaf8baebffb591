"""*Diagnostic*: the check-up of an e-mail that failed."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bienrecu.domain.status import FAILURES
from bienrecu.store.queries import emails
from bienrecu.submission.check_up import Answer, check_up
from bienrecu.web.access import MemberRequest, member
from bienrecu.wording import check_up as words
from bienrecu.wording.advice import words as advice_words


@require_safe
@member
def index(request: MemberRequest, id: int) -> HttpResponse:
    recipient = emails.find(request.organisation, id)
    if recipient is None or recipient.status not in FAILURES:
        raise Http404
    answers, form = check_up(recipient, emails.exact_bytes(recipient))
    context = {
        "recipient": recipient,
        "session": recipient.session,
        "answers": [_shown(one) for one in answers],
        "form": [advice_words(one) for one in form],
    }
    return render(request, "web/email/check_up.html", context)


def _shown(one: Answer) -> dict[str, str]:
    return {
        "question": words.question(one.question),
        "code": one.question,
        "finding": words.finding(one.finding),
        "sort": one.finding,
        "answer": words.answer(one),
    }
