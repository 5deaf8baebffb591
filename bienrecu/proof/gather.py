"""From the store to facts: a few questions for each few hundred e-mails, whatever their number.

The events are read once, and the status is what they prove: each e-mail of a record is in accord with itself even
while others are still being delivered."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from django.db.models import Exists, OuterRef

from bienrecu.domain.event import Event as Fact
from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Standing, standing
from bienrecu.proof.facts import MOST_EVENTS, AttachmentFacts, EmailFacts, EventFacts, MessageFacts, Missing
from bienrecu.proof.spool import Spool
from bienrecu.store.models import (
    Attachment,
    ContactRole,
    Event,
    Message,
    Recipient,
    RecipientContent,
    TrainingSession,
)
from bienrecu.store.queries.filters import Filters

CHUNK = 200

Step = Callable[[int], None]
"""Told how many more are done."""


def asked_for(session: TrainingSession, filters: Filters, zone: tzinfo, most: int) -> list[int]:
    """The e-mails that the filtered History of `session` shows, oldest request first; at most one more than `most`."""
    rows = Recipient.objects.filter(filters.condition(zone), session=session)
    if filters.statuses:
        rows = rows.filter(status__in=filters.statuses)
    return list(rows.order_by("requested_at", "id").values_list("id", flat=True)[: most + 1])


def gather(ids: Sequence[int], spool: Spool, step: Step) -> Counter[str]:
    """Puts the e-mails `ids` and their messages into `spool`; how many stand at each status, by its code."""
    counts: Counter[str] = Counter()
    current: int | None = None
    for start in range(0, len(ids), CHUNK):
        for message, email in of_some(ids[start : start + CHUNK]):
            if message.id != current:
                spool.add(message)
                current = message.id
            spool.add(email)
            counts[email.status] += 1
        step(min(CHUNK, len(ids) - start))
    return counts


def of_some(ids: Sequence[int]) -> Iterator[tuple[MessageFacts, EmailFacts]]:
    """The facts about a few e-mails, in the order of `ids`; without those that are gone."""
    rows = Recipient.objects.select_related("message__requested_by").in_bulk(ids)
    events, content, resends = _events(ids), _hashes(ids), _resends(ids)
    messages = _messages([row.message for row in rows.values()])
    for row in (rows[id] for id in ids if id in rows):
        yield messages[row.message_id], _email(row, events[row.id], content.get(row.id, ""), resends[row.id])


def missing(session: TrainingSession, filters: Filters, spool: Spool) -> int:
    """Puts into `spool` the participants who have no e-mail of a type that others have; how many such lines.

    It goes by all e-mails of the session: a filter narrows the types only."""
    used = Message.objects.filter(session=session, cancelled_at=None, recipient_count__gt=0)
    types = sorted(set(used.values_list("type", flat=True)) & set(filters.types or used.values_list("type", flat=True)))
    number = 0
    for type in types:
        for contact in _without(session, type).order_by("last_name", "first_name", "id").iterator(CHUNK):
            spool.add(Missing(type, contact.name, contact.email))
            number += 1
    return number


def _without(session: TrainingSession, type: str) -> Any:
    sent = Recipient.objects.filter(session=session, type=type)
    return session.participants.filter(
        ~Exists(sent.filter(contact=OuterRef("pk"))),
        ~Exists(sent.filter(organisation=session.organisation_id, address=OuterRef("email"))),
        role=ContactRole.PARTICIPANT,
    )


def _email(row: Recipient, events: list[EventFacts], sha256: str, resends: list[int]) -> EmailFacts:
    stands = _standing(row, events)
    return EmailFacts(
        id=row.id,
        message=row.message_id,
        type=row.type,
        role=row.role,
        name=row.name,
        address=row.address,
        subject=row.subject,
        requested_at=_utc(row.requested_at),
        sent_at=_utc(row.sent_at) if row.sent_at else None,
        status=stands.status.code,
        since=_utc(stands.since),
        reason=stands.reason or "",
        flags=int(stands.flags),
        sha256=sha256,
        resend_of=row.resend_of_id,
        resends=resends,
        events=events[:MOST_EVENTS],
        more_events=max(0, len(events) - MOST_EVENTS),
    )


def _standing(row: Recipient, events: Sequence[EventFacts]) -> Standing:
    facts = [Fact(Kind(event.kind), event.at, Reason(event.reason) if event.reason else None) for event in events]
    return standing([Fact(Kind.REQUESTED, _utc(row.requested_at)), *facts])


def _events(ids: Sequence[int]) -> dict[int, list[EventFacts]]:
    found: dict[int, list[EventFacts]] = defaultdict(list)
    rows = Event.objects.filter(recipient__in=ids).select_related("attempt", "by")
    rows = rows.defer("attempt__transcript", "attempt__reply").order_by("recipient_id", "at", "id")
    for row in rows.iterator(1000):
        found[row.recipient_id].append(
            EventFacts(
                id=row.id,
                kind=row.kind,
                at=_utc(row.at),
                reason=row.reason,
                words=row.words,
                server=_server(row),
                by=str(row.by) if row.by else "",
            )
        )
    return found


def _server(event: Event) -> str:
    """ "mx1.exemple.fr [192.0.2.1]", as far as known."""
    attempt = event.attempt
    if attempt is None:
        return ""
    return f"{attempt.host} [{attempt.ip}]".strip() if attempt.ip else attempt.host


def _hashes(ids: Sequence[int]) -> dict[int, str]:
    return dict(RecipientContent.objects.filter(recipient__in=ids).values_list("recipient_id", "sha256"))


def _resends(ids: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for of, id in Recipient.objects.filter(resend_of__in=ids).order_by("id").values_list("resend_of_id", "id"):
        found[of].append(id)
    return found


def _messages(messages: Sequence[Message]) -> dict[int, MessageFacts]:
    kept = {message.id: message for message in messages}
    attached: dict[int, list[AttachmentFacts]] = defaultdict(list)
    for of, *values in (
        Attachment.objects.filter(message__in=kept)
        .order_by("id")
        .values_list("message_id", "name", "size", "sha256", "linked")
    ):
        attached[of].append(AttachmentFacts(*values))
    return {id: _message(message, attached[id]) for id, message in kept.items()}


def _message(message: Message, attachments: list[AttachmentFacts]) -> MessageFacts:
    return MessageFacts(
        id=message.id,
        type=message.type,
        subject=message.subject,
        sender=f"{message.author_name} <{message.author_address}>".strip(),
        reply_to=message.reply_address,
        requested_at=_utc(message.requested_at),
        requested_by=str(message.requested_by) if message.requested_by else "",
        attachments=attachments,
    )


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
