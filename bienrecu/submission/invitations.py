"""Asking somebody to join an organisation: a link by e-mail, good for seven days, that a press of a button uses up."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bienrecu.domain.audit import Action
from bienrecu.store import members
from bienrecu.store.audit import note
from bienrecu.store.models import Invitation, Organisation, Role, User
from bienrecu.submission.links import invitation_url
from bienrecu.submission.notice import notify
from bienrecu.wording.types import user_role

GOOD_FOR = timedelta(days=7)


def open_ones(organisation: Organisation) -> list[Invitation]:
    """Neither accepted nor cancelled, the newest first; the expired too, as they can be sent again."""
    rows = organisation.invitations.filter(accepted_at=None, cancelled_at=None).select_related("by")
    return list(rows.order_by("-created_at"))


def expires(invitation: Invitation) -> datetime:
    """From then on its link opens nothing."""
    return invitation.created_at + GOOD_FOR


def key(invitation: Invitation) -> str:
    """Of the message that carries its link."""
    return f"invitation:{invitation.pk}:{invitation.created_at:%Y%m%dT%H%M%S.%f}"


def invite(organisation: Organisation, email: str, role: Role, *, by: User) -> Invitation:
    """Who has an open invitation gets it again, with this role. Raises Refused, and then nothing was kept."""
    with transaction.atomic():
        waiting = organisation.invitations.filter(email__iexact=email, accepted_at=None, cancelled_at=None).first()
        invitation = waiting or Invitation(organisation=organisation, email=email.lower())
        invitation.role, invitation.by = role, by
        _send(invitation)
        note(organisation, by, Action.USER_INVITED, invitation.email, role=role)
    return invitation


def send_again(invitation: Invitation, *, by: User) -> None:
    """Good for seven days from now. Raises Refused."""
    with transaction.atomic():
        invitation.by = by
        _send(invitation)
        note(invitation.organisation, by, Action.USER_INVITED, invitation.email, role=invitation.role)


def cancel(invitation: Invitation, *, by: User) -> None:
    with transaction.atomic():
        invitation.cancelled_at = timezone.now()
        invitation.save(update_fields=["cancelled_at"])
        note(invitation.organisation, by, Action.INVITATION_CANCELLED, invitation.email)


def find(token: str) -> Invitation | None:
    """The invitation, while it can be accepted."""
    found = Invitation.objects.select_related("organisation", "by").filter(token=token).first()
    if found is None or found.accepted_at or found.cancelled_at or expires(found) < timezone.now():
        return None
    return found


def accept(invitation: Invitation, user: User) -> bool:
    """False when somebody was faster, or it was cancelled meanwhile."""
    with transaction.atomic():
        now = timezone.now()
        good = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, cancelled_at=None)
        if not good.update(accepted_at=now):
            return False
        members.join(invitation.organisation, user, Role(invitation.role))
    return True


def _send(invitation: Invitation) -> None:
    """Each time a link of its own: the one sent before opens nothing any more."""
    organisation = invitation.organisation
    invitation.token, invitation.created_at = secrets.token_urlsafe(24), timezone.now()
    invitation.save()
    with translation.override(organisation.language):
        notify(
            organisation,
            invitation.email,
            subject=_("Join %s on Bien Reçu") % organisation.name,
            text=_text(invitation),
            key=key(invitation),
            by=invitation.by,
        )


def _text(invitation: Invitation) -> str:
    return _(
        "Hello,\n\n%(who)s invites you to join %(organisation)s on Bien Reçu, where the e-mails of its training "
        "sessions are sent and followed. Your role there: %(role)s.\n\nTo accept, open this link within seven days:"
        "\n\n%(link)s\n\nIf you do not expect this invitation, there is nothing to do."
    ) % {
        "who": invitation.by,
        "organisation": invitation.organisation.name,
        "role": user_role(invitation.role).lower(),
        "link": invitation_url(invitation.token),
    }
