"""What administrators set for their organisation, and the log of who did what."""

from typing import Any

from django.contrib import messages
from django.forms import ModelForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bienrecu.domain.audit import Action
from bienrecu.store import help_answers as answers
from bienrecu.store.audit import note
from bienrecu.store.models import Organisation, Role
from bienrecu.store.queries import audit
from bienrecu.submission.sender import author_of, sender_problems
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.roles import needs
from bienrecu.web.settings_forms import OrganisationForm
from bienrecu.wording import audit as words
from bienrecu.wording import help


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.ADMINISTRATOR)
def organisation(request: MemberRequest) -> HttpResponse:
    kept = Organisation.objects.get(pk=request.organisation.pk)  # what is refused must not show in the page's head
    form = OrganisationForm(request.POST or None, instance=kept)
    if request.method == "POST" and form.is_valid():
        save(request, form)
        return redirect("settings", slug=request.organisation.slug)
    problems = [] if form.is_bound else sender_problems(request.organisation)
    context = {"form": form, "problems": problems, "author": None if problems else author_of(request.organisation)}
    return render(request, "web/settings/organisation.html", context, status=422 if form.errors else 200)


def save(request: MemberRequest, form: ModelForm) -> None:
    form.save()
    if form.changed_data:
        note(request.organisation, request.user, Action.SETTINGS_CHANGED, fields=form.changed_data)
    messages.success(request, _("Saved."))


@require_safe
@member
@needs(Role.ADMINISTRATOR)
def audit_log(request: MemberRequest) -> HttpResponse:
    asked = audit.Asked.read(request.GET)
    page = audit.page(request.organisation, asked)
    context: dict[str, Any] = {
        "asked": asked,
        "page": page,
        "rows": [(entry, words.action(entry.action), words.detail(entry.action, entry.detail)) for entry in page.rows],
        "people": audit.people(request.organisation),
        "actions": sorted(((code, words.action(code)) for code in Action), key=lambda one: one[1]),
        "older": asked.older(page.older) if page.older else "",
    }
    return render(request, "web/settings/audit.html", context)


@require_safe
@member
@needs(Role.ADMINISTRATOR)
def help_answers(request: MemberRequest) -> HttpResponse:
    """What users say of the help texts: which help, which do not, and why."""
    context = {
        "tallies": [(help.title(one.topic), one) for one in answers.counts(request.organisation)],
        "said": [(help.title(one.topic), one) for one in answers.with_words(request.organisation)],
        "most": answers.MOST,
    }
    return render(request, "web/settings/help.html", context)
