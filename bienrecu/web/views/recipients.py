"""What the people we write to reach, without an account: the page to confirm receipt, and the image.

The signed token in the address is all the right they need. GET changes nothing of a status by itself alone: filters
follow every link, so only the button confirms, and a machine's load of the image is kept as a machine's."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from bienrecu.domain.event import Kind
from bienrecu.domain.signed_token import Purpose, verify
from bienrecu.store import record
from bienrecu.store.models import Event, Recipient
from bienrecu.tracking import consent
from bienrecu.tracking.pixel import GIF, HEADERS
from bienrecu.tracking.verdict import verdict
from bienrecu.web import recipient_page
from bienrecu.web.found import or_404

# More would tell nothing new of one e-mail, and anybody who has its address could go on for ever.
_MOST_LOADS = 20

_log = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # who has the link may press the button: the token is the proof that CSRF's would be
@never_cache
def confirm(request: HttpRequest, signed: str) -> HttpResponse:
    """Asks, then thanks. Pressing twice confirms once."""
    recipient = or_404(_recipient(signed, "confirm"))
    if request.method == "POST":
        record.add([record.NewEvent(recipient.id, Kind.CONFIRMED, at=timezone.now(), key="confirmed")])
        return redirect(request.path)
    confirmed = Event.objects.filter(recipient=recipient, key="confirmed").first()
    context = {"confirmed_at": confirmed.at if confirmed else None}
    return recipient_page.show(request, recipient, "web/confirm.html", context)


@require_http_methods(["GET", "HEAD", "OPTIONS"])
def image(request: HttpRequest, signed: str) -> HttpResponse:
    """Always the same image, whatever is known of the token or wrong with the database."""
    try:
        _note_load(request, signed, timezone.now())
    except DatabaseError:
        _log.exception("the load of an image was not recorded")
    return HttpResponse(GIF, headers=HEADERS)


def _note_load(request: HttpRequest, signed: str, now: datetime) -> None:
    recipient = _recipient(signed, "image")
    if recipient is None or not _may_be_followed(recipient):
        return
    # In memory only: of who loaded it, nothing but the verdict is kept.
    seen = verdict(
        method=request.method or "",
        user_agent=request.headers.get("User-Agent", ""),
        headers={name.lower(): value for name, value in request.headers.items()},
        seconds_since_accepted=(now - recipient.sent_at).total_seconds() if recipient.sent_at else None,
    )
    key = "opened" if seen.kind is Kind.OPENED else f"machine_load:{now:%Y-%m-%d}"
    loads = recipient.events.filter(kind__in=(Kind.OPENED, Kind.MACHINE_LOAD)).values_list("key", flat=True)
    if key not in (known := set(loads)) and (seen.kind is Kind.OPENED or len(known) < _MOST_LOADS):
        record.add([record.NewEvent(recipient.id, seen.kind, at=now, key=key)])


def _may_be_followed(recipient: Recipient) -> bool:
    """As the organisation and the person want it now: a withdrawal holds for e-mails already sent."""
    tracks, contact = recipient.organisation.open_tracking, recipient.contact
    agrees = contact is not None and contact.tracking_consent_at is not None
    return consent.load_counts(carried_image=recipient.tracked, organisation_tracks=tracks, person_agrees=agrees)


def _recipient(signed: str, purpose: Purpose) -> Recipient | None:
    token = verify(settings.SECRET_KEY.encode(), purpose, signed)
    if token is None:
        return None
    return (
        Recipient.objects.select_related("organisation", "contact", "message__organisation").filter(token=token).first()
    )
