"""Reading a delivery status notification (RFC 3464, 3461, 6522; RFC 6533 for what goes beyond ASCII).

Only the machine-readable part counts: the words around it may be in any language, and the message it returns may
itself be a report."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from itertools import chain, islice

from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.protocol.message.parse import Fields, Part, parse, read_fields
from bienrecu.protocol.returned import first_field, returned_headers

MAX_RECIPIENTS = 1000
MAX_STATUS = 1024 * 1024
"""Bytes of the machine-readable part that are read."""

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})

_FIELDS_IN_TEXT = re.compile(r"^(?:final|original)-recipient[ \t]{0,8}:", re.IGNORECASE | re.MULTILINE)
_BLANK_LINES = re.compile(rb"(?:\r?\n[ \t]*){2,}")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")  # RFC 3461 §4
_UTF8_XTEXT = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")  # RFC 6533 §3


class Action(StrEnum):
    """What the reporting server did for one recipient (RFC 3464 §2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True)
class RecipientReport:
    """What a report says of one recipient. What it does not say is empty.

    `original_recipient` is the address as we gave it, `final_recipient` what became of it on the way.
    `diagnostic` is the whole Diagnostic-Code on one line, word for word, with its type ("smtp; 550 ...")."""

    final_recipient: str
    original_recipient: str
    action: Action
    status: EnhancedCode | None
    diagnostic: str
    remote_mta: str
    will_retry_until: datetime | None

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses it names, ours first."""
        return tuple(filter(None, (self.original_recipient, self.final_recipient)))


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """`returned_message_id` and `returned_headers` are those of the message that the report is about."""

    reporting_mta: str
    envid: str
    arrival_date: datetime | None
    recipients: tuple[RecipientReport, ...]
    returned_message_id: str
    returned_headers: Fields


def parse_report(raw: bytes) -> DeliveryReport | None:
    """The report in `raw`, or None when it is no standard one. Never raises."""
    return read_report(parse(raw))


def read_report(message: Part) -> DeliveryReport | None:
    """The report in a parsed message. A report enclosed in a message that somebody forwards is not theirs."""
    parts = list(message.walk())
    # Usually one; some gateways put their words into a first one.
    statuses = [part.content()[:MAX_STATUS] for part in parts if part.content_type in _STATUS_TYPES]
    if not statuses:
        return None
    groups = list(islice(chain.from_iterable(map(_groups, statuses)), MAX_RECIPIENTS + 1))
    about = next((group for group in groups if "reporting-mta" in group), {})
    returned = returned_headers(parts)
    return DeliveryReport(
        reporting_mta=_value(about, "reporting-mta"),
        envid=_from_xtext(about.get("original-envelope-id", "")),
        arrival_date=_date(about.get("arrival-date", "")),
        recipients=tuple(filter(None, map(_recipient, groups)))[:MAX_RECIPIENTS],
        returned_message_id=first_field(returned, "Message-ID"),
        returned_headers=returned,
    )


def recipients_in(text: str) -> Iterator[RecipientReport]:
    """The recipients of a report whose fields stand in a part that is said to be text, or among broken parts."""
    if _FIELDS_IN_TEXT.search(text[:MAX_STATUS]):
        groups = islice(_groups(text[:MAX_STATUS].encode("utf-8", "replace")), MAX_RECIPIENTS + 1)
        yield from islice(filter(None, map(_recipient, groups)), MAX_RECIPIENTS)


def _groups(content: bytes) -> Iterator[dict[str, str]]:
    """The groups of fields, names in lower case. Where the blank line between two groups was lost, a field of
    which a recipient has but one begins the next."""
    for block in _BLANK_LINES.split(content.strip()):
        yield from _split_where_repeated(read_fields(block))


_ONE_PER_RECIPIENT = frozenset({"original-recipient", "final-recipient", "action"})


def _split_where_repeated(fields: Iterable[tuple[str, str]]) -> Iterator[dict[str, str]]:
    group: dict[str, str] = {}
    for name, value in ((name.lower(), value) for name, value in fields):
        if name in group and name in _ONE_PER_RECIPIENT:
            yield group
            group = {}
        group.setdefault(name, value)
    yield group


def _recipient(group: dict[str, str]) -> RecipientReport | None:
    """None for a group that names nobody, or does not say what was done."""
    status = EnhancedCode.find(group.get("status", ""))
    action = _action(group.get("action", ""), status) or _action_of_reply(group.get("diagnostic-code", ""))
    final, original = (_address(group.get(name, "")) for name in ("final-recipient", "original-recipient"))
    if action is None or not (final or original):
        return None
    return RecipientReport(
        final_recipient=final,
        original_recipient=original,
        action=action,
        status=status,
        diagnostic=group.get("diagnostic-code", ""),
        remote_mta=_value(group, "remote-mta"),
        will_retry_until=_date(group.get("will-retry-until", "")),
    )


_ACTIONS = {str(action): action for action in Action}
_REPLY_CLASS = re.compile(r"(?:smtp;)?\s{0,9}([245])\d\d(?=[ -]|$)", re.IGNORECASE)
_ACTION_OF_CLASS = {5: Action.FAILED, 4: Action.DELAYED, 2: Action.DELIVERED}


def _action(value: str, status: EnhancedCode | None) -> Action | None:
    """The action given, whatever the status; without one, what the class of the status allows to say."""
    first_word = next(iter(value.lower().split()), "")
    return _ACTIONS.get(first_word) or (_ACTION_OF_CLASS.get(status.klass) if status else None)


def _action_of_reply(diagnostic: str) -> Action | None:
    """What the reply that it quotes allows to say, where both fields that must be there are missing."""
    match = _REPLY_CLASS.match(diagnostic)
    return _ACTION_OF_CLASS.get(int(match[1])) if match else None


def _value(group: dict[str, str], name: str) -> str:
    """A field of the form "type; value" without its type."""
    given, semicolon, value = group.get(name, "").partition(";")
    return (value if semicolon else given).strip()


def _address(field: str) -> str:
    """The address in "rfc822; <paul@example.org> (a comment)", whatever is missing of it."""
    kind, semicolon, value = field.partition(";")
    kind, value = (kind.strip().lower(), value) if semicolon else ("", field)
    if kind == "utf-8":
        value = _UTF8_XTEXT.sub(lambda match: _character(int(match[1], 16)), value)
    value = value.strip()
    address = value[1:].partition(">")[0] if value.startswith("<") else next(iter(value.split()), "")
    return address if "@" in address else _from_xtext(address)


def _character(number: int) -> str:
    is_character = 0 < number < 0xD800 or 0xDFFF < number <= 0x10FFFF
    return chr(number) if is_character else "\ufffd"


def _from_xtext(text: str) -> str:
    return _XTEXT.sub(lambda match: _character(int(match[1], 16)), text.strip())


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
