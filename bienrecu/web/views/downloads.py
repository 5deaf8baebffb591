"""The page of the files that an e-mail sent as a link, and the files themselves.

The signed token in the address is all the right one needs. GET shows what there is; only the button downloads, because
filters follow every link. Of a download by a person, the moment is kept, and which file: nothing of who they are."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from bienrecu.domain.event import Kind
from bienrecu.domain.signed_token import verify
from bienrecu.store import record
from bienrecu.store.models import Attachment, LinkedFile, Recipient
from bienrecu.store.pseudonym import ERASED_DOMAIN
from bienrecu.tracking.verdict import person_pressed
from bienrecu.web import recipient_page
from bienrecu.web.found import or_404
from bienrecu.web.throttle import asked

# Of one file by one recipient: more would prove nothing new, and anybody who has the link could go on for ever.
_MOST_NOTED = 20
_MOST_IN_AN_HOUR = 30


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # who has the link may press the button: the token is the proof that CSRF's would be
@never_cache
def page(request: HttpRequest, signed: str) -> HttpResponse:
    """Says who sends which files; POST gives the one asked for."""
    recipient, now = _recipient(signed), timezone.now()
    files = list(recipient.message.attachments.filter(linked=True).order_by("id"))
    there = dict(
        LinkedFile.objects.filter(attachment__in=files, expires_at__gt=now).values_list("attachment_id", "expires_at")
    )
    if request.method == "POST" and there:
        if _too_often(recipient):
            return _show(request, recipient, files, there, status=429)
        asked = [file for file in files if file.pk in there and str(file.pk) == request.POST.get("file")]
        if asked:
            return _give(request, recipient, asked[0], now)
    return _show(request, recipient, files, there, status=200 if there else 410)


def _recipient(signed: str) -> Recipient:
    token = verify(settings.SECRET_KEY.encode(), "download", signed)
    rows = Recipient.objects.select_related("organisation", "message__organisation").filter(
        token=token, message__attachments__linked=True
    )
    return or_404(rows.exclude(destination=ERASED_DOMAIN).first() if token else None)


def _show(
    request: HttpRequest, recipient: Recipient, files: list[Attachment], there: dict[int, datetime], *, status: int
) -> HttpResponse:
    context = {
        "files": [(file, file.size) for file in files],
        "expires_at": min(there.values(), default=None),
        "too_often": status == 429,
    }
    return recipient_page.show(request, recipient, "web/download.html", context, status=status)


def _give(request: HttpRequest, recipient: Recipient, file: Attachment, now: datetime) -> HttpResponse:
    content = LinkedFile.objects.get(attachment=file).content
    _note(request, recipient, file, now)
    response = HttpResponse(bytes(content), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return recipient_page.private(response)


def _too_often(recipient: Recipient) -> bool:
    return asked(f"download:{recipient.token}", 3600) > _MOST_IN_AN_HOUR


def _note(request: HttpRequest, recipient: Recipient, file: Attachment, now: datetime) -> None:
    accepted_at = recipient.sent_at or (recipient.since if recipient.lost_answers else None)
    by_person = person_pressed(
        user_agent=request.headers.get("User-Agent", ""),
        headers={name.lower(): value for name, value in request.headers.items()},
        seconds_since_accepted=(now - accepted_at).total_seconds() if accepted_at else None,
    )
    begin = f"downloaded:{file.pk}:"
    noted = recipient.events.filter(kind=Kind.DOWNLOADED, key__startswith=begin).count()
    if by_person and noted < _MOST_NOTED:
        event = record.NewEvent(recipient.id, Kind.DOWNLOADED, at=now, key=f"{begin}{noted}", words=file.name)
        record.add([event])
