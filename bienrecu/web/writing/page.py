"""What the page of a draft shows."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bienrecu.domain.address import Address, AddressError
from bienrecu.domain.mailbox_provider import is_mailbox_provider
from bienrecu.domain.whole_number import whole_numbers
from bienrecu.store.models import Contact, ContactRole, Draft, EmailType, Organisation, TextModel
from bienrecu.submission.check import MOST_ATTACHMENTS
from bienrecu.submission.request import About
from bienrecu.submission.sender import author_of, reply_to, sender_problems
from bienrecu.submission.writing.audience import EVERYBODY, Audience, audience_of, members
from bienrecu.submission.writing.draft_files import most_octets, weight
from bienrecu.submission.writing.drafts import version
from bienrecu.web.writing import advice
from bienrecu.web.writing.forms import MOST_PICKED, DraftForm
from bienrecu.web.writing.kept import passport
from bienrecu.wording import types
from bienrecu.wording.mark import N_
from bienrecu.wording.reasons import words
from bienrecu.wording.size import MEGABYTE, size

VARIABLES = [
    ("prenom", gettext_lazy("First name")),
    ("nom", gettext_lazy("Last name")),
    ("entreprise", gettext_lazy("Company")),
    ("session.titre", gettext_lazy("Session title")),
    ("session.dates", gettext_lazy("Dates")),
    ("session.debut", gettext_lazy("First day")),
    ("session.fin", gettext_lazy("Last day")),
    ("session.lieu", gettext_lazy("Place")),
    ("organisme.nom", gettext_lazy("Our name")),
]
_GROUPS = {"participant": N_("The participants"), "trainer": N_("The trainers"), "company": N_("The companies")}


def draft_page(request: HttpRequest, draft: Draft, form: DraftForm) -> dict[str, Any]:
    return {
        "draft": draft,
        "session": draft.session,
        "type": types.email_type(draft.type),
        "form": form,
        "variables": VARIABLES,
        "passport": passport(draft, request.user),
        "zone": timezone.get_current_timezone_name().replace("_", " "),
        "sender": _sender(draft),
        **recipients(draft, form),
        **saved(draft, form),
        **files(draft),
    }


def _sender(draft: Draft) -> dict[str, Any]:
    if problems := sender_problems(draft.organisation):
        return {"problems": problems}
    about = About(draft.type, draft.session)
    author, replies = author_of(draft.organisation, about), reply_to(draft.organisation, "", about)
    return {"author": author, "replies": str((replies or author).address)}


def recipients(draft: Draft, form: DraftForm) -> dict[str, Any]:
    """The groups that can be chosen, and everybody to be picked from."""
    everybody = sorted(members(draft.session), key=lambda contact: (contact.last_name.lower(), contact.first_name))
    picked = set(whole_numbers(form["contacts"].value() or ()))
    return {
        "groups": list(_groups(everybody)),
        "audience": form["audience"].value() or EVERYBODY,
        "may_pick": len(everybody) <= MOST_PICKED,
        "most_picked": MOST_PICKED,
        "everybody": [(contact, types.contact_role(contact.role), contact.pk in picked) for contact in everybody],
    }


def _groups(everybody: list[Contact]) -> Any:
    yield EVERYBODY, _("Everybody in the session"), len(everybody)
    for role in ContactRole.values:
        if number := sum(contact.role == role for contact in everybody):
            yield role, _(_GROUPS[role]), number


def saved(draft: Draft, form: DraftForm) -> dict[str, Any]:
    """What a draft that has just been saved tells."""
    audience = audience_of(draft)
    return {
        **advice.lines(draft, audience),
        "seen": version(draft),
        "saved_at": draft.updated_at,
        "told": audience,
        "wrong": {name: " ".join(form.errors.get(name, [])) for name in form.fields} if form.is_bound else {},
        "free_mail": _is_free_mail(draft.reply_address),
    }


def _is_free_mail(address: str) -> bool:
    """Filters take a reply to such an address, beside a sender of another domain, for a sign of forgery."""
    try:
        return bool(address) and is_mailbox_provider(Address.parse(address).domain)
    except AddressError:
        return False


def suppressed(told: Audience) -> list[tuple[Contact, str]]:
    return [(contact, words(reason).label) for contact, reason in told.suppressed]


def texts_by_type(organisation: Organisation) -> Iterator[tuple[str, str, str, list[TextModel]]]:
    """Each type, its name, what it is for, and the organisation's own texts for it."""
    own = list(TextModel.objects.filter(organisation=organisation).order_by("name", "language"))
    for type in EmailType.values:
        yield type, types.email_type(type), types.what_for(type), [text for text in own if text.type == type]


def files(draft: Draft) -> dict[str, Any]:
    found = list(draft.attachments.defer("content").order_by("id"))
    total = sum(file.size for file in found if not file.linked)
    return {
        "files": [(file, size(file.size)) for file in found],
        "files_total": size(total),
        "files_weight": size(weight(total)),
        "files_attached": any(not file.linked for file in found),
        "files_limit": size(settings.BIENRECU.max_message_size * MEGABYTE),
        "links_limit": size(settings.BIENRECU.max_linked_size * MEGABYTE),
        "link_days": settings.BIENRECU.link_days,
        "files_most": size(most_octets()),
        "files_left": most_octets() - sum(file.size for file in found),
        "most_files": MOST_ATTACHMENTS,
    }
