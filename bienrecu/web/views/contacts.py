"""Contacts: their list, and each of them with all that was sent to them."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bienrecu.domain.whole_number import whole_number
from bienrecu.store.models import Contact, ContactRole, Role, Unsubscription
from bienrecu.store.queries import contacts as queries
from bienrecu.store.queries.contacts import LIMIT, People, Place
from bienrecu.store.queries.filters import MAX_TEXT
from bienrecu.store.queries.history import acts
from bienrecu.submission.consent import Source, give_consent, withdraw
from bienrecu.submission.people import contacts
from bienrecu.submission.people.archive import archive as put_away
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import the_contact, the_session
from bienrecu.web.history_rows import present
from bienrecu.web.people_forms import ConsentForm, ContactForm, roles
from bienrecu.web.roles import may, needs
from bienrecu.wording import types

_LONGEST_PLACE = 600


@require_safe
@member
def index(request: MemberRequest) -> HttpResponse:
    asked = People(request.organisation, archived=request.GET.get("archived") == "1", **asked_for(request))
    return render(request, "web/contacts/index.html", listed(request, asked) | {"roles": roles()})


def asked_for(request: MemberRequest) -> dict[str, Any]:
    """The search and the role of the address; what cannot be read there is left out."""
    role = request.GET.get("role", "")
    return {
        "text": request.GET.get("q", "").replace("\0", "").strip()[:MAX_TEXT],
        "role": ContactRole(role) if role in ContactRole.values else None,
    }


def listed(request: MemberRequest, asked: People) -> dict[str, Any]:
    """What web/contacts/_list.html shows."""
    found = queries.page(asked, _read(request.GET.get("at", "")))
    kept = {"q": asked.text, "role": asked.role, "archived": "1" if asked.archived else ""}
    return {
        "asked": asked,
        "people": [(contact, types.contact_role(contact.role)) for contact in found.contacts],
        "count": found.count,
        "limit": LIMIT,
        "is_filtered": bool(asked.text or asked.role),
        "previous": _address(kept, found.before),
        "next": _address(kept, found.after),
        "may_write": may(request, Role.SENDER),
    }


def _address(kept: dict[str, Any], place: Place | None) -> str:
    if place is None:
        return ""
    packed = json.dumps([place.name, place.id, place.backward], ensure_ascii=False)
    at = urlsafe_b64encode(packed.encode()).decode().rstrip("=")
    return "?" + urlencode({name: value for name, value in kept.items() if value} | {"at": at})


def _read(at: str) -> Place | None:
    if not at or len(at) > _LONGEST_PLACE:
        return None
    try:
        name, id, backward = json.loads(urlsafe_b64decode(at + "=" * (-len(at) % 4)))
        str(name).encode()  # half a character is no text
        return Place(str(name).replace("\0", ""), min(int(id), 2**62), bool(backward))
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def new(request: MemberRequest, session_id: int | None = None) -> HttpResponse:
    """From a session, they take part in it at once."""
    session = None if session_id is None else the_session(request, session_id)
    form = ContactForm(request.POST or None, instance=Contact(organisation=request.organisation))
    if form.is_valid():
        contact: Contact = form.save(commit=False)
        contacts.create(contact, by=request.user, session=session)
        if session is None:
            messages.success(request, _("%s is in your contacts.") % contact)
            return redirect("contact", request.organisation.slug, contact.id)
        messages.success(request, _("%s takes part in the session.") % contact)
        return redirect("participants", request.organisation.slug, session.id)
    return _form_page(request, form, session=session)


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def edit(request: MemberRequest, id: int) -> HttpResponse:
    contact = the_contact(request, id)
    form = ContactForm(request.POST or None, instance=contact)
    if not form.is_valid():
        return _form_page(request, form, contact=the_contact(request, id))
    if form.changed_data:
        contacts.change(form.save(commit=False), form.changed_data, by=request.user)
    messages.success(request, _("The details of %s are saved.") % contact)
    return redirect("contact", request.organisation.slug, contact.id)


def _form_page(request: MemberRequest, form: ContactForm, **context: Any) -> HttpResponse:
    return render(request, "web/contacts/form.html", {"form": form} | context, status=422 if form.is_bound else 200)


@require_safe
@member
def contact(request: MemberRequest, id: int) -> HttpResponse:
    return _page(request, the_contact(request, id), ConsentForm(initial={"day": timezone.localdate()}))


def _page(request: MemberRequest, contact: Contact, form: ConsentForm) -> HttpResponse:
    before = whole_number(request.GET.get("before", ""))
    found, more = queries.emails(contact, before)
    rows, now = [row for row, _id, _title in found], timezone.localtime()
    acted = acts(rows)
    context = {
        "contact": contact,
        "contact_role": types.contact_role(contact.role),
        "sessions": contact.sessions.order_by("-starts_on", "-id")[:100],
        "emails": [
            (present(row, request.organisation, now, acted.get(row.id)), session_id, title)
            for row, session_id, title in found
        ],
        "older": rows[-1].id if more else None,
        "is_continued": bool(before),
        "consents": [
            (one, _source(one.source)) for one in contact.consents.select_related("by").order_by("-at", "-id")
        ],
        "wishes": _wishes(contact),
        "form": form,
        "may_write": may(request, Role.SENDER) and contact.erased_at is None,
        "today": timezone.localdate(),
    }
    return render(request, "web/contacts/contact.html", context, status=422 if form.errors else 200)


def _wishes(contact: Contact) -> list[tuple[Unsubscription, str]]:
    """What they asked not to receive, the latest first, and the name of its type."""
    rows = Unsubscription.objects.filter(organisation=contact.organisation_id, address=contact.email.lower())
    return [(one, types.email_type(one.type)) for one in rows.order_by("-at", "-id")[:50]]


def _source(code: str) -> str:
    said = {
        Source.PAGE: _("by themselves, on the page linked in an e-mail"),
        Source.USER: _("noted by a user"),
        Source.IMPORT: _("from an imported file"),
    }
    return said.get(code, code)  # type: ignore[call-overload,no-any-return]


@require_POST
@member
@needs(Role.SENDER)
def archive(request: MemberRequest, id: int) -> HttpResponse:
    contact, restored = the_contact(request, id), request.POST.get("restore") == "1"
    if contact.erased_at is None and put_away(contact, by=request.user, restored=restored):
        said = _("%s is back in your contacts.") if restored else _("%s is archived: nothing of theirs is lost.")
        messages.success(request, said % contact)
    return redirect("contact", request.organisation.slug, contact.id)


@require_POST
@member
@needs(Role.SENDER)
def note_consent(request: MemberRequest, id: int) -> HttpResponse:
    contact = the_contact(request, id)
    form = ConsentForm(request.POST)
    if contact.erased_at is not None or not form.is_valid():
        return _page(request, contact, form)
    answer = give_consent if form.cleaned_data["answer"] == "yes" else withdraw
    answer(contact, form.cleaned_data["day"], Source.USER, form.cleaned_data["text"], request.user)
    messages.success(request, _("The answer of %s is noted.") % contact)
    return redirect("contact", request.organisation.slug, contact.id)
