"""Comprendre les statuts; whether a help text helped; asking somebody for help."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bienrecu.domain.reason import Failure, Reason, facts
from bienrecu.domain.status import Status
from bienrecu.store import help_answers
from bienrecu.submission import help_request
from bienrecu.submission.request import Refused
from bienrecu.web.access import MemberRequest, as_member, member
from bienrecu.web.diagnosis import diagnosis
from bienrecu.web.found import or_404, the_recipient
from bienrecu.web.help_contact import address_of, link_of
from bienrecu.web.remedies import back
from bienrecu.wording import help, reasons, statuses
from bienrecu.wording.reasons import ReasonWords

_FAILURES = {Status.RECEPTION_IMPOSSIBLE: Failure.RECEPTION_IMPOSSIBLE, Status.SEND_ERROR: Failure.SEND_ERROR}
_LONGEST_QUESTION = 4000


@require_safe
@as_member
def understand_statuses(request: HttpRequest) -> HttpResponse:
    context = {
        "statuses": [(status, statuses.words(status)) for status in statuses.IN_ORDER],
        "failures": [(statuses.label(status), list(_reasons(failure))) for status, failure in _FAILURES.items()],
    }
    return render(request, "web/statuses.html", context)


def _reasons(failure: Failure) -> Iterator[tuple[Reason, ReasonWords, str]]:
    for reason in Reason:
        if facts(reason).failure is failure:
            yield reason, reasons.words(reason), reasons.who(reason)


@require_POST
@member
def answer(request: MemberRequest, topic: str) -> HttpResponse:
    """Yes or no. A page then asks for a word more, which nobody has to give."""
    helped = request.POST.get("helped")
    if helped not in ("yes", "no") or not _is_topic(topic):
        raise Http404
    kept = help_answers.answer(request.organisation, request.user, topic, helped=helped == "yes")
    query = {"next": back(request, reverse("sessions", args=[request.organisation.slug]))}
    return redirect(reverse("help_answered", args=[request.organisation.slug, kept.id], query=query))


@require_http_methods(["GET", "HEAD", "POST"])
@member
def answered(request: MemberRequest, id: int) -> HttpResponse:
    kept = or_404(help_answers.find(request.organisation, request.user, id))
    then = back(request, reverse("sessions", args=[request.organisation.slug]))
    if request.method == "POST":
        help_answers.add_words(kept, request.POST.get("words", ""))
        messages.success(request, _("Thank you: your administrator will read it."))
        return redirect(then)
    context = {"kept": kept, "about": help.title(kept.topic), "back": then, "longest": help_answers.LONGEST}
    return render(request, "web/help/answered.html", context)


def _is_topic(topic: str) -> bool:
    try:
        return bool(help.title(topic))
    except KeyError:
        return False


@require_http_methods(["GET", "HEAD", "POST"])
@member
def ask(request: MemberRequest, id: int | None = None) -> HttpResponse:
    """Whom to ask, with the diagnosis of one e-mail, which goes along only if the person agrees."""
    recipient = the_recipient(request, id) if id is not None else None
    found = diagnosis(recipient, request) if recipient else ""
    address = address_of(request.organisation)
    context: dict[str, Any] = {
        "recipient": recipient,
        "diagnosis": found,
        "address": address,
        "link": link_of(request.organisation),
        "longest": _LONGEST_QUESTION,
        "key": uuid.uuid4().hex,
        "back": back(request, reverse("sessions", args=[request.organisation.slug])),
    }
    if request.method != "POST":
        return render(request, "web/help/ask.html", context)
    return _send(request, context, address, found if "attach" in request.POST else "")


def _send(request: MemberRequest, context: dict[str, Any], address: str, attached: str) -> HttpResponse:
    """To `address`; without one the page leads elsewhere, and nothing is to be sent."""
    words = request.POST.get("words", "").strip()[:_LONGEST_QUESTION]
    if not address:
        raise Http404
    problem = "" if words else _("Say in a few words what you need.")
    try:
        if words:
            key = request.POST.get("key", "")[:40] or context["key"]
            help_request.ask(request.organisation, address, words, by=request.user, key=key, attached=attached)
    except Refused as refused:
        problem = " ".join(one.sentence for one in refused.problems)
    if problem:
        return render(request, "web/help/ask.html", context | {"words": words, "problem": problem}, status=422)
    messages.success(request, _("Your question is on its way to %s. The answer comes to your own address.") % address)
    return redirect(context["back"])
