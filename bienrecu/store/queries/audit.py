"""The audit log, the newest first, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from bienrecu.domain.audit import Action
from bienrecu.store.models import AuditEntry, Organisation, User

PAGE = 50


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
        return cls(
            _number(query.get("by", "")), action if action in set(Action) else "", _number(query.get("before", ""))
        )

    def address(self, before: int) -> str:
        values = {"by": self.by, "action": self.action, "before": before}
        return urlencode({name: value for name, value in values.items() if value})


@dataclass(frozen=True, slots=True)
class Page:
    """`older` is where the next page begins, 0 on the last one."""

    entries: Sequence[AuditEntry]
    older: int


def page(organisation: Organisation, asked: Asked) -> Page:
    # Ids follow time, so they are what pages are cut by: two entries of one moment are never torn apart.
    rows = AuditEntry.objects.filter(organisation=organisation).select_related("by").order_by("-id")
    if asked.by:
        rows = rows.filter(by=asked.by)
    if asked.action:
        rows = rows.filter(action=asked.action)
    if asked.before:
        rows = rows.filter(id__lt=asked.before)
    found = list(rows[: PAGE + 1])
    return Page(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else 0)


def people(organisation: Organisation) -> list[User]:
    """Those who are users now; what others did is found without a filter."""
    return list(organisation.users.order_by("name", "email"))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
