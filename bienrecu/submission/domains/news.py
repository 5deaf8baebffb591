"""What befell a domain, told to the administrators of its organisation."""

import logging

from django.utils import translation
from django.utils.translation import gettext as _

from bienrecu.store.models import Membership, Role, SendingDomain, User
from bienrecu.submission.links import domain_url
from bienrecu.submission.notice import notify
from bienrecu.submission.request import Refused
from bienrecu.wording.sending_domain import News

_log = logging.getLogger(__name__)


def tell(domain: SendingDomain, news: News, key: str) -> None:
    """Once per `key`, which is unique for the domain."""
    admins = Membership.objects.filter(organisation=domain.organisation, role=Role.ADMINISTRATOR, user__is_active=True)
    for member in admins.select_related("user").order_by("user"):
        try:
            _mail(domain, news, member.user, key=f"domain:{domain.pk}:{key}:{member.user_id}")
        except Refused as why:
            _log.warning("the news of a sending domain could not be told: %s, %s", domain.name, why)


def _mail(domain: SendingDomain, news: News, user: User, key: str) -> None:
    organisation = domain.organisation
    with translation.override(user.language or organisation.language):
        text = "\n\n".join(
            (_("Hello,"), _(news.text).format(domain=domain.name), domain_url(organisation.slug, domain.pk))
        )
        subject = f"{domain.name} : {_(news.subject)}"
        notify(organisation, user.email, name=user.name, subject=subject, text=text, key=key)
