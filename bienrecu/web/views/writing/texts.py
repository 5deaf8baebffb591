"""Modèles d'e-mails: the texts that an organisation begins its e-mails with."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bienrecu.domain.audit import Action
from bienrecu.store.audit import note
from bienrecu.store.models import EmailType, Role, TextModel
from bienrecu.submission.texts import LANGUAGES, product_text
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import the_draft, the_text
from bienrecu.web.roles import needs
from bienrecu.web.writing.forms import TextForm
from bienrecu.web.writing.page import VARIABLES, texts_by_type
from bienrecu.wording import types


@require_safe
@member
@needs(Role.SENDER)
def texts(request: MemberRequest) -> HttpResponse:
    return render(request, "web/writing/texts.html", {"types": list(texts_by_type(request.organisation))})


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def new(request: MemberRequest) -> HttpResponse:
    """Begins with the product's own text of that type and language."""
    language = request.GET.get("language", request.organisation.language)
    try:
        begin = product_text(request.GET.get("type", EmailType.FREE_MESSAGE), language)
    except KeyError:
        raise Http404 from None
    text = TextModel(type=begin.type, language=begin.language, subject=begin.subject, html=begin.html)
    return _edit(request, text)


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def of_draft(request: MemberRequest, id: int) -> HttpResponse:
    """Keeps what somebody has just written well."""
    draft = the_draft(request, id)
    language = draft.language or request.organisation.language
    return _edit(request, TextModel(type=draft.type, language=language, subject=draft.subject, html=draft.html))


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def edit(request: MemberRequest, id: int) -> HttpResponse:
    return _edit(request, the_text(request, id))


def _edit(request: MemberRequest, text: TextModel) -> HttpResponse:
    text.organisation = request.organisation
    form = TextForm(request.POST if request.method == "POST" else None, organisation=request.organisation, text=text)
    if form.is_bound and form.is_valid():
        form.save()
        note(request.organisation, request.user, Action.TEXT_CHANGED, text.name)
        messages.success(request, _("The text “%s” is kept.") % text.name)
        return redirect("texts", slug=request.organisation.slug)
    context: dict[str, Any] = {
        "form": form,
        "text": text,
        "variables": VARIABLES,
        "types": [(code, types.email_type(code)) for code in EmailType.values],
        "text_languages": LANGUAGES,
        "wrong": {name: " ".join(errors) for name, errors in form.errors.items()} if form.is_bound else {},
    }
    return render(request, "web/writing/text.html", context, status=422 if form.errors else 200)


@require_POST
@member
@needs(Role.SENDER)
def delete(request: MemberRequest, id: int) -> HttpResponse:
    text = the_text(request, id)
    text.delete()
    note(request.organisation, request.user, Action.TEXT_CHANGED, text.name, deleted=True)
    messages.success(request, _("The text “%s” is deleted.") % text.name)
    return redirect("texts", slug=request.organisation.slug)
