"""Encoded words: text beyond ASCII inside a header field (RFC 2047)."""

import base64
from collections.abc import Callable, Iterator, Sized

_LONGEST = 75
_FRAME = len("=?utf-8?q?") + len("?=")
# What may stand for itself in every place an encoded word can be, phrases included (RFC 2047 §5 (3)).
_SAFE = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/"
_Q = [chr(octet) if octet in _SAFE else f"={octet:02X}" for octet in range(256)]
_Q[ord(" ")] = "_"


def encoded_words(text: str, room: int) -> list[str]:
    """`text` as encoded words of at most 75 characters, the first of at most `room`; none splits a character.

    Put white space between them: readers drop it. "Q" or "B", whichever is shorter."""
    # A character of four octets must fit even behind the longest name of a field.
    first, rest = max(room - _FRAME, 12), _LONGEST - _FRAME
    if 3 * len(_quoted(text)) <= 4 * len(text.encode()):
        return [f"=?utf-8?q?{_quoted(piece)}?=" for piece in _pieces(text, _quoted, first, rest)]
    pieces = _pieces(text, str.encode, first // 4 * 3, rest // 4 * 3)
    return [f"=?utf-8?b?{_base64(piece)}?=" for piece in pieces]


def _quoted(text: str) -> str:
    return "".join([_Q[octet] for octet in text.encode()])


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _pieces(text: str, form: Callable[[str], Sized], room: int, rest: int) -> Iterator[str]:
    """`text` cut so that `form` of the first piece is no longer than `room`, of the others than `rest`."""
    start = used = 0
    for at, character in enumerate(text):
        size = len(form(character))
        if used + size > room:
            yield text[start:at]
            start, used, room = at, 0, rest
        used += size
    yield text[start:]
