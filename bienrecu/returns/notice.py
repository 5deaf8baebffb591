"""Reports without a machine-readable part: each system has words and an order of its own.

Who was not reached is looked for in the surest place first: in fields like those of a standard report, in a
conversation that is quoted, at the beginning of lines, in the sentences. Only the notice's own words are read."""

from collections.abc import Callable
from dataclasses import dataclass

from bienrecu.protocol.dsn.parse import RecipientReport, recipients_in
from bienrecu.protocol.message.parse import Part, decode_words
from bienrecu.returns.auto_reply import has_away_subject
from bienrecu.returns.named import addresses_in, first_named, named_at_line
from bienrecu.returns.notice_text import RETURNED_TYPES, notice_text, original_begins, without_fields
from bienrecu.returns.notice_words import (
    is_daemon,
    is_opening_of_machine,
    is_opening_of_notice,
    is_subject_of_notice,
    says_delayed,
    says_failed,
)
from bienrecu.returns.transcript import refused_in_conversation, reply_in

_FAILED_RECIPIENTS = ("X-Failed-Recipients", "X-Mailer-Daemon-Recipients")
_OURS = ("From", "To", "Reply-To", "Return-Path", "Sender")


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice says of one recipient. `address` is empty when it names none."""

    address: str
    delayed: bool
    words: str


@dataclass(frozen=True, slots=True)
class NoticeReport:
    """All that is said; and either what fields within it say of each recipient, or what its sentences say."""

    text: str = ""
    fields: tuple[RecipientReport, ...] = ()
    notices: tuple[Notice, ...] = ()


def read_notice(message: Part) -> NoticeReport | None:
    """None when it is no notice; empty when it is one and does not say for certain what happened."""
    text = notice_text(message)
    if has_away_subject(message):
        return None
    if not (_is_by_machine(message) or (_sounds_like_notice(message, text) and _shows_evidence(message, text))):
        return None
    if fields := tuple(recipients_in(text)):
        return NoticeReport(text, fields=fields)
    said = f"{text}\n{decode_words(message.get('Subject')[:500])}"
    delayed = says_delayed(said)
    if not (delayed or says_failed(said) or failed_recipients(message) or reply_in(text)):
        return NoticeReport(text)
    named = _named(message, text) or [("", text.strip())]
    return NoticeReport(text, notices=tuple(Notice(address, delayed, words) for address, words in named))


def _is_by_machine(message: Part) -> bool:
    """Whether a mail system says that it wrote this: by its name, by a field, or by the type of a standard report,
    whose machine-readable part some lack."""
    return bool(
        failed_recipients(message)
        or is_daemon(message.get("From")[:500])
        or message.parameter("report-type").lower() == "delivery-status"
        or _returns_a_message(message)
    )


def _returns_a_message(message: Part) -> bool:
    """Without a return path of its own (RFC 5321 §4.5.5): a person who forwards a mail has one."""
    is_null = message.get("Return-Path").strip() == "<>"
    return is_null and any(part.content_type.startswith(RETURNED_TYPES) for part in message.walk())


def _sounds_like_notice(message: Part, text: str) -> bool:
    if message.get("In-Reply-To"):
        return False
    return is_subject_of_notice(decode_words(message.get("Subject")[:200])) or is_opening_of_notice(text[:600])


def _shows_evidence(message: Part, text: str) -> bool:
    """People write "your e-mail did not arrive" too. They quote no server, and return nothing."""
    return bool(
        message.get("Return-Path").strip() == "<>"
        or is_opening_of_machine(text[:200])
        or reply_in(text)
        or any(part.content_type.startswith(RETURNED_TYPES) for part in message.walk())
        or original_begins(message)
    )


def failed_recipients(message: Part) -> list[str]:
    """Those that Exim, Gmail and others name in a field of the header."""
    return addresses_in(" ".join(value for name in _FAILED_RECIPIENTS for value in message.get_all(name)))


def _named(message: Part, text: str) -> list[tuple[str, str]]:
    """Who is named, and what is said of each."""
    body, is_ours = without_fields(text), _is_ours(message)
    at_line = named_at_line(body, is_ours)
    if in_header := failed_recipients(message):
        said = {address.lower(): words for address, words in at_line}
        return [(address, said.get(address.lower(), text)) for address in in_header]
    return (
        refused_in_conversation(text)
        or at_line
        or _once(first_named(body, is_ours), text)
        or named_at_line(body, _nobody)
        or _once(first_named(decode_words(message.get("Subject")), is_ours), text)
        or _once(first_named(text, is_ours), text)
    )


def _once(address: str, words: str) -> list[tuple[str, str]]:
    return [(address, words)] if address else []


def _is_ours(message: Part) -> Callable[[str], bool]:
    """Who wrote the notice, and whom it came to, are seldom those it is about."""
    ours = {address.lower() for name in _OURS for address in addresses_in(message.get(name)[:2000])}
    return lambda address: address.lower() in ours


def _nobody(_: str) -> bool:
    return False
