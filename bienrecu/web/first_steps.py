"""The first steps of an organisation: each ticks itself once it is done."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from bienrecu.domain.rehearsal import SIMULATOR_DOMAIN
from bienrecu.store.models import Organisation, Role
from bienrecu.store.queries.first_steps import Beginnings, beginnings
from bienrecu.submission.sender import sender_problems
from bienrecu.web.access import MemberRequest
from bienrecu.web.roles import may

_PAGES = ("settings", "sender")


@dataclass(frozen=True, slots=True)
class Step:
    """`href` leads to where it is done, `posts` when a button does it; neither when it is somebody else's to do."""

    title: str
    text: str
    is_done: bool
    action: str
    href: str = ""
    posts: str = ""


def first_steps(request: MemberRequest) -> list[Step]:
    """None for who cannot do them or has put them away, nor for an organisation that has long begun."""
    if request.membership.hides_first_steps or not may(request, Role.SENDER):
        return []
    found = beginnings(request.organisation, SIMULATOR_DOMAIN)
    return _steps(request, found) if found.is_new else []


def _steps(request: MemberRequest, found: Beginnings) -> list[Step]:
    sessions = reverse("session_new", args=[request.organisation.slug])
    steps = [*_of_administrators(request, found)]
    steps.append(
        Step(
            _("Your first session"),
            _("A title and its days, then the people who take part."),
            found.has_session,
            _("Create a session"),
            sessions,
        )
    )
    if settings.BIENRECU.simulator:
        steps.append(
            Step(
                _("A rehearsal"),
                _("A session with people who do not exist: you see every status, and nothing leaves this machine."),
                found.has_rehearsed,
                _("Prepare the rehearsal"),
                posts=reverse("rehearse", args=[request.organisation.slug]),
            )
        )
    last = _("Open a session, then New e-mail. Nothing leaves before the last page.")
    return [*steps, Step(_("Your first e-mail"), last, found.has_sent, "")]


def _of_administrators(request: MemberRequest, found: Beginnings) -> list[Step]:
    organisation, theirs = request.organisation, may(request, Role.ADMINISTRATOR)
    settings_page, sender_page = (reverse(one, args=[organisation.slug]) if theirs else "" for one in _PAGES)
    name = _("Its name, and the address that receives the answers.")
    sender = _("The address your e-mails leave from: one of your own domain, or the shared one.")
    return [
        Step(_("Your organisation"), name, bool(organisation.reply_address), _("Fill in"), settings_page),
        Step(_("The sending address"), sender, _has_sender(organisation, found), _("Choose it"), sender_page),
    ]


def _has_sender(organisation: Organisation, found: Beginnings) -> bool:
    """Chosen; or the shared one, once something has left from it."""
    return not sender_problems(organisation) and (bool(organisation.sender_address) or found.has_sent)
