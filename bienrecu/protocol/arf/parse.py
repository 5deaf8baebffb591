"""Reading a complaint report (RFC 5965; RFC 6591 for those about authentication)."""

from dataclasses import dataclass

from bienrecu.protocol.message.parse import Fields, Part, read_fields
from bienrecu.protocol.returned import first_field, returned_headers

MAX_RECIPIENTS = 1000
_RECIPIENT_FIELDS = frozenset({"original-rcpt-to", "removal-recipient", "redacted-address"})
# What is reported without anybody having complained (RFC 5965 §7.3, RFC 6430, RFC 6591).
_NO_COMPLAINT = frozenset({"not-spam", "auth-failure", "dkim", "dkim-failure"})


@dataclass(frozen=True, slots=True)
class FeedbackReport:
    """What the report does not say is empty. `recipients` are as written, with angle brackets or not."""

    feedback_type: str
    recipients: tuple[str, ...]
    envid: str
    returned_headers: Fields

    @property
    def is_complaint(self) -> bool:
        """Whether somebody declared the message as unwanted."""
        return self.feedback_type not in _NO_COMPLAINT

    @property
    def returned_message_id(self) -> str:
        return first_field(self.returned_headers, "Message-ID")


def read_feedback(message: Part) -> FeedbackReport | None:
    """The complaint in a parsed message, or None when it is no standard one. Never raises."""
    parts = list(message.walk())
    part = next((part for part in parts if part.content_type == "message/feedback-report"), None)
    if part is None:
        return None
    fields = read_fields(part.content().strip())
    named = [value.strip() for name, value in fields if name.lower() in _RECIPIENT_FIELDS]
    return FeedbackReport(
        feedback_type=first_field(fields, "Feedback-Type").lower(),
        recipients=tuple(dict.fromkeys(filter(None, named)))[:MAX_RECIPIENTS],
        envid=first_field(fields, "Original-Envelope-Id"),
        returned_headers=returned_headers(parts),
    )
