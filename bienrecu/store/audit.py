"""The audit log: who did what. Written in the transaction of what it tells of."""

from typing import Any

from bienrecu.domain.audit import Action
from bienrecu.store.models import AuditEntry, Organisation, User


def note(organisation: Organisation, by: User | None, action: Action, target: object = "", **detail: Any) -> None:
    """`target` is what it was done to, as it is called now; `detail` plain values, never the content of a message."""
    AuditEntry.objects.create(organisation=organisation, by=by, action=action, target=str(target)[:300], detail=detail)
