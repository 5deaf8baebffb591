"""What an organisation's administrators are told by mail, each in their language."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from bienrecu.store.models import Membership, Message, Organisation, Role, User
from bienrecu.submission.notice import notify
from bienrecu.submission.request import Refused

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    paragraphs: tuple[str, ...]


def tell(organisation: Organisation, key: str, written: Callable[[], Letter]) -> bool:
    """Once per `key`; whether anybody was told. `written` is asked in the language and the zone of each."""
    admins = Membership.objects.filter(organisation=organisation, role=Role.ADMINISTRATOR, user__is_active=True)
    members = admins.select_related("user").order_by("user")
    told = [_mail(organisation, one.user, f"{key}:{one.user_id}", written) for one in members]
    return any(told)


def _mail(organisation: Organisation, user: User, key: str, written: Callable[[], Letter]) -> bool:
    if Message.objects.filter(organisation=organisation, key=key).exists():
        return False
    zone = ZoneInfo(user.time_zone or organisation.time_zone)
    with translation.override(user.language or organisation.language), timezone.override(zone):
        letter = written()
        try:
            text = "\n\n".join(letter.paragraphs)
            notify(organisation, user.email, name=user.name, subject=letter.subject, text=text, key=key)
        except Refused as why:
            _log.warning("an administrator could not be told: %s, %s", key, why)
            return False
    return True
