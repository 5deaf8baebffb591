"""The facts that a record carries for `bienrecu verify`: the lines of `spool`, gzipped.

A PDF has them as an attached file, a spreadsheet as text in base64 in pieces that fit a cell. They are only taken out
of files whose seal has been found whole."""

import gzip
import io
import re
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator

from bienrecu.proof.facts import Format, Line
from bienrecu.proof.spool import of_line

MARK = "bienrecu-data-1"
"""Stands before the pieces."""

_PIECE = 30_000  # characters; a cell takes 32,767

_CELL = re.compile(rb"<t>([^<]*)</t>")
_LENGTH = re.compile(rb"/Length (\d+)")
_ATTACHED = b"/Type /EmbeddedFile\n>>\nstream\n"


def packed(lines: Iterable[bytes]) -> bytes:
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packer:
        packer.writelines(lines)
    return file.getvalue()


def pieces(data: bytes) -> Iterator[str]:
    text = b64encode(data).decode()
    return (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))


def unpacked(file: bytes) -> Iterator[Line]:
    """The facts carried by `file`, a record of ours whose seal is whole."""
    data = _OUT_OF[kind(file)](file)
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as lines:
        yield from map(of_line, lines)


def kind(file: bytes) -> Format:
    if file.startswith(b"%PDF"):
        return Format.PDF
    return Format.XLSX if file.startswith(b"PK") else Format.CSV


def _of_pdf(file: bytes) -> bytes:
    start = file.index(_ATTACHED)
    length = _LENGTH.search(file, file.rindex(b" 0 obj", 0, start))
    assert length is not None
    start += len(_ATTACHED)
    return file[start : start + int(length[1])]


def _of_xlsx(file: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        cells = _CELL.findall(book.read(max(sheets)))
    return b64decode(b"".join(cells[cells.index(MARK.encode()) + 1 :]))


def _of_csv(file: bytes) -> bytes:
    # What people wrote may say the same, but only before it.
    lines = file[file.rindex(b"\r\n" + MARK.encode() + b"\r\n") :].split(b"\r\n")
    return b64decode(b"".join(lines[2:-1]))


_OUT_OF = {Format.PDF: _of_pdf, Format.XLSX: _of_xlsx, Format.CSV: _of_csv}
