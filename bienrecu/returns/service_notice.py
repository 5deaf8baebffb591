"""What sending services write by mail instead of a report: Amazon SES, through its notification service."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.protocol.dsn.parse import Action, RecipientReport
from bienrecu.protocol.message.parse import Part

_MAX_READ = 100_000
_MAX_RECIPIENTS = 1000


@dataclass(frozen=True, slots=True)
class ServiceNotice:
    """`complained`: those who declared the message as unwanted. `message_id` is the service's own."""

    recipients: tuple[RecipientReport, ...]
    complained: tuple[str, ...]


def read_service_notice(message: Part) -> ServiceNotice | None:
    """None when it is none. Never raises."""
    text = message.text()[:_MAX_READ].lstrip() if not message.parts else ""
    if not (text.startswith("{") and "otificationType" in text):
        return None
    said = _json(text)
    complaint = _of(said, "complaint").get("complainedRecipients")
    notice = ServiceNotice(
        recipients=(*_bounced(_of(said, "bounce")), *_delivered(_of(said, "delivery"))),
        complained=tuple(filter(None, (_text(_dict(one), "emailAddress") for one in _list(complaint)))),
    )
    return notice if notice.recipients or notice.complained else None


def _json(text: str) -> dict[str, Any]:
    """The object that `text` begins with, whose lines a mail system may have folded."""
    folded = text.replace("\r\n", "\n").replace("\n ", "")
    try:
        return _dict(json.JSONDecoder(strict=False).raw_decode(folded)[0])
    except (ValueError, RecursionError):
        return {}


def _bounced(bounce: dict[str, Any]) -> Iterator[RecipientReport]:
    for one in map(_dict, _list(bounce.get("bouncedRecipients"))):
        if address := _text(one, "emailAddress"):
            status = EnhancedCode.find(_text(one, "status"))
            yield RecipientReport(address, "", Action.FAILED, status, _text(one, "diagnosticCode"), "", None)


def _delivered(delivery: dict[str, Any]) -> Iterator[RecipientReport]:
    for address in _list(delivery.get("recipients")):
        if isinstance(address, str):
            yield RecipientReport(address, "", Action.DELIVERED, None, _text(delivery, "smtpResponse"), "", None)


def _of(said: dict[str, Any], name: str) -> dict[str, Any]:
    return _dict(said.get(name))


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value[:_MAX_RECIPIENTS] if isinstance(value, list) else []


def _text(said: dict[str, Any], name: str) -> str:
    """Without what no database keeps: JSON may escape NUL and half characters."""
    value = said.get(name)
    return value.encode("utf-8", "replace").decode().replace("\0", "\ufffd")[:4000] if isinstance(value, str) else ""
