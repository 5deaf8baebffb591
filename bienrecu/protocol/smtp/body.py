"""The message as DATA wants it (RFC 5321 §4.5.2): CRLF line ends only, dots doubled, the final dot."""

import re

_LINE_END = re.compile(rb"\r\n|\r|\n")


def on_the_wire(content: tuple[bytes, ...]) -> list[bytes]:
    """The pieces to write, the last one ends with the final dot.

    A piece that needs no change is the same object: what all recipients share is not copied for each."""
    pieces = [piece for piece in content if piece]
    if not all(piece.endswith(b"\r\n") for piece in pieces[:-1]):
        pieces = [b"".join(pieces)]
    pieces = [_dots_doubled(_crlf_only(piece)) for piece in pieces]
    ends_a_line = not pieces or pieces[-1].endswith(b"\r\n")
    return [*pieces, b".\r\n" if ends_a_line else b"\r\n.\r\n"]


def _crlf_only(piece: bytes) -> bytes:
    # A server that takes a bare LF for a line end would see a second message in ours (SMTP smuggling).
    if piece.count(b"\r\n") == piece.count(b"\n") == piece.count(b"\r"):
        return piece
    return _LINE_END.sub(b"\r\n", piece)


def _dots_doubled(piece: bytes) -> bytes:
    if b"\r\n." in piece:
        piece = piece.replace(b"\r\n.", b"\r\n..")
    return b"." + piece if piece.startswith(b".") else piece
