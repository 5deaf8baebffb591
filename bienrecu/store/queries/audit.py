"""The audit log, the newest first, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from bienrecu.domain.audit import Action
from bienrecu.domain.whole_number import whole_number
from bienrecu.store.models import AuditEntry, Organisation, User
from bienrecu.store.queries.pages import Page, latest


@dataclass(frozen=True, slots=True)
class Asked:
    """`by` and `before` are ids (0: any), `action` a code ("" : any). Entries older than `before` are shown."""

    by: int = 0
    action: str = ""
    before: int = 0

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Asked":
        """From the address of a page: what makes no sense is left out."""
        action = query.get("action", "")
        by, before = whole_number(query.get("by", "")), whole_number(query.get("before", ""))
        return cls(by, action if action in set(Action) else "", before)

    def older(self, before: int) -> str:
        """The address of the page that begins after `before`."""
        values = {"by": self.by, "action": self.action, "before": before}
        return urlencode({name: value for name, value in values.items() if value})


def page(organisation: Organisation, asked: Asked) -> Page[AuditEntry]:
    rows = AuditEntry.objects.filter(organisation=organisation).select_related("by")
    if asked.by:
        rows = rows.filter(by=asked.by)
    if asked.action:
        rows = rows.filter(action=asked.action)
    return latest(rows, asked.before)


def people(organisation: Organisation) -> list[User]:
    """Those who are users now; what others did is found without a filter."""
    return list(organisation.users.order_by("name", "email"))
