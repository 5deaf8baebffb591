"""Asking the organisation's own contact for help, by an e-mail that says who asks and, if they agree, about what."""

from datetime import timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bienrecu.store.models import Message, Organisation, User
from bienrecu.submission.notice import notify
from bienrecu.submission.request import Problem, Refused

MOST_A_DAY = 20
"""By one person: more is no question any more."""


def ask(organisation: Organisation, address: str, words: str, *, by: User, key: str, attached: str = "") -> None:
    """Replies go to who asks. `attached` is what they agreed to hand over. Raises Refused."""
    if _asked_lately(organisation, by) >= MOST_A_DAY:
        raise Refused([Problem("too_many", _("You have asked often today. Write to %s yourself.") % address)])
    with translation.override(organisation.language):
        notify(
            organisation,
            address,
            subject=_("Help asked for by %s") % by,
            text="\n\n".join(filter(None, [_intro(by), words, attached])),
            key=f"help:{by.pk}:{key}",
            by=by,
            reply_address=by.email,
        )


def _intro(by: User) -> str:
    return _("%(name)s (%(address)s) asks for help with Bien Reçu:") % {"name": by, "address": by.email}


def _asked_lately(organisation: Organisation, by: User) -> int:
    since = timezone.now() - timedelta(days=1)
    asked = Message.objects.filter(organisation=organisation, requested_by=by, requested_at__gt=since)
    return asked.filter(key__startswith="help:").count()
