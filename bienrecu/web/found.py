"""What the address of a page names, in the organisation of the person who asks.

What was never there and what is others' is answered alike, by 404."""

from typing import TypeVar

from django.http import Http404

from bienrecu.store.models import Contact, Draft, Recipient, SendingDomain, TextModel, TrainingSession
from bienrecu.store.queries import contacts, emails, sessions
from bienrecu.web.access import MemberRequest

Found = TypeVar("Found")


def or_404(found: Found | None) -> Found:
    """What was looked for. Raises Http404."""
    if found is None:
        raise Http404
    return found


def the_session(request: MemberRequest, id: int) -> TrainingSession:
    return or_404(sessions.find(request.organisation, id))


def the_contact(request: MemberRequest, id: int) -> Contact:
    return or_404(contacts.find(request.organisation, id))


def the_recipient(request: MemberRequest, id: int) -> Recipient:
    return or_404(emails.find(request.organisation, id))


def the_text(request: MemberRequest, id: int) -> TextModel:
    return or_404(TextModel.objects.filter(organisation=request.organisation, id=id).first())


def the_draft(request: MemberRequest, id: int) -> Draft:
    rows = Draft.objects.select_related("session", "organisation")
    return or_404(rows.filter(organisation=request.organisation, id=id).first())


def the_domain(request: MemberRequest, id: int) -> SendingDomain:
    return or_404(request.organisation.sending_domains.select_related("organisation").filter(id=id).first())
