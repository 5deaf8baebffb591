"""A one-page PDF of plain lines, for demonstrations (ISO 32000-1, the minimum that every reader shows)."""

from collections.abc import Sequence
from dataclasses import dataclass

_A4 = b"[0 0 595 842]"  # points
_LEFT, _TOP = 64, 770


@dataclass(frozen=True, slots=True)
class Line:
    """`size` and the space `before` it are in points. Text outside WinAnsi (cp1252) is shown as question marks."""

    text: str
    size: int = 11
    bold: bool = False
    before: int = 6


def one_page(title: str, lines: Sequence[Line]) -> bytes:
    """`lines` from top to bottom; none is wrapped, and what does not fit on A4 is not shown."""
    shown = b"BT\n%d %d Td\n" % (_LEFT, _TOP) + b"".join(map(_shown, lines)) + b"ET\n"
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R /Lang (fr) /ViewerPreferences << /DisplayDocTitle true >> >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Contents 4 0 R /Resources "
            b"<< /Font << /F1 5 0 R /F2 6 0 R >> >> >>" % _A4,
            b"<< /Length %d >>\nstream\n%sendstream" % (len(shown), shown),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
            b"<< /Title %s >>" % _string(title),
        ]
    )


def _shown(line: Line) -> bytes:
    down = line.before + line.size
    return b"/F%d %d Tf\n0 %d Td\n%s Tj\n" % (2 if line.bold else 1, line.size, -down, _string(line.text))


def _string(text: str) -> bytes:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return b"(" + escaped.encode("cp1252", "replace") + b")"


def _file(objects: Sequence[bytes]) -> bytes:
    """`objects` numbered from 1; the first is the catalogue, the last the information dictionary."""
    content, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    return bytes(content) + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (count, table, count, count - 1, len(content))
    )
