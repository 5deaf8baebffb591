"""Looking at a domain: now, because somebody waits, or because it is time to."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from bienrecu.advice.domain_records import Record, judge
from bienrecu.domain.sending_domain import DomainState, Purpose, Verdict, next_state
from bienrecu.store.models import SendingDomain
from bienrecu.submission.domains.dns import Dns
from bienrecu.submission.domains.news import tell
from bienrecu.submission.domains.rotation import keep_up
from bienrecu.submission.domains.setup import records_of
from bienrecu.wording import sending_domain as words

# How long each state is left alone.
_EVERY = {
    DomainState.WAITING: timedelta(minutes=30),
    DomainState.BROKEN: timedelta(hours=1),
    DomainState.VERIFIED: timedelta(days=1),
    DomainState.FALLEN_BACK: timedelta(days=1),
}
_MOST_AT_ONCE = 50
_LONGEST_SHOWN = 500

_log = logging.getLogger(__name__)


def look_due(now: datetime) -> int:
    """Looks at the domains whose time has come; how many."""
    due = Q()
    for state, every in _EVERY.items():
        due |= Q(state=state, checked_at__lte=now - every)
    domains = SendingDomain.objects.filter(due).select_related("organisation").order_by("checked_at")
    found = list(domains[:_MOST_AT_ONCE])
    for domain in found:
        look(domain, now)
        keep_up(domain, now)
    return len(found)


def look(domain: SendingDomain, now: datetime) -> DomainState:
    """Asks the DNS, keeps what it found, and tells the administrators when the domain is believed no more, or again."""
    dns = Dns()
    wanted = records_of(domain)
    answers = [(record, dns.about(record)) for record in wanted]
    findings = {record.purpose: _finding(record, found) for record, found in answers}
    needed = [Verdict(findings[record.purpose]["verdict"]) for record in wanted if record.needed]
    with transaction.atomic():
        kept = SendingDomain.objects.select_for_update().get(pk=domain.pk)
        before = DomainState(kept.state)
        after = next_state(before, kept.state_since, needed, now)
        kept.findings, kept.checked_at = findings, now
        kept.returns_ready = _returns_ready(kept, findings)
        if after != before:
            kept.state, kept.state_since = after, now
            if after == DomainState.VERIFIED and before in (DomainState.WAITING, DomainState.TO_SET_UP):
                kept.warming_since = now
            _log.info("the state of a sending domain changed: %s, %s after %s", kept.name, after, before)
        kept.save()
    domain.refresh_from_db()
    if (before, after) in _NEWS:
        tell(domain, words.news(after), f"{after}:{now:%Y%m%dT%H%M%S}")
    return after


def _finding(record: Record, found: list[str] | None) -> dict[str, object]:
    return {"verdict": judge(record, found), "found": [_shown(text) for text in (found or ())[:5]]}


def _shown(text: str) -> str:
    """What a page can show and every database can hold: PostgreSQL knows no NUL."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:_LONGEST_SHOWN])


def _returns_ready(domain: SendingDomain, findings: dict[Purpose, dict[str, object]]) -> bool:
    """Nobody's answer changes nothing."""
    verdict = findings.get(Purpose.RETURNS, {}).get("verdict", Verdict.MISSING)
    return domain.returns_ready if verdict == Verdict.UNKNOWN else verdict == Verdict.FINE


_NEWS = {
    (DomainState.WAITING, DomainState.VERIFIED),
    (DomainState.VERIFIED, DomainState.BROKEN),
    (DomainState.BROKEN, DomainState.VERIFIED),
    (DomainState.BROKEN, DomainState.FALLEN_BACK),
    (DomainState.FALLEN_BACK, DomainState.VERIFIED),
}
