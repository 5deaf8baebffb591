"""E-mails › À traiter: what did not arrive, and what somebody does about it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bienrecu.domain.status import Status
from bienrecu.domain.whole_number import whole_numbers
from bienrecu.store.models import Recipient, Role
from bienrecu.store.queries import follow_up
from bienrecu.submission import follow_up as acts
from bienrecu.submission import resend as resending
from bienrecu.submission import suppressions
from bienrecu.submission.request import Refused
from bienrecu.web import remedies, to_handle
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.follow_up_forms import HandedOverForm
from bienrecu.web.found import the_recipient, the_session
from bienrecu.web.remedies import back
from bienrecu.web.roles import needs
from bienrecu.wording import statuses, types


@require_safe
@member
def index(request: MemberRequest) -> HttpResponse:
    return render(request, "web/follow_up/to_handle.html", to_handle.context(request))


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def resend(request: MemberRequest, id: int) -> HttpResponse:
    """Asks where to, and warns; sends from there, or at once from a page that has asked already."""
    recipient = the_recipient(request, id)
    if request.method != "POST":
        return _ask(request, recipient)
    confirmed = "confirmed" in request.POST
    try:
        resending.resend([recipient], by=request.user, key=_key_in(request), confirmed=confirmed)
    except Refused as why:
        return _ask(request, recipient, problem=why.problems[0].sentence)
    messages.success(request, _("The e-mail is on its way again, to {name}.").format(name=_name(recipient)))
    return redirect(back(request, _page(request, recipient)))


@require_POST
@member
@needs(Role.SENDER)
def correct(request: MemberRequest, id: int) -> HttpResponse:
    recipient, address = the_recipient(request, id), request.POST.get("address", "").strip()[:320]
    try:
        again = resending.correct_and_resend(
            recipient,
            address,
            by=request.user,
            key=_key_in(request),
            reactivate="reactivate" in request.POST,
        )
    except Refused as why:
        problem = why.problems[0]
        held_back = problem.code == resending.Cause.SUPPRESSED
        return _ask(request, recipient, address=address, address_problem=problem.sentence, held_back=held_back)
    text = _("The address is corrected, and the e-mail is on its way to {address}.")
    messages.success(request, text.format(address=again.address))
    return redirect(back(request, _page(request, recipient)))


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def handed_over(request: MemberRequest, id: int) -> HttpResponse:
    recipient = the_recipient(request, id)
    form = HandedOverForm(request.POST if request.method == "POST" else None, who=str(request.user))
    if form.is_valid():
        acts.hand_over(recipient, by=request.user, at=form.at(), words=form.words(str(request.user)))
        messages.success(request, _("It is noted that {name} got it another way.").format(name=_name(recipient)))
        return redirect(back(request, _page(request, recipient)))
    context = {"recipient": recipient, "form": form, "back": back(request, _page(request, recipient))}
    return render(request, "web/follow_up/handed_over.html", context, status=422 if form.is_bound else 200)


@require_POST
@member
@needs(Role.SENDER)
def reactivate(request: MemberRequest, id: int) -> HttpResponse:
    recipient = the_recipient(request, id)
    address = resending.address_now(recipient)
    if suppressions.reactivate(request.organisation, address, request.user):
        messages.success(request, _("{address} is written to again from now on.").format(address=address))
    return redirect(back(request, _page(request, recipient)))


@require_POST
@member
@needs(Role.SENDER)
def resend_many(request: MemberRequest) -> HttpResponse:
    """All that failed for one cause, from the page that lists them."""
    ids = whole_numbers(request.POST.getlist("id"))
    rows = follow_up.some(request.organisation, ids)
    return _resend_failures(request, rows, reverse("to_handle", args=[request.organisation.slug]))


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def resend_failed(request: MemberRequest, session_id: int) -> HttpResponse:
    """All that failed of a session: says how many first."""
    session = the_session(request, session_id)
    rows = follow_up.unsettled_of(session)
    if request.method == "POST":
        return _resend_failures(request, rows, reverse("history", args=[request.organisation.slug, session.id]))
    found = acts.failures(rows)
    context = {"session": session, "allowed": found.allowed, "others": found.others, "key": _key_of(found.allowed)}
    return render(request, "web/follow_up/resend_failed.html", context)


def _resend_failures(request: MemberRequest, rows: Sequence[Recipient], then: str) -> HttpResponse:
    try:
        sent = acts.resend_failures(request.organisation, rows, by=request.user, key=_key_in(request))
    except Refused as why:
        messages.error(request, why.problems[0].sentence)
        return redirect(then)
    _say(request, len(sent), _("Nothing was sent: somebody has dealt with these e-mails already."))
    return redirect(then)


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def remind(request: MemberRequest, message_id: int) -> HttpResponse:
    """Reminds those who have not confirmed: says how many first."""
    message = follow_up.message(request.organisation, message_id)
    if message is None or message.session is None:
        raise Http404
    people = acts.to_remind(message)
    context = {"message": message, "session": message.session, "people": people, "key": _key_of(people)}
    if request.method != "POST":
        return render(request, "web/follow_up/remind.html", context)
    try:
        sent = acts.remind(message, by=request.user, key=_key_in(request))
    except Refused as why:
        return render(request, "web/follow_up/remind.html", context | {"problem": why.problems[0].sentence}, status=422)
    _say(request, len(sent), _("Nothing was sent: everybody has confirmed, or was reminded already."))
    return redirect("grid", request.organisation.slug, message.session.id)


def _say(request: MemberRequest, sent: int, nothing: str) -> None:
    text = ngettext("{n} e-mail is on its way.", "{n} e-mails are on their way.", sent)
    messages.success(request, text.format(n=sent) if sent else nothing)


def _ask(request: MemberRequest, recipient: Recipient, **problems: Any) -> HttpResponse:
    """The page that asks how to resend; with what was wrong with an answer."""
    found = remedies.remedies(request, recipient)
    context = {
        "recipient": recipient,
        "session": recipient.session,
        "remedy": found.remedy,
        "type": types.email_type(recipient.type),
        "label": statuses.label(Status(recipient.status)),
        "attachments": recipient.message.attachments.order_by("id"),
        "back": back(request, _page(request, recipient)),
        "address": found.remedy.meant or found.remedy.address,
    }
    return render(request, "web/follow_up/resend.html", context | problems, status=422 if problems else 200)


def _page(request: MemberRequest, recipient: Recipient) -> str:
    return reverse("email", args=[request.organisation.slug, recipient.id])


def _name(recipient: Recipient) -> str:
    return recipient.name or recipient.address


def _key_in(request: MemberRequest) -> str:
    return request.POST.get("key", "")[:100]


def _key_of(rows: Sequence[Recipient]) -> str:
    """Those were not sent again yet, or are what they were sent again as."""
    return resending.key_of(dict.fromkeys((row.id for row in rows), 0))
