"""The page of what did not arrive, as people read it: what is urgent first, grouped by cause, each with its remedy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.store.models import Organisation, Recipient, TrainingSession
from bienrecu.store.queries import follow_up
from bienrecu.store.queries.reputation import figures
from bienrecu.submission.reputation_alert import is_at_stake
from bienrecu.submission.resend import key_of
from bienrecu.web.access import MemberRequest
from bienrecu.web.remedies import Remedy, may_send, of_many
from bienrecu.wording import reasons, statuses, types
from bienrecu.wording import reputation as reputation_words


@dataclass(frozen=True, slots=True)
class Row:
    """`starts` says how soon the session begins; empty when that is not near."""

    remedy: Remedy
    status: Status
    label: str
    type: str
    starts: str


@dataclass(frozen=True, slots=True)
class Group:
    """What failed for one `reason` (none: it has not arrived yet). `again` may be sent again at once, with `key`."""

    anchor: str
    title: str
    advice: str
    who: str
    reason: Reason | None
    rows: list[Row]
    again: list[int]
    key: str


@dataclass(frozen=True, slots=True)
class Part:
    anchor: str
    title: str
    groups: list[Group]

    @property
    def count(self) -> int:
        return sum(len(group.rows) for group in self.groups)


def context(request: MemberRequest) -> dict[str, Any]:
    now = timezone.localtime()
    found = follow_up.to_handle(request.organisation, now.date(), now)
    remedy_of = {one.recipient.id: one for one in of_many(list(chain(found.urgent, found.silent, found.others)))}

    def part(anchor: str, title: str, *groups: tuple[Reason | None, Sequence[Recipient]]) -> Part:
        shown = [
            _group(f"{anchor}-{reason or 'silent'}", reason, [_row(remedy_of[row.id], now.date()) for row in rows])
            for reason, rows in groups
            if rows
        ]
        return Part(anchor, title, shown)

    parts = [
        part("soon", _("For a session that begins soon"), *_by_reason(found.urgent), (None, found.silent)),
        part("others", _("Other failures"), *_by_reason(found.others)),
    ]
    return {
        "at_stake": _at_stake(request.organisation, now),
        "troubles": [
            (reasons.words(reason), reasons.who(reason), reason, count)
            for reason, count in follow_up.troubles(request.organisation, now)
        ],
        "parts": [one for one in parts if one.groups],
        "resent": [_row(one, now.date()) for one in of_many(list(found.resent))],
        "is_cut": found.is_cut,
        "most": follow_up.MOST,
        "now": now,
        "may_send": may_send(request),
        "page": request.path,
    }


def _at_stake(organisation: Organisation, now: datetime) -> list[tuple[str, list[reputation_words.Advice]]]:
    """The domains whose reputation is, and why."""
    return [
        (one.domain, reputation_words.urgent(one.operators, one.sudden, one.days, now))
        for one in figures(organisation, now)
        if is_at_stake(one)
    ]


def _by_reason(rows: Iterable[Recipient]) -> list[tuple[Reason, list[Recipient]]]:
    """In the order of the first of each."""
    found: dict[Reason, list[Recipient]] = {}
    for row in rows:
        found.setdefault(Reason(row.reason or Reason.UNDETERMINED), []).append(row)
    return list(found.items())


def _group(anchor: str, reason: Reason | None, rows: list[Row]) -> Group:
    again = [row.remedy.recipient.id for row in rows if reason and row.remedy.verdict.is_allowed]
    said = reasons.words(reason) if reason else None
    return Group(
        anchor,
        said.title if said else _("Not received yet, though the session begins within two days"),
        said.advice if said else _("If it is urgent, reach the person another way, and note it here."),
        reasons.who(reason) if reason else "",
        reason,
        rows,
        again if len(again) > 1 else [],
        key_of(dict.fromkeys(again, 0)),
    )


def _row(remedy: Remedy, today: date) -> Row:
    row = remedy.recipient
    status = Status(row.status)
    return Row(remedy, status, statuses.label(status), types.email_type(row.type), _starts(row.session, today))


def _starts(session: TrainingSession | None, today: date) -> str:
    if session is None or session.starts_on is None or (session.ends_on or session.starts_on) < today:
        return ""
    days = (session.starts_on - today).days
    if days > follow_up.SOON.days:
        return ""
    if days < 0:
        return _("has begun")
    if days < 2:
        return _("begins tomorrow") if days else _("begins today")
    return ngettext("begins in {n} day", "begins in {n} days", days).format(n=days)
