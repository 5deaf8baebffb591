"""One e-mail to one person: its case, and the e-mail itself as it was sent."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from bienrecu.domain.status import Status
from bienrecu.store.queries import emails
from bienrecu.store.queries.emails import ExactBytes
from bienrecu.web import case as cases
from bienrecu.web import it_note
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.found import or_404, the_recipient
from bienrecu.web.preview import POLICY, preview
from bienrecu.web.remedies import may_send, remedies
from bienrecu.wording import statuses, types


@require_safe
@member
def email(request: MemberRequest, id: int) -> HttpResponse:
    """A page of its own, to be shared; unfolded under its row of History, the same without what stands around."""
    recipient = the_recipient(request, id)
    found, now = emails.case(recipient), timezone.localtime()
    exact = emails.exact_bytes(recipient)
    status = Status(recipient.status)
    context = {
        "recipient": recipient,
        "session": recipient.session,
        "status": status,
        "label": statuses.label(status),
        "topic": recipient.reason or status.code,
        "type": types.email_type(recipient.type),
        "role": types.contact_role(recipient.role) if recipient.role else "",
        "remedies": remedies(request, recipient),
        "may_send": may_send(request),
        "card": cases.card_of(found, request.organisation, now),
        "timeline": cases.timeline(found),
        "attempts": cases.evidence(found.attempts),
        "reports": cases.reports(found),
        "notes": it_note.notes(found, exact),
        "attachments": [(file, cases.downloads_of(file, found)) for file in found.attachments],
        "exact": exact,
        "preview": preview(exact.data) if exact else None,
    }
    is_part = request.htmx and not request.htmx.history_restore_request
    response = render(request, "web/email/_case.html" if is_part else "web/email.html", context)
    response["Vary"] = "HX-Request"
    return response


@require_safe
@member
def message(request: MemberRequest, id: int) -> HttpResponse:
    """The HTML of the e-mail, for a sandboxed frame."""
    shown = preview(_exact(request, id).data)
    if not shown.html:
        raise Http404
    response = HttpResponse(shown.html)
    response["Content-Security-Policy"] = POLICY
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@member
def original(request: MemberRequest, id: int) -> HttpResponse:
    """The exact bytes, to be kept or opened in a mail program."""
    recipient = the_recipient(request, id)
    exact = _exact(request, id)
    name = f"{slugify(recipient.subject)[:60] or 'e-mail'}-{recipient.id}.eml"
    response = HttpResponse(exact.data, content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = POLICY
    return response


def _exact(request: MemberRequest, id: int) -> ExactBytes:
    return or_404(emails.exact_bytes(the_recipient(request, id)))
