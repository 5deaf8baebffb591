"""What a recipient agreed to, on a page of their own: linked in each e-mail, without an account.

GET changes nothing, as filters follow every link. The contact's answer counts from the next moment on, also for
e-mails that left before: see `tracking/consent.py`."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from bienrecu.domain.signed_token import verify
from bienrecu.store.models import Contact, Recipient
from bienrecu.submission.consent import TEXT_VERSION, Source, give_consent, withdraw
from bienrecu.submission.links import confirmation_url
from bienrecu.web import recipient_page

_MOST_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # who has the link may press the button: the token is the proof that CSRF's would be
@never_cache
def choices(request: HttpRequest, signed: str) -> HttpResponse:
    recipient, contact = _found(signed)
    if request.method == "POST":
        _answer(contact, request.POST.get("answer", ""))
        return redirect(request.path)
    answers = list(contact.consents.order_by("-at", "-id")[:_MOST_SHOWN])
    context = {
        "contact": contact,
        "answers": answers,
        "confirmation": confirmation_url(recipient.token),
        "months": recipient.organisation.keep_openings_months,
    }
    return recipient_page.show(request, recipient, "web/consent/choices.html", context)


def _answer(contact: Contact, answer: str) -> None:
    """Twice the same answer is one."""
    latest = contact.consents.order_by("-at", "-id").first()
    if answer == "yes" and contact.organisation.open_tracking and contact.tracking_consent_at is None:
        give_consent(contact, timezone.now(), Source.PAGE, TEXT_VERSION)
    if answer == "no" and (latest is None or contact.tracking_consent_at is not None):
        withdraw(contact, timezone.now(), Source.PAGE, TEXT_VERSION)


def _found(signed: str) -> tuple[Recipient, Contact]:
    token = verify(settings.SECRET_KEY.encode(), "consent", signed)
    rows = Recipient.objects.select_related("organisation", "contact__organisation", "message__organisation")
    recipient = rows.filter(token=token).first() if token else None
    if recipient is None or recipient.contact is None or recipient.contact.erased_at:
        raise Http404
    return recipient, recipient.contact
