"""Session › Suivi › E-mails › Planifiés: what is to leave later, and what was cancelled before it left."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bienrecu.domain.audit import Action
from bienrecu.store.audit import note
from bienrecu.store.models import Message, Role, TrainingSession
from bienrecu.store.queries import follow_up
from bienrecu.submission.post import cancel as take_back
from bienrecu.submission.schedule import reschedule
from bienrecu.web.access import MemberRequest, member
from bienrecu.web.follow_up_forms import WhenForm
from bienrecu.web.found import the_session
from bienrecu.web.remedies import may_send
from bienrecu.web.roles import needs
from bienrecu.wording import types

_MOST_CANCELLED = 50


@require_safe
@member
def index(request: MemberRequest, session_id: int) -> HttpResponse:
    session = the_session(request, session_id)
    context = {
        "session": session,
        "heading": _("Scheduled e-mails"),
        "tab": "scheduled",
        "scheduled": [(one, types.email_type(one.type)) for one in follow_up.scheduled(session, timezone.now())],
        "cancelled": [(one, types.email_type(one.type)) for one in follow_up.cancelled(session, _MOST_CANCELLED)],
        "may_send": may_send(request),
    }
    return render(request, "web/scheduled/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def change(request: MemberRequest, message_id: int) -> HttpResponse:
    """Another time."""
    message, session = _find(request, message_id)
    before = {"at": timezone.localtime(message.scheduled_at)}
    form = WhenForm(request.POST if request.method == "POST" else None, initial=before)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "web/scheduled/change.html", _context(message, session) | {"form": form}, status=status)
    if reschedule(message, form.cleaned_data["at"], by=request.user):
        messages.success(request, _("“{subject}” leaves at its new time.").format(subject=message.subject))
    else:
        messages.error(request, _too_late(message))
    return redirect("scheduled", request.organisation.slug, session.id)


@require_http_methods(["GET", "HEAD", "POST"])
@member
@needs(Role.SENDER)
def cancel(request: MemberRequest, message_id: int) -> HttpResponse:
    """Asks first: what is cancelled cannot be brought back."""
    message, session = _find(request, message_id)
    if request.method != "POST":
        return render(request, "web/scheduled/cancel.html", _context(message, session))
    if take_back(message, by=request.user):
        note(
            request.organisation,
            request.user,
            Action.EMAIL_CANCELLED,
            message.subject,
            recipients=message.recipient_count,
        )
        messages.success(request, _("“{subject}” is cancelled: nobody gets it.").format(subject=message.subject))
    elif Message.objects.filter(id=message.id, cancelled_at=None).exists():
        messages.error(request, _too_late(message))
    return redirect("scheduled", request.organisation.slug, session.id)


def _too_late(message: Message) -> str:
    return _("It is too late: “{subject}” has begun to leave, or was cancelled.").format(subject=message.subject)


def _find(request: MemberRequest, id: int) -> tuple[Message, TrainingSession]:
    message = follow_up.message(request.organisation, id)
    if message is None or message.session is None or message.scheduled_at is None:
        raise Http404
    return message, message.session


def _context(message: Message, session: TrainingSession) -> dict[str, object]:
    return {"message": message, "session": session, "type": types.email_type(message.type)}
