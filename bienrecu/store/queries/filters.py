"""Which recipients of a session are meant: one filter per column of History, and one search over several."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.db.models import Lookup, Q, TextField

from bienrecu.domain.reason import Reason
from bienrecu.domain.searchable import searchable
from bienrecu.domain.status import Status
from bienrecu.store.models import ContactRole
from bienrecu.store.models.mail import EmailType

# A longer text or one more word finds nothing more precisely, and each word is one more look at every row.
MAX_TEXT = 100
_MAX_WORDS = 6


@TextField.register_lookup
class Like(Lookup):
    """SQL's LIKE with a pattern of ours, whose literal parts have gone through `_literal`."""

    lookup_name = "like"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, of_column = self.process_lhs(compiler, connection)
        pattern, of_pattern = self.process_rhs(compiler, connection)
        return rf"{column} LIKE {pattern} ESCAPE '\'", [*of_column, *of_pattern]


@dataclass(frozen=True, slots=True)
class Filters:
    """What to keep; an empty field keeps everything. `since` and `until` are days, both included."""

    text: str = ""
    since: date | None = None
    until: date | None = None
    types: tuple[EmailType, ...] = ()
    recipient: str = ""
    roles: tuple[ContactRole, ...] = ()
    subject: str = ""
    attachment: bool | None = None
    statuses: tuple[Status, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def only_statuses(self) -> bool:
        """Whether nothing but the status is asked for, so that the kept counts answer how many there are."""
        return replace(self, statuses=()) == EVERYBODY

    def condition(self, zone: tzinfo) -> Q:
        """Everything but the statuses, which decide how rows are walked: see `store/queries/history.py`."""
        wanted = Q()
        for part in self._parts(zone):
            wanted &= part
        return wanted

    @property
    def search_patterns(self) -> list[str]:
        """What `Recipient.search` must be LIKE. It is three lines, name, address, subject: what a line feed follows is
        no subject."""
        return [
            *(f"%{word}%" for word in patterns(self.text)),
            *(f"%{word}%\n%" for word in patterns(self.recipient)),
            *(f"%\n%\n%{word}%" for word in patterns(self.subject)),
        ]

    def _parts(self, zone: tzinfo) -> Iterator[Q]:
        yield from (Q(search__like=pattern) for pattern in self.search_patterns)
        if self.since:
            start = datetime.combine(self.since, time(), zone)
            yield Q(requested_at__gte=start) | Q(sent_at__gte=start)
        if self.until:
            end = datetime.combine(self.until + timedelta(days=1), time(), zone)
            yield Q(requested_at__lt=end) & (Q(sent_at=None) | Q(sent_at__lt=end))
        yield from (
            Q(**{f"{column}__in": values})
            for column, values in (("type", self.types), ("role", self.roles), ("reason", self.reasons))
            if values
        )
        if self.attachment is not None:
            yield Q(attachment_count__gt=0) if self.attachment else Q(attachment_count=0)


EVERYBODY = Filters()


def patterns(text: str) -> list[str]:
    """The words of `text` as patterns for LIKE."""
    return [_literal(word) for word in searchable(text[:MAX_TEXT]).split()[:_MAX_WORDS]]


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
