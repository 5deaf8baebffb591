"""A mail to the administrators when a domain's reputation is at stake: one a week for each domain, whatever the causes.

It is written when too many people press "junk", or when a volume is sudden: what can still be mended in time. The other
figures stand on the page."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from bienrecu.domain.large_operator import CODES
from bienrecu.domain.reputation import PEAK_SAMPLE, Level, of_complaints
from bienrecu.store.models import Organisation, SendingDay
from bienrecu.store.queries.reputation import DomainFigures, figures
from bienrecu.submission import administrators
from bienrecu.submission.administrators import Letter
from bienrecu.submission.links import reputation_url
from bienrecu.wording import reputation as words


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
    return administrators.tell(
        organisation, f"reputation:{domain.domain}:{year}-{week}", lambda: _letter(organisation, domain, now)
    )


def _letter(organisation: Organisation, domain: DomainFigures, now: datetime) -> Letter:
    advice = words.urgent(domain.operators, domain.sudden, domain.days, timezone.localtime(now))
    return Letter(
        _("The reputation of %s is at stake") % domain.domain,
        (
            _("Hello,"),
            *(f"{one.what} {one.do}" for one in advice),
            _("All figures stand on this page:"),
            reputation_url(organisation.slug),
        ),
    )
