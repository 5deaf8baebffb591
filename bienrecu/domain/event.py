"""What can happen to one recipient's message. Events are evidence: they are added, never changed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bienrecu.domain.reason import Reason

OURS = "Bien Reçu: "
"""Opens what stands in the place of a server's reply when it is us who speak."""


class Kind(StrEnum):
    """The values are stored: they never change meaning. What each proves: `domain/status.py`."""

    # Us
    REQUESTED = "requested"
    SUPPRESSED = "suppressed"  # not tried: the address failed or complained before
    UNSENDABLE = "unsendable"  # a fault on our side: relay login, template, attachment
    DEFERRED = "deferred"  # put off by the other side, or not reached (RFC 5321 4yz)
    INTERRUPTED = "interrupted"  # our process died after it began to transmit (RFC 1047)
    NOTE = "note"  # somebody noted that it was handed over another way
    RESENT = "resent"  # somebody sent it again: what follows happens to another recipient's row
    # Their servers, while we talk to them
    HANDED_OVER = "handed_over"  # a relay answered 250
    LINE_LOST = "line_lost"  # the line died after the final dot: accepted or not, nobody can say
    DELIVERED = "delivered"  # the recipient's own mail server accepted it, or its report says so
    REFUSED = "refused"  # 5yz
    EXPIRED = "expired"  # temporary refusals until we gave up; the reason is the last cause
    # What comes back later (RFC 3464 actions, RFC 3834, RFC 5965, RFC 8098)
    RELAYED = "relayed"  # gone on to a system that will not tell more
    DELAYED = "delayed"
    RETURNED = "returned"  # a report: failed
    AUTO_REPLY = "auto_reply"
    CHALLENGE = "challenge"
    COMPLAINT = "complaint"
    DISPLAYED = "displayed"  # the recipient's mail program sent a read receipt
    REPLIED = "replied"
    # The recipient
    OPENED = "opened"  # a credible human load of the image, with consent
    MACHINE_LOAD = "machine_load"
    CONFIRMED = "confirmed"
    UNSUBSCRIBED = "unsubscribed"  # by the link in it (RFC 8058), no more e-mails of its type
    SUBSCRIBED_AGAIN = "subscribed_again"
    DOWNLOADED = "downloaded"  # they pressed "Download" on the page of a file sent as a link


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, at a time with its zone."""

    kind: Kind
    at: datetime
    reason: Reason | None = None
