"""Addresses that are not written to any more, and those that are again: the latest first, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet

from bienrecu.domain.reason import Reason, facts
from bienrecu.domain.whole_number import whole_number
from bienrecu.store.models import Organisation, Suppression
from bienrecu.store.queries.pages import Page, latest

REASONS = tuple(reason for reason in Reason if facts(reason).suppresses)


@dataclass(frozen=True, slots=True)
class Asked:
    """`address` is a part of it, `reason` a code ("" : any). `lifted`: those that are written to again. Those older
    than `before`, an id, are shown (0: from the latest on)."""

    address: str = ""
    reason: str = ""
    lifted: bool = False
    before: int = 0

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Asked":
        """From the address of a page: what makes no sense is left out."""
        reason = query.get("reason", "")
        return cls(
            query.get("q", "").strip().lower()[:320].replace("\0", ""),
            reason if reason in REASONS else "",
            query.get("lifted") == "1",
            whole_number(query.get("before", "")),
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.address or self.reason or self.before)

    def older(self, before: int) -> str:
        """The address of the page that begins after `before`."""
        values = {"q": self.address, "reason": self.reason, "lifted": "1" if self.lifted else "", "before": before}
        return urlencode({name: value for name, value in values.items() if value})


def page(organisation: Organisation, asked: Asked) -> Page[Suppression]:
    rows = _rows(organisation).filter(lifted_at__isnull=not asked.lifted)
    if asked.address:
        rows = rows.filter(address__contains=asked.address)
    if asked.reason:
        rows = rows.filter(reason=asked.reason)
    return latest(rows, asked.before)


def find(organisation: Organisation, id: int) -> Suppression | None:
    return _rows(organisation).filter(id=id).first()


def _rows(organisation: Organisation) -> QuerySet[Suppression]:
    """With the evidence of each: the event, and the e-mail that it is about."""
    rows = Suppression.objects.filter(organisation=organisation)
    return rows.select_related("event__recipient__message", "lifted_by")
