"""The account of an organisation: kept once it works, looked at every day, left."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from bienrecu.domain.audit import Action
from bienrecu.domain.relay_account import News, Security, destination_of, news
from bienrecu.store.audit import note
from bienrecu.store.models import Organisation, Recipient, RelayAccount, User
from bienrecu.store.sealed import SealBroken, seal, unseal
from bienrecu.submission.relay.news import tell_broken, tell_mended
from bienrecu.submission.relay.trial import Account, Found, try_out

_EVERY = timedelta(days=1)
_WHILE_BROKEN = timedelta(hours=1)
_WHEN_SOME_FAIL = timedelta(minutes=15)
_MOST_AT_ONCE = 20


def keep(organisation: Organisation, account: Account, found: Found, now: datetime, by: User) -> RelayAccount:
    """From now on the organisation's e-mails leave through it; those that wait for its former self go along."""
    given = {
        "address": account.address,
        "host": account.host,
        "port": account.port,
        "security": account.security,
        "user": account.user,
        "sealed": seal(account.password.encode()),
        "tried_at": now,
    }
    with transaction.atomic():
        row, _made = RelayAccount.objects.update_or_create(organisation=organisation, defaults=given)
        _note(row, found, now)
        note(organisation, by, Action.RELAY_ACCOUNT_SET, str(row))
    return row


def try_again(row: RelayAccount, now: datetime) -> Found:
    """Asks its server; what was met is kept, and told when it is news."""
    found = try_out(opened(row))
    with transaction.atomic():
        # It may have been removed meanwhile.
        if kept := RelayAccount.objects.select_for_update().filter(pk=row.pk).first():
            _note(kept, found, now)
    return found


def _note(row: RelayAccount, found: Found, now: datetime) -> None:
    """Keeps what a try met, and tells the administrators what is news to them."""
    row.trouble, row.said, row.tried_at = found.trouble, found.said, now
    since = row.trouble_since or (now if found.trouble else None)
    told = news(found.trouble, since, row.told_at, now)
    row.trouble_since = since if found.trouble else None
    if not found.trouble:
        row.returns_to_us = found.returns_to_us  # else it was not asked
    if told is News.BROKEN:
        row.told_at = now
    row.save()
    if told is News.BROKEN:
        tell_broken(row, now, waiting(row))
    elif told is News.MENDED:
        tell_mended(row, now)


def opened(row: RelayAccount) -> Account:
    """With its password; an empty one if it was sealed under another secret key."""
    try:
        password = unseal(row.sealed).decode()
    except SealBroken:
        password = ""
    return Account(row.address, row.host, row.port, Security(row.security), row.user, password)


def try_due(now: datetime) -> int:
    """Every day; every hour while it does not work; and soon, when e-mails fail to leave through it."""
    due = Q(tried_at__lte=now - _EVERY) | ~Q(trouble="") & Q(tried_at__lte=now - _WHILE_BROKEN)
    due |= Q(tried_at__lte=now - _WHEN_SOME_FAIL) & Q(Exists(_failing()))
    found = RelayAccount.objects.filter(due).order_by("tried_at")[:_MOST_AT_ONCE]
    return len([try_again(row, now) for row in found])


def _failing() -> QuerySet[Recipient]:
    """Waiting e-mails of an account that did not leave at their first try."""
    name = Concat(Value(destination_of("")), Cast(OuterRef("pk"), CharField()))
    return Recipient.objects.filter(
        destination=name, due_at__isnull=False, claimed_by__isnull=True, failed_attempts__gt=0
    )


def waiting(row: RelayAccount) -> int:
    """E-mails that are still to leave through it."""
    return Recipient.objects.filter(
        organisation=row.organisation_id, destination=destination_of(row.pk), due_at__isnull=False
    ).count()


def remove(row: RelayAccount, by: User) -> None:
    """What waits for it will fail and say so: in the name of its address nothing may leave elsewhere."""
    with transaction.atomic():
        note(row.organisation, by, Action.RELAY_ACCOUNT_REMOVED, str(row))
        row.delete()
