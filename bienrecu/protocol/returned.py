"""The message that a report returns, whole or its header alone (RFC 3462, 6533)."""

from collections.abc import Iterable

from bienrecu.protocol.message.parse import Fields, Part, read_header

_TYPES = frozenset(
    {
        "message/rfc822",
        "message/global",
        "text/rfc822-headers",
        "text/rfc822-header",
        "message/rfc822-headers",
        "message/global-headers",
    }
)


def returned_headers(parts: Iterable[Part]) -> Fields:
    """The header fields of the first message returned; empty when none is."""
    returned = next((part for part in parts if part.content_type in _TYPES), None)
    return read_header(returned.content().lstrip()) if returned else ()


def first_field(fields: Fields, *names: str) -> str:
    """The first field with one of `names`, in the order of the names; "" when there is none."""
    for name in names:
        for known, value in fields:
            if known.lower() == name.lower():
                return value.strip()
    return ""
