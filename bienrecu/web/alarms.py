"""What every page of an organisation says first: its e-mails wait, or are likely to be refused, until somebody acts."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from bienrecu.domain.relay_account import Trouble, is_broken
from bienrecu.domain.sending_domain import DomainState
from bienrecu.store.models import Membership, Organisation, RelayAccount, Role, SendingDomain
from bienrecu.wording import relay_account, sending_domain

_MOST = 3


@dataclass(frozen=True, slots=True)
class Alarm:
    """`page` is where it is mended; empty for those who may not."""

    sentence: str
    page: str


def alarms(membership: Membership) -> list[Alarm]:
    may_mend = membership.role == Role.ADMINISTRATOR
    return [
        Alarm(sentence, page if may_mend else "")
        for sentence, page in [*_account(membership.organisation), *_domains(membership.organisation)]
    ]


def _account(organisation: Organisation) -> list[tuple[str, str]]:
    row, now = RelayAccount.objects.filter(organisation=organisation).exclude(trouble="").first(), timezone.now()
    if row is None or not is_broken(Trouble(row.trouble), since := row.trouble_since or row.tried_at, now):
        return []
    return [(relay_account.broken(row.address, since, now), reverse("relay", args=[organisation.slug]))]


def _domains(organisation: Organisation) -> list[tuple[str, str]]:
    lost = (DomainState.BROKEN, DomainState.FALLEN_BACK)
    rows = SendingDomain.objects.filter(organisation=organisation, state__in=lost).order_by("name")[:_MOST]
    return [
        (sending_domain.alarm(row.name, DomainState(row.state)), reverse("domain", args=[organisation.slug, row.pk]))
        for row in rows
    ]
