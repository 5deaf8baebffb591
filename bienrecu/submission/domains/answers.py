"""All that the DNS answers about a domain, asked when somebody wants to know, within half a minute."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.conf import settings

from bienrecu.advice.dns_answers import about_domain, returns_name
from bienrecu.advice.dns_servers import about_servers
from bienrecu.store.models import SendingDomain
from bienrecu.submission.domains.dns import Dns

_PATIENCE = 25.0  # seconds for all of it
_MOST_QUESTIONS = 300


class _Bounded:
    """Equal questions are asked once; when time or number run out, nobody answers."""

    def __init__(self) -> None:
        self._dns, self._until = Dns(), time.monotonic() + _PATIENCE
        self._known: dict[tuple[str, str], list[str] | None] = {}

    def ask(self, name: str, kind: str) -> Sequence[str] | None:
        question = name.rstrip(".").lower(), kind
        if question not in self._known:
            spent = time.monotonic() > self._until or len(self._known) >= _MOST_QUESTIONS
            self._known[question] = None if spent else self._dns.ask(*question)
        return self._known[question]


def ask_all(domain: SendingDomain, now: datetime) -> None:
    """What is found is kept with the domain."""
    ours, ask = settings.BIENRECU, _Bounded().ask
    selectors = [f"{key.selector}._domainkey.{domain.name}" for key in domain.keys.order_by("-signs", "id")]
    returns = returns_name(domain.name) if domain.returns_ready else ours.return_path.rpartition("@")[2]
    lists = [(kind, zone) for kind, _colon, zone in (one.partition(":") for one in ours.blocklists)]
    answers = about_domain(domain.name, selectors, _mailboxes(domain), ask)
    if not ours.relay_url:  # whose addresses are its own business
        answers += about_servers(ours.hostname, ours.sending_addresses, returns, lists, domain.name, ask)
    domain.answers, domain.answered_at = [asdict(one) for one in answers], now
    domain.save(update_fields=["answers", "answered_at"])


def _mailboxes(domain: SendingDomain) -> list[str]:
    organisation = domain.organisation
    found = (organisation.sender_address, organisation.reply_address)
    return [address.rpartition("@")[2].lower() for address in found if address]
