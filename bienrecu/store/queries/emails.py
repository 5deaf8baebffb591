"""One e-mail to one person: all that is known of it, and the bytes that went out."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from bienrecu.domain.certainty import Certainty
from bienrecu.store.content import unpack
from bienrecu.store.models import Attachment, Attempt, Event, Organisation, Recipient, RecipientContent, Report

# Nobody reads more than that of one e-mail; a loop that wrote more must not take the page with it.
_MOST_EVENTS = 300
_MOST_ATTEMPTS = 100
_MOST_REPORTS = 20


@dataclass(frozen=True, slots=True)
class Case:
    """Events and attempts, the oldest first."""

    recipient: Recipient
    events: Sequence[Event]
    attempts: Sequence[Attempt]
    reports: Sequence[Report]
    attachments: Sequence[Attachment]


def find(organisation: Organisation, id: int) -> Recipient | None:
    """That organisation's recipient, with its message and session. Mails about accounts are nobody else's business."""
    rows = Recipient.objects.filter(organisation=organisation, id=id, message__confidential=False)
    return rows.select_related("message", "message__requested_by", "session").first()


def case(recipient: Recipient) -> Case:
    events = recipient.events.select_related("by").order_by("at", "id")
    return Case(
        recipient,
        list(events[:_MOST_EVENTS]),
        list(recipient.attempts.order_by("started_at", "id")[:_MOST_ATTEMPTS]),
        list(recipient.reports.order_by("received_at", "id")[:_MOST_REPORTS]),
        list(recipient.message.attachments.select_related("file").defer("file__content").order_by("id")),
    )


def words_against(case: Case) -> str:
    """What was said against the e-mail: by the last report, else by the last server that did not accept it."""
    reported = [event.words for event in case.events if event.words and event.reason == case.recipient.reason]
    replied = [attempt.reply for attempt in case.attempts if attempt.reply and not attempt.reply.startswith("2")]
    return (reported or replied or [""])[-1]


def certainty_of(case: Case) -> Certainty | None:
    """How sure the reason is that it failed or waits for; None where nobody judged any words, or noted how sure."""
    said = [event.certainty for event in case.events if event.reason and event.reason == case.recipient.reason]
    return cast(Certainty, said[-1]) if said and said[-1] else None


@dataclass(frozen=True, slots=True)
class ExactBytes:
    """A message as it went out, or as it will. `sent_sha256` was noted when it went; empty before."""

    data: bytes
    sent_sha256: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def is_intact(self) -> bool:
        return self.sent_sha256 in ("", self.sha256)


def exact_bytes(recipient: Recipient) -> ExactBytes | None:
    """None when the content is not kept any more."""
    kept = RecipientContent.objects.filter(recipient=recipient).first()
    shared = getattr(recipient.message, "content", None)
    if kept is None or not kept.head or shared is None:
        return None
    head = unpack(bytes(kept.head), bytes(shared.dictionary))
    return ExactBytes(bytes(kept.signatures) + head + bytes(shared.tail), kept.sha256)
