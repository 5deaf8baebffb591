"""What an administrator does when a person asks for their data, or asks to be forgotten."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bienrecu.store.erasure import StillToLeave, emails_of, erase
from bienrecu.store.models import Contact, Role
from bienrecu.submission.person_data import export
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import the_contact
from bienrecu.web.roles import needs


@require_safe
@member
@needs(Role.ADMINISTRATOR)
def index(request: MemberRequest, id: int) -> HttpResponse:
    return _page(request, the_contact(request, id))


def _page(request: MemberRequest, contact: Contact, problem: str = "") -> HttpResponse:
    context = {"contact": contact, "emails": emails_of(contact).count(), "problem": problem}
    return render(request, "web/settings/contact_data.html", context, status=422 if problem else 200)


@require_POST
@member
@needs(Role.ADMINISTRATOR)
def download(request: MemberRequest, id: int) -> HttpResponse:
    contact = the_contact(request, id)
    return FileResponse(export(contact, by=request.user), as_attachment=True, filename=f"contact-{contact.pk}.zip")


@require_POST
@member
@needs(Role.ADMINISTRATOR)
def forget(request: MemberRequest, id: int) -> HttpResponse:
    contact = the_contact(request, id)
    if request.POST.get("name", "").strip().casefold() != str(contact).casefold():
        return _page(request, contact, _("Type the name exactly as it stands above: %s") % contact)
    try:
        erase(contact, by=request.user, now=timezone.now())
    except StillToLeave:
        problem = _(
            "An e-mail to this person, or to others together with them, is still leaving. Cancel it, or try again once "
            "it has left."
        )
        return _page(request, contact, problem)
    messages.success(request, _("The person is erased. What was sent to them stays under a pseudonym."))
    return redirect("contact_data", slug=request.organisation.slug, id=contact.pk)
