"""What befell a domain, told to the administrators of its organisation."""

from django.utils.translation import gettext as _

from bienrecu.store.models import SendingDomain
from bienrecu.submission import administrators
from bienrecu.submission.administrators import Letter
from bienrecu.submission.links import domain_url
from bienrecu.wording.sending_domain import News


def tell(domain: SendingDomain, news: News, key: str) -> None:
    """Once per `key`, which is unique for the domain."""

    def written() -> Letter:
        said = _(news.text).format(domain=domain.name)
        page = domain_url(domain.organisation.slug, domain.pk)
        return Letter(f"{domain.name} : {_(news.subject)}", (_("Hello,"), said, page))

    administrators.tell(domain.organisation, f"domain:{domain.pk}:{key}", written)
