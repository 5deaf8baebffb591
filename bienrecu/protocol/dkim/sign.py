"""DKIM signatures, relaxed/relaxed (RFC 6376), with RSA and Ed25519 (RFC 8463)."""

from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

from bienrecu.protocol.dkim.canonical import relaxed_field, relaxed_lines, without_empty_lines_at_end
from bienrecu.protocol.dkim.key import Key

_OVERSIGNED = ("from", "to", "subject", "date", "reply-to")
"""Listed once more than they occur, so that adding another one breaks the signature (RFC 6376 §5.4.2, §8.15)."""
_SIGNED = (
    *_OVERSIGNED,
    *("cc", "sender", "message-id", "in-reply-to", "references", "auto-submitted"),
    *("mime-version", "content-type", "content-transfer-encoding"),
    # RFC 8058 §4 wants both signed.
    *("list-id", "list-unsubscribe", "list-unsubscribe-post"),
)
_CRLF = b"\r\n"
_FOLD = b"\r\n "
_LINE = 76
_PIECE = 72


def sign(head: bytes, tail: bytes, keys: Iterable[Key], *, now: int) -> bytes:
    """The DKIM-Signature fields to put before the message `head` + `tail`: one per key, in order, CRLF-ended.

    `head` holds at least the whole header; `now` is in seconds since 1970. Line ends are CRLF; when the last one is
    missing, what is signed is the message with it, as SMTP sends it."""
    if not head.endswith(_CRLF):
        head, tail = head + tail, b""
    header, _, body = head.partition(_CRLF + _CRLF)
    lines = relaxed_lines(_closed(body)) + relaxed_lines(_closed(tail))
    body_hash = b64encode(sha256(without_empty_lines_at_end(lines)).digest()).decode()
    names, fields = _signed_fields(_unfolded(header))
    return b"".join([_signature_field(key, names, fields, body_hash, now) for key in keys])


def _closed(lines: bytes) -> bytes:
    return lines + _CRLF if lines and not lines.endswith(_CRLF) else lines


def _unfolded(header: bytes) -> list[bytes]:
    """The fields, each on a line: folding is the first thing that canonicalisation takes away."""
    return header.replace(b"\r\n ", b" ").replace(b"\r\n\t", b"\t").split(_CRLF)


def _signed_fields(fields: list[bytes]) -> tuple[tuple[str, ...], bytes]:
    """Names as they go into h=, and the fields they stand for in their canonical form."""
    names, order = _plan(tuple([field.partition(b":")[0] for field in fields]))
    return names, b"".join([relaxed_field(fields[at]) + _CRLF for at in order])


@lru_cache(maxsize=1024)
def _plan(present: tuple[bytes, ...]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Which of the fields `present` are signed, by their places in the order of h=: messages of one sender have the
    same fields."""
    places: dict[str, list[int]] = {}
    for at, name in enumerate(present):
        places.setdefault(name.strip(b" \t").lower().decode("latin-1"), []).append(at)
    names: list[str] = []
    order: list[int] = []
    for wanted in _SIGNED:
        found = places.get(wanted, [])
        names += [wanted] * (len(found) + (wanted in _OVERSIGNED))
        order += reversed(found)  # of several, the last one is signed first (RFC 6376 §5.4.2)
    return tuple(names), tuple(order)


def _signature_field(key: Key, names: tuple[str, ...], fields: bytes, body_hash: str, now: int) -> bytes:
    sent, hashed = _frame(key.algorithm, key.domain, key.selector, names)
    filled = (now, body_hash.encode())
    signature = b64encode(key.sign(fields + hashed % filled))
    pieces = [signature[at : at + _PIECE] for at in range(0, len(signature), _PIECE)]
    return sent % filled + _FOLD.join(pieces) + _CRLF


@lru_cache(maxsize=1024)
def _frame(algorithm: str, domain: str, selector: str, names: tuple[str, ...]) -> tuple[bytes, bytes]:
    """The field but for its signature, as it is sent and as it is hashed, with places for the time and the hash of the
    body."""
    tags = f"v=1; a={algorithm}; c=relaxed/relaxed; d={domain}; s={selector}; t={_TIME};"
    *most, last = names
    tokens = [f" {tag}" for tag in tags.split()]
    tokens += [" h=", *(f"{name}:" for name in most), f"{last};", f" bh={_HASH};"]
    unsigned = _folded(tokens) + _FOLD + b"b="
    sent, hashed = (
        form.replace(_TIME.encode(), b"%010d").replace(_HASH.encode(), b"%b")
        for form in (unsigned, relaxed_field(unsigned))
    )
    return sent, hashed


# As long as what they stand for, and of no letter that a name may hold.
_TIME, _HASH = "#" * 10, "@" * 44


def _folded(tokens: Iterable[str]) -> bytes:
    """A token begins with a space where one has to be; a line break may come before any."""
    lines = ["DKIM-Signature:"]
    for token in tokens:
        if len(lines[-1]) + len(token) > _LINE:
            lines.append(token.lstrip())
        else:
            lines[-1] += token
    return _FOLD.join(line.encode() for line in lines)
