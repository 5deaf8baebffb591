"""CSV as programs write it: comma, semicolon or tab; UTF-8 with or without its mark, UTF-16, Windows-1252."""

import codecs
import csv
import io
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from bienrecu.submission.people.limits import MOST_COLUMNS, BadFile, Budget, Row

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_QUOTED = re.compile(r'"[^"]*"')
_NAMED_SEPARATOR = re.compile(r'\s*"?sep=(.)"?[^\n\r]*(?:\r\n|\n|\r)', re.IGNORECASE)  # Excel's own first line
_SEPARATORS = ";,\t"
_BEGINNING = 4000
# What a list of people cannot begin with.
_OTHERS = (b"%PDF", b"{\\rtf", b"<!DOCTYPE", b"<html", b"\x1f\x8b")
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"  # also those protected by a password


def csv_rows(raw: bytes, budget: Budget) -> Iterator[Row]:
    """Each record with its number, blank ones counted, as a spreadsheet would show it. Raises BadFile."""
    text = _decoded(raw)
    named = _NAMED_SEPARATOR.match(text)
    separator = named[1] if named and named[1] in _SEPARATORS else _separator(text[:_BEGINNING])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 1 if named else 0
    if named:
        next(reader, None)
    try:
        for cells in reader:
            number += 1
            if number % 500 == 0:
                budget.in_time()
            if any(cells):
                del cells[MOST_COLUMNS:]
                budget.spend(cells)
                yield number, cells
    except csv.Error:
        raise BadFile(_("line %d cannot be read: look for a quotation mark too many") % (number + 1)) from None


def _decoded(raw: bytes) -> str:
    if raw.startswith(_OLD_WORKBOOK):
        raise BadFile(_("it is an older Excel file, or protected by a password: save it as .xlsx or CSV, without one"))
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "") or _without_mark(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        # Mostly characters of Excel on Windows; what is none of them shows as such in the preview.
        text = raw.decode("cp1252", "replace")
    if raw.startswith(_OTHERS) or re.search(r"[\0-\x08]", text[:_BEGINNING]):
        raise BadFile(_("it is no list: save it as .xlsx or CSV"))
    return text


def _without_mark(raw: bytes) -> str:
    """UTF-16 of our letters has a zero in every other octet."""
    beginning = raw[:_BEGINNING]
    odd, even = beginning[1::2].count(0), beginning[::2].count(0)
    if max(odd, even) * 3 < len(beginning):
        return "utf-8"
    return "utf-16-le" if odd > even else "utf-16-be"


def _separator(beginning: str) -> str:
    plain = _QUOTED.sub("", beginning)
    return max(_SEPARATORS, key=plain.count)
