"""The keys by which programs act for an organisation."""

import hashlib
import os
from base64 import b32encode
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from bienrecu.domain.audit import Action
from bienrecu.store.audit import note
from bienrecu.store.models import ApiKey, Organisation, User

MOST = 50
"""Live keys of one organisation."""

_PREFIX = "br_"  # so that those who look for secrets left lying about can find ours
_SHOWN = len(_PREFIX) + 5
_USE_NOTED_EVERY = timedelta(minutes=1)


class NameTaken(Exception):
    """A live key has this name, or there are too many."""


def make(organisation: Organisation, name: str, *, by: User, now: datetime) -> tuple[ApiKey, str]:
    """The key, and its secret, which nobody can show again. Raises NameTaken."""
    secret = _PREFIX + b32encode(os.urandom(20)).decode().lower()
    live = organisation.api_keys.filter(revoked_at=None)
    if live.count() >= MOST:
        raise NameTaken
    try:
        with transaction.atomic():
            key = ApiKey.objects.create(
                organisation=organisation,
                name=name,
                begins=secret[:_SHOWN],
                digest=_digest(secret),
                by=by,
                created_at=now,
            )
            note(organisation, by, Action.API_KEY_MADE, name)
    except IntegrityError:
        raise NameTaken from None
    return key, secret


def revoke(organisation: Organisation, id: int, *, by: User, now: datetime) -> ApiKey | None:
    """At once and for good. None when there is no such key, or not any more."""
    with transaction.atomic():
        key = organisation.api_keys.select_for_update().filter(id=id, revoked_at=None).first()
        if key is not None:
            key.revoked_at = now
            key.save(update_fields=["revoked_at"])
            note(organisation, by, Action.API_KEY_REVOKED, key)
    return key


def of_secret(secret: str, now: datetime) -> ApiKey | None:
    """The live key that has this secret; that it was used is noted."""
    if not secret.startswith(_PREFIX) or len(secret) > 100:
        return None
    key = ApiKey.objects.select_related("organisation").filter(digest=_digest(secret), revoked_at=None).first()
    if key is not None:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - _USE_NOTED_EVERY)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
    return key


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
