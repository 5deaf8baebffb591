"""No more e-mails of a type: the page linked in each of them, and the address that mail programs post to (RFC 8058).

GET changes nothing, as filters follow every link. A POST needs no login, no cookie and no second page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from bienrecu.domain.signed_token import verify
from bienrecu.store.models import Recipient
from bienrecu.store.pseudonym import ERASED_DOMAIN
from bienrecu.store.queries.unsubscribed import OPTIONAL
from bienrecu.submission.unsubscribe import current, subscribe_again, unsubscribe
from bienrecu.web import recipient_page
from bienrecu.web.found import or_404


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # who has the link may press the button: the token is the proof that CSRF's would be
@never_cache
def page(request: HttpRequest, signed: str) -> HttpResponse:
    recipient = _recipient(signed)
    if request.method == "POST":
        if request.POST.get("answer") == "again":
            subscribe_again(recipient, timezone.now())
        else:
            unsubscribe(recipient, timezone.now())
    return recipient_page.show(request, recipient, "web/unsubscribe.html", {"wish": current(recipient)})


def _recipient(signed: str) -> Recipient:
    token = verify(settings.SECRET_KEY.encode(), "unsubscribe", signed)
    rows = Recipient.objects.select_related("organisation", "message__organisation").filter(
        token=token, type__in=OPTIONAL
    )
    # Of an e-mail too old to be kept, nobody knows any more whose it was.
    return or_404(rows.exclude(destination=ERASED_DOMAIN).first() if token else None)
