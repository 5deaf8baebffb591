"""One key after the other: the next one signs once the DNS shows it, the former one stays until it has served."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction

from bienrecu.domain.audit import Action
from bienrecu.domain.sending_domain import KEY_AGE, KEY_KEPT, DomainState, Purpose, Verdict
from bienrecu.store.audit import note
from bienrecu.store.models import DomainKey, SendingDomain, User
from bienrecu.submission.domains.news import tell
from bienrecu.submission.domains.setup import make_domain_key
from bienrecu.wording import sending_domain as words

_log = logging.getLogger(__name__)


def change_key(domain: SendingDomain, now: datetime, by: User | None = None) -> bool:
    """From now on the next key signs; False when the last look at the DNS did not find it. What was signed
    with either is verified: both are published."""
    with transaction.atomic():
        domain = SendingDomain.objects.select_for_update().get(pk=domain.pk)
        current = domain.keys.filter(signs=True).first()
        following = domain.keys.filter(signs=False, retired_at=None).first()
        seen = domain.findings.get(Purpose.NEXT_KEY, {}).get("verdict") == Verdict.FINE
        if not (domain.may_send and current and following and seen):
            return False
        current.signs, current.retired_at = False, now
        current.save(update_fields=["signs", "retired_at"])
        following.signs, following.signs_since = True, now
        following.save(update_fields=["signs", "signs_since"])
        # What was found of the one is now true of the other; there is no next one to be found.
        domain.findings[Purpose.FORMER_KEY] = domain.findings.pop(Purpose.KEY, {})
        domain.findings[Purpose.KEY] = domain.findings.pop(Purpose.NEXT_KEY)
        domain.save(update_fields=["findings"])
        note(domain.organisation, by, Action.KEY_CHANGED, domain.name)
    _log.info("the key of a sending domain changed: %s, %s after %s", domain.name, following.selector, current.selector)
    return True


def keep_up(domain: SendingDomain, now: datetime) -> None:
    """What only time brings about, after a look at the DNS."""
    for former in domain.keys.filter(retired_at__lte=now - KEY_KEPT):
        _succeed(former)
    current = domain.keys.filter(signs=True).first()
    is_old = current is not None and (current.signs_since or current.created_at) <= now - KEY_AGE
    if is_old and domain.state == DomainState.VERIFIED and not change_key(domain, now):
        _ask_for_the_next(domain)


def _ask_for_the_next(domain: SendingDomain) -> None:
    if following := domain.keys.filter(signs=False, retired_at=None).first():
        tell(domain, words.NEXT_KEY_WANTED, f"next-key:{following.selector}")


def _succeed(former: DomainKey) -> None:
    """A key that has served makes room for the one after the next. Where the DNS of its owner leads to our zone, it
    takes the former's place there, so that the owner has nothing to do."""
    with transaction.atomic():
        domain = SendingDomain.objects.select_for_update().get(pk=former.domain_id)
        if not DomainKey.objects.filter(pk=former.pk).delete()[0]:
            return
        selector = former.selector if settings.BIENRECU.dkim_zone else _new_selector(domain)
        make_domain_key(domain, selector, signs=False)
        domain.findings.pop(Purpose.FORMER_KEY, None)
        domain.save(update_fields=["findings"])


def _new_selector(domain: SendingDomain) -> str:
    """The number after that of the key in use: a text once published may be kept by resolvers for days."""
    base, _, number = domain.keys.get(signs=True).selector.rpartition("-")
    return f"{base}-{int(number) + 1}"
