"""A file of rows, whatever it was written with: CSV, or an XLSX workbook. What it is decides, not its name.

Only values are read: a cell that begins with "=" is text."""

from django.utils.translation import gettext as _

from bienrecu.submission.people.csv_file import csv_rows
from bienrecu.submission.people.limits import MOST_OCTETS, BadFile, Budget, Row, clean
from bienrecu.submission.people.xlsx_file import xlsx_rows


def read_table(raw: bytes) -> list[Row]:
    """The rows of a file that are not empty, at most 100 cells each. Raises BadFile."""
    if not raw:
        raise BadFile(_("it is empty"))
    if len(raw) > MOST_OCTETS:
        raise BadFile(_("it is larger than %d MB") % (MOST_OCTETS // 1_000_000))
    budget = Budget()
    rows = xlsx_rows(raw, budget) if raw.startswith(b"PK") else csv_rows(raw, budget)
    cleaned = ((number, [clean(cell) for cell in cells]) for number, cells in rows)
    return [row for row in cleaned if any(row[1])]
