"""A record as XLSX: what it is of, the e-mails, what is missing, and the facts it carries, a sheet each.

Rows go to disk one by one, so that their number costs no memory. Nothing is ever written as a formula."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from bienrecu.proof import carried, words
from bienrecu.proof.facts import Header
from bienrecu.proof.gather import Step
from bienrecu.proof.spool import Spool, all_lines
from bienrecu.wording import types

_MOST = 32_767  # characters in a cell
_WIDTHS = (8, 20, 22, 28, 12, 34, 34, 26, 18, 26, 20, 26, 44, 24, 24, 30, 44, 66, 50, 10, 12, 90)


class Book:
    """A workbook whose sheets all bear what a record does not establish, and their page number."""

    def __init__(self, path: Path, header: Header) -> None:
        self.book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
        # The same facts make the same file.
        self.book.set_properties({"title": words.title(), "author": "Bien Reçu", "created": header.made_at})
        self.bold = self.book.add_format({"bold": True, "valign": "top"})
        self.head = self.book.add_format({"bold": True, "bg_color": "#EAF0FC", "bottom": 1, "valign": "top"})
        self.wrap = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.top = self.book.add_format({"valign": "top"})
        self.limits = self.book.add_format({"italic": True, "font_color": "#566073"})

    def sheet(self, name: str, widths: Sequence[int], head: Sequence[str] = ()) -> "Sheet":
        page = self.book.add_worksheet(name)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.set_footer("&R&P / &N")
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        sheet = Sheet(self, page)
        sheet.row([words.limits()], self.limits)
        if head:
            sheet.row(head, self.head)
            page.freeze_panes(sheet.next, 0)
        page.repeat_rows(0, sheet.next - 1)
        return sheet


class Sheet:
    def __init__(self, book: Book, page: Any) -> None:
        self.book, self.page, self.next = book, page, 0

    def row(self, cells: Iterable[str], look: Any = None) -> None:
        for column, cell in enumerate(cells):
            if cell:
                self.page.write_string(self.next, column, cell[:_MOST], look or self.book.top)
        self.next += 1

    def rows(self, rows: Iterable[Iterable[str]], look: Any = None) -> None:
        for row in rows:
            self.row(row, look)


def write(file: IO[bytes], header: Header, emails: Spool, missing: Spool, seal: bytes, step: Step) -> None:
    with tempfile.TemporaryDirectory(prefix="bienrecu-record-") as folder:
        path = Path(folder) / "record.xlsx"
        book = Book(path, header)
        _about(book, header)
        _emails(book, header, emails, step)
        _missing(book, header, emails, missing)
        _data(book, carried.packed(all_lines(header, emails, missing)))
        book.book.close()
        with zipfile.ZipFile(path, "a") as package:
            package.comment = seal
        with path.open("rb") as made:
            shutil.copyfileobj(made, file)


def _about(book: Book, header: Header) -> None:
    sheet = book.sheet(_("Record"), (28, 60, 100))
    sheet.row([])
    sheet.row([words.title()], book.bold)
    sheet.rows(words.about(header))
    sheet.row([])
    sheet.row([_("Status"), _("E-mails"), _("What this status says")], book.head)
    sheet.rows([label, str(count), said] for label, count, said in words.summary(header))


def _emails(book: Book, header: Header, emails: Spool, step: Step) -> None:
    sheet, zone = book.sheet(_("E-mails"), _WIDTHS, words.columns()), words.zone_of(header)
    for message, email in emails.messages():
        sheet.row(words.cells(message, email, zone))
        step(1)
    sheet.page.autofilter(1, 0, max(1, sheet.next - 1), len(_WIDTHS) - 1)


def _missing(book: Book, header: Header, emails: Spool, missing: Spool) -> None:
    sheet = book.sheet(_("What is missing"), (26, 26, 30, 34, 24, 50))
    sheet.row([])
    sheet.row([words.not_received_title()], book.bold)
    sheet.rows(words.not_received(email) for _message, email in emails.messages() if not email.has_arrived)
    if not header.not_received:
        sheet.row([words.none()])
    sheet.row([])
    sheet.row([words.missing_title()], book.bold)
    sheet.rows([types.email_type(one.type), one.name, one.address] for one in missing.missing())
    if not header.missing:
        sheet.row([words.none()])


def _data(book: Book, data: bytes) -> None:
    sheet = book.sheet(_("Data"), (100,))
    sheet.row([_("For “bienrecu verify”: the same facts, for a program.")])
    sheet.row([carried.MARK])
    sheet.rows([piece] for piece in carried.pieces(data))
