"""A mail to the administrators when a domain's reputation is at stake: one a week for each domain, whatever the causes.

It is written when too many people press "junk", or when a volume is sudden: what can still be mended in time. The other
figures stand on the page."""

import logging
from datetime import datetime, timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bienrecu.domain.large_operator import CODES
from bienrecu.domain.reputation import PEAK_SAMPLE, Level, of_complaints
from bienrecu.store.models import Membership, Message, Organisation, Role, SendingDay, User
from bienrecu.store.queries.reputation import DomainFigures, figures
from bienrecu.submission.links import reputation_url
from bienrecu.submission.notice import notify
from bienrecu.submission.request import Refused
from bienrecu.wording import reputation as words

_log = logging.getLogger(__name__)


def send_due(now: datetime) -> int:
    """How many domains were told of."""
    # A sudden volume is of all operators together: of one of them it is at least its part.
    lately = SendingDay.objects.filter(day__gte=now.date() - timedelta(days=1))
    concerned = lately.filter(complaints__gt=0) | lately.filter(sent__gte=PEAK_SAMPLE // len(CODES))
    found = Organisation.objects.filter(id__in=concerned.values("organisation"))
    return sum(_tell(one, domain, now) for one in found for domain in figures(one, now) if is_at_stake(domain))


def is_at_stake(domain: DomainFigures) -> bool:
    return domain.sudden is not None or any(of_complaints(one) is Level.ACT for one in domain.operators.values())


def _tell(organisation: Organisation, domain: DomainFigures, now: datetime) -> bool:
    year, week, _day = now.isocalendar()
    key = f"reputation:{domain.domain}:{year}-{week}"
    admins = Membership.objects.filter(organisation=organisation, role=Role.ADMINISTRATOR, user__is_active=True)
    told = [_mail(organisation, domain, one.user, f"{key}:{one.user_id}", now) for one in admins.select_related("user")]
    return any(told)


def _mail(organisation: Organisation, domain: DomainFigures, user: User, key: str, now: datetime) -> bool:
    if Message.objects.filter(organisation=organisation, key=key).exists():
        return False
    with translation.override(user.language or organisation.language):
        advice = words.urgent(domain.operators, domain.sudden, domain.days, timezone.localtime(now))
        said = "\n\n".join(f"{one.what} {one.do}" for one in advice)
        text = "\n\n".join((_("Hello,"), said, _("All figures stand on this page:"), reputation_url(organisation.slug)))
        subject = _("The reputation of %s is at stake") % domain.domain
        try:
            notify(organisation, user.email, name=user.name, subject=subject, text=text, key=key)
        except Refused as why:
            _log.warning("the reputation of a domain could not be told: %s, %s", domain.domain, why)
            return False
    return True
