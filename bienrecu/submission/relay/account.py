"""The account of an organisation: kept once it works, looked at every day, left."""

from datetime import datetime, timedelta

from django.db import transaction

from bienrecu.domain.audit import Action
from bienrecu.domain.relay_account import Security, destination_of
from bienrecu.store.audit import note
from bienrecu.store.models import Organisation, Recipient, RelayAccount, User
from bienrecu.store.sealed import SealBroken, seal, unseal
from bienrecu.submission.relay.trial import Account, Found, try_out

_EVERY = timedelta(days=1)
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
    }
    with transaction.atomic():
        row, _made = RelayAccount.objects.update_or_create(
            organisation=organisation, defaults=given | _seen(found, now)
        )
        note(organisation, by, Action.RELAY_ACCOUNT_SET, str(row))
    return row


def _seen(found: Found, now: datetime) -> dict[str, object]:
    return {
        "trouble": found.trouble,
        "said": found.said,
        "returns_to_us": found.returns_to_us,
        "tried_at": now,
    }


def try_again(row: RelayAccount, now: datetime) -> Found:
    found = try_out(opened(row))
    seen = _seen(found, now)
    if found.trouble:
        del seen["returns_to_us"]  # it was not asked
    RelayAccount.objects.filter(pk=row.pk).update(**seen)
    row.refresh_from_db()
    return found


def opened(row: RelayAccount) -> Account:
    """With its password; an empty one if it was sealed under another secret key."""
    try:
        password = unseal(row.sealed).decode()
    except SealBroken:
        password = ""
    return Account(row.address, row.host, row.port, Security(row.security), row.user, password)


def try_due(now: datetime) -> int:
    due = RelayAccount.objects.filter(tried_at__lte=now - _EVERY).order_by("tried_at")[:_MOST_AT_ONCE]
    return len([try_again(row, now) for row in due])


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
