"""The training sessions of an organisation, and who takes part in them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bienrecu.domain.whole_number import whole_numbers
from bienrecu.store.models import Role, TrainingSession
from bienrecu.store.queries import sessions
from bienrecu.store.queries.contacts import People
from bienrecu.store.queries.sessions import Listed
from bienrecu.submission.people import contacts
from bienrecu.submission.people import sessions as posting
from bienrecu.submission.people.archive import archive as put_away
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.first_steps import first_steps
from bienrecu.web.found import the_contact, the_session
from bienrecu.web.history_filters import bar
from bienrecu.web.people_forms import SessionForm, roles
from bienrecu.web.roles import may, needs
from bienrecu.web.views.contacts import asked_for, listed
from bienrecu.wording import statuses


@require_safe
@member
def index(request: MemberRequest) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "coming": [_present(one) for one in sessions.coming(request.organisation, today)],
        "past": [_present(one) for one in sessions.past(request.organisation, today)],
        "has_archived": sessions.has_archived(request.organisation),
        "most": sessions.MOST,
        "may_write": may(request, Role.SENDER),
        "first_steps": first_steps(request),
    }
    return render(request, "web/sessions.html", context)


@require_safe
@member
def archived(request: MemberRequest) -> HttpResponse:
    found = [_present(one) for one in sessions.archived(request.organisation)]
    return render(request, "web/sessions/archived.html", {"list": found, "most": sessions.MOST})


def _present(one: Listed) -> dict[str, Any]:
    parts = [(status, statuses.label(status), one.counts[status]) for status in statuses.IN_ORDER if one.counts[status]]
    return {
        "session": one.session,
        "participants": one.participants,
        "total": sum(one.counts.values()),
        "bar": bar(one.counts),
        "parts": parts,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def new(request: MemberRequest) -> HttpResponse:
    session = TrainingSession(organisation=request.organisation)
    form = SessionForm(request.POST or None, instance=session, initial={"owner": request.user.pk})
    if not form.is_valid():
        return _form_page(request, form)
    posting.create(form.save(commit=False), by=request.user)
    messages.success(request, _("“%s” is created. Add the people who take part.") % session)
    return redirect("participants", request.organisation.slug, session.id)


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def edit(request: MemberRequest, session_id: int) -> HttpResponse:
    session = the_session(request, session_id)
    form = SessionForm(request.POST or None, instance=session)
    if not form.is_valid():
        return _form_page(request, form, session=the_session(request, session_id))
    if form.changed_data:
        posting.change(form.save(commit=False), form.changed_data, by=request.user)
    messages.success(request, _("The session is saved."))
    return redirect("participants", request.organisation.slug, session.id)


def _form_page(request: MemberRequest, form: SessionForm, **context: Any) -> HttpResponse:
    return render(request, "web/sessions/form.html", {"form": form} | context, status=422 if form.is_bound else 200)


@require_POST
@member
@needs(Role.SENDER)
def archive(request: MemberRequest, session_id: int) -> HttpResponse:
    session, restored = the_session(request, session_id), request.POST.get("restore") == "1"
    if put_away(session, by=request.user, restored=restored):
        said = _("“%s” is back in the list.") if restored else _("“%s” is archived: its e-mails stay followed.")
        messages.success(request, said % session)
    if restored:
        return redirect("participants", request.organisation.slug, session.id)
    return redirect("sessions", request.organisation.slug)


@require_safe
@member
def participants(request: MemberRequest, session_id: int) -> HttpResponse:
    session = the_session(request, session_id)
    asked = People(request.organisation, session=session, **asked_for(request))
    context = {"session": session, "roles": roles(), "tab": "participants", "total": session.participants.count()}
    return render(request, "web/sessions/participants.html", listed(request, asked) | context)


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def add(request: MemberRequest, session_id: int) -> HttpResponse:
    """Contacts who do not take part yet, to be chosen."""
    session = the_session(request, session_id)
    if request.method == "POST":
        chosen = whole_numbers(request.POST.getlist("contact"))
        added = contacts.enrol(session, chosen, by=request.user)
        if not chosen:
            messages.warning(request, _("Choose at least one person."))
            return redirect("participants_add", request.organisation.slug, session.id)
        said = ngettext("%d person takes part now.", "%d people take part now.", added)
        messages.success(request, said % added if added else _("They already took part."))
        return redirect("participants", request.organisation.slug, session.id)
    asked = People(request.organisation, but=session, **asked_for(request))
    context = {"session": session, "roles": roles()}
    return render(request, "web/sessions/add.html", listed(request, asked) | context)


@require_POST
@member
@needs(Role.SENDER)
def remove(request: MemberRequest, session_id: int, contact_id: int) -> HttpResponse:
    session, contact = the_session(request, session_id), the_contact(request, contact_id)
    if contacts.remove(session, contact, by=request.user):
        messages.success(request, _("%s no longer takes part. E-mails already sent stay in the history.") % contact)
    return redirect("participants", request.organisation.slug, session.id)
