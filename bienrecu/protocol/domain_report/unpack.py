"""Reports come in ZIP or gzip, as attachments or bare, and from anybody: all of it is bounded, nothing raises."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from bienrecu.protocol.domain_report.dmarc import DmarcReport, read_dmarc
from bienrecu.protocol.domain_report.tls import TlsReport, read_tls
from bienrecu.protocol.message.parse import parse

MOST_OCTETS = 10 * 1024 * 1024
"""Of one document, unpacked; and of what is read in all."""
MOST_DOCUMENTS = 20
_DEEPEST = 3
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"


def read_reports(raw: bytes) -> list[DmarcReport | TlsReport]:
    """All reports in `raw`: a mail, an archive or the document itself. What is none, or too much, is left out."""
    found: list[DmarcReport | TlsReport] = []
    left = _Budget()
    for document in _documents(raw[: 2 * MOST_OCTETS], left, 0):
        report = read_tls(document) if document.lstrip()[:1] == b"{" else read_dmarc(document)
        if report is not None:
            found.append(report)
    return found


class _Budget:
    def __init__(self) -> None:
        self.octets, self.documents = MOST_OCTETS, MOST_DOCUMENTS

    def spend(self, octets: int) -> bool:
        self.octets -= octets
        self.documents -= 1
        return self.octets >= 0 and self.documents >= 0


def _documents(raw: bytes, left: _Budget, depth: int) -> Iterator[bytes]:
    if depth > _DEEPEST:
        return
    if raw.startswith(_GZIP):
        inside = _gunzipped(raw)
        yield from _documents(inside, left, depth + 1) if inside else ()
    elif raw.startswith(_ZIP):
        for inside in _unzipped(raw):
            yield from _documents(inside, left, depth + 1)
    elif raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"<", b"{"):
        if left.spend(len(raw)):
            yield raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    elif depth == 0:
        for part in parse(raw, 2 * MOST_OCTETS).walk():
            if not part.parts:
                yield from _documents(part.content(), left, depth + 1)


def _gunzipped(raw: bytes) -> bytes:
    """Nothing when it is damaged or holds more than one document may."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        inside = unpacker.decompress(raw, MOST_OCTETS)
    except zlib.error:
        return b""
    return b"" if unpacker.unconsumed_tail else inside


def _unzipped(raw: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for entry in archive.infolist()[:MOST_DOCUMENTS]:
                with archive.open(entry) as file:
                    inside = file.read(MOST_OCTETS + 1)  # whatever size it says that it has
                if len(inside) <= MOST_OCTETS:
                    yield inside
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, ValueError, OSError, EOFError):
        return
