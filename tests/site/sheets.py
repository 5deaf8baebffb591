"""Files of people as tests need them: workbooks written by hand, cell by cell, so that they can be wrong on purpose."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_WORKBOOK = (
    f'<workbook xmlns="{_MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
HEAD, FOOT = f'<worksheet xmlns="{_MAIN}"><sheetData>', "</sheetData></worksheet>"


def workbook(rows: Iterable[Sequence[str]], after: str = "") -> bytes:
    """An XLSX file of text cells; `after` is what stands in the sheet behind its data, such as merged cells."""
    lines = ("<row>" + "".join(map(text_cell, cells)) + "</row>" for cells in rows)
    return book_of(HEAD + "".join(lines) + "</sheetData>" + after + "</worksheet>")


def text_cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>' if text else "<c/>"


def book_of(sheet: str | bytes, **others: str | bytes) -> bytes:
    """A workbook whose only sheet is `sheet`, word for word; `others` are further parts by name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", _WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", _RELATIONS)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, content in others.items():
            archive.writestr(name, content)
    return file.getvalue()
