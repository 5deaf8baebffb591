"""What can be said of an e-mail before it is sent: a rule, how much it weighs, and the facts of the case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """The weightiest first. Only what is BLOCKING keeps an e-mail from leaving."""

    BLOCKING = "blocking"
    STRONG = "strong"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class Rule(StrEnum):
    """Of what is of one weight, what stands first here is told first."""

    SUBJECT_MISSING = "subject_missing"
    VARIABLE_UNRESOLVED = "variable_unresolved"
    GREETING_EMPTY = "greeting_empty"
    ATTACHMENT_FORBIDDEN = "attachment_forbidden"
    ATTACHMENTS_HEAVY = "attachments_heavy"
    FROM_MAILBOX_PROVIDER = "from_mailbox_provider"
    ADDRESS_IN_SENDER_NAME = "address_in_sender_name"
    REPLIES_LEAVE_DOMAIN = "replies_leave_domain"
    REPLIES_TO_MAILBOX_PROVIDER = "replies_to_mailbox_provider"
    LINK_TEXT_DIFFERS = "link_text_differs"
    LINK_LOOKALIKE = "link_lookalike"
    LINK_TO_NUMBER = "link_to_number"
    LINK_WITH_USER = "link_with_user"
    LINK_SHORTENED = "link_shortened"
    LINK_ODD_PORT = "link_odd_port"
    TEXT_HIDDEN = "text_hidden"
    IMAGE_ONLY = "image_only"
    LINK_ONLY = "link_only"
    SUBJECT_LINK = "subject_link"
    SUBJECT_FAKE_REPLY = "subject_fake_reply"
    SUBJECT_CAPITALS = "subject_capitals"
    SUBJECT_PUNCTUATION = "subject_punctuation"
    SUBJECT_LONG = "subject_long"
    HTML_ACTIVE = "html_active"
    HTML_HEAVY = "html_heavy"
    ATTACHMENT_RISKY = "attachment_risky"
    TEXT_SHORT_FOR_IMAGES = "text_short_for_images"
    TEXT_SHORT_FOR_LINKS = "text_short_for_links"
    TEXT_TINY = "text_tiny"
    TEXT_FAINT = "text_faint"
    TEXT_PART_MISSING = "text_part_missing"
    TEXT_PART_DIFFERS = "text_part_differs"
    HEADER_INCOMPLETE = "header_incomplete"
    RECIPIENT_MISTYPED = "recipient_mistyped"
    RECIPIENTS_FAILED_BEFORE = "recipients_failed_before"
    SUBJECT_CURRENCY = "subject_currency"


@dataclass(frozen=True, slots=True)
class Advice:
    """`facts` are what its sentences name."""

    rule: Rule
    severity: Severity
    facts: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def rank(self) -> tuple[int, int]:
        """To sort by: worst first."""
        return self.severity.rank, list(Rule).index(self.rule)
