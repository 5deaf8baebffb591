"""Records made for tests, and what stands in them."""

import csv
import io
import re
import zipfile
from typing import Any
from xml.etree import ElementTree

from bienrecu.proof import make as making
from bienrecu.proof.paper import Paper
from bienrecu.store.models import Export, TrainingSession

NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def an_export(session: TrainingSession, format: str = "csv", language: str = "fr", **fields: Any) -> Export:
    return Export.objects.create(
        organisation=session.organisation, session=session, format=format, language=language, **fields
    )


def made(session: TrainingSession, format: str = "csv", language: str = "fr", **fields: Any) -> bytes:
    """The file of a record of `session`."""
    export = an_export(session, format, language, **fields)
    return bytes(making.make(export, lambda steps: None, lambda count: None).content)


def rows_of_csv(file: bytes) -> list[list[str]]:
    text = file.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if text.startswith("N°;") else ","))


def emails_of_csv(file: bytes) -> list[dict[str, str]]:
    """The table, by the names of its columns."""
    head, *rows = rows_of_csv(file)
    return [dict(zip(head, row, strict=True)) for row in rows[: rows.index([])]]


def sheets_of_xlsx(file: bytes) -> list[list[list[str]]]:
    """Each sheet, row by row, cell by cell."""
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        names = sorted(name for name in book.namelist() if re.match(r"xl/worksheets/sheet\d\.xml", name))
        return [_rows(ElementTree.fromstring(book.read(name))) for name in names]


def _rows(sheet: ElementTree.Element) -> list[list[str]]:
    return [["".join(cell.itertext()) for cell in row.iter(f"{NAMESPACE}c")] for row in sheet.iter(f"{NAMESPACE}row")]


class Printed:
    """What a PDF shows, page by page, noted while it is written."""

    def __init__(self, monkeypatch: Any) -> None:
        self.lines: list[tuple[int, str]] = []
        put = Paper.put

        def noting(paper: Paper, line: str, *args: Any, **more: Any) -> None:
            self.lines.append((paper.pdf.page, line))
            put(paper, line, *args, **more)

        monkeypatch.setattr(Paper, "put", noting)

    @property
    def text(self) -> str:
        return " ".join(line for _page, line in self.lines)

    def pages(self) -> list[str]:
        last = max(page for page, _line in self.lines)
        return [" ".join(line for on, line in self.lines if on == page) for page in range(1, last + 1)]
