"""XLSX workbooks (ECMA-376 part 1): the values of the first visible sheet that has any.

Read as a stream, a piece at a time, with nothing built but the cells that are kept: a workbook of 90 kB can describe
a sheet of 16 billion cells, or a row of three million, and libraries that build either take the process with them."""

import io
import posixpath
import re
import zipfile
import zlib
from datetime import datetime, timedelta
from xml.parsers import expat

from django.utils.translation import gettext as _

from bienrecu.submission.people.limits import MOST_COLUMNS, MOST_OF_A_CELL, BadFile, Budget, Row

MOST_UNZIPPED = 100_000_000
_MOST_ENTRIES = 2000
_MOST_SHEETS = 10
_MOST_TEXTS = 1_000_000
# The parser keeps every element that is open, and every name it ever met.
_DEEPEST = 50
_MOST_NAMES = 1000
_PIECE = 1 << 16
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError,
    EOFError, KeyError, LookupError, NotImplementedError, OSError, OverflowError, RuntimeError, ValueError,
)  # fmt: skip

Attributes = dict[str, str]


def xlsx_rows(raw: bytes, budget: Budget) -> list[Row]:
    """Each row with its number. Formulas count for the value that was saved with them. Raises BadFile."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _check(archive)
            return _Workbook(archive, budget).rows()
    except BadFile:
        raise
    except _UNREADABLE as error:
        raise BadFile(_("it cannot be read as an Excel workbook: save it as .xlsx or CSV")) from error


def _check(archive: zipfile.ZipFile) -> None:
    # An entry never gives more than the directory announces: zipfile stops there.
    entries = archive.infolist()
    if len(entries) > _MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNZIPPED:
        raise BadFile(_("it is too large once unpacked: save it as CSV"))
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise BadFile(_("it cannot be read as an Excel workbook: save it as .xlsx or CSV"))


class _Workbook:
    def __init__(self, archive: zipfile.ZipFile, budget: Budget) -> None:
        self._archive, self._budget = archive, budget
        root = next((path for kind, path in self._related("").values() if kind == "officeDocument"), "xl/workbook.xml")
        self._parts = self._related(root)
        self._index = _Index()
        self._read(root, self._index)
        self._texts, self._styles = _Texts(budget), _Styles()
        for kind, part in (("sharedStrings", self._texts), ("styles", self._styles)):
            for path in [path for its_kind, path in self._parts.values() if its_kind == kind][:1]:
                self._read(path, part)

    def rows(self) -> list[Row]:
        paths = [self._parts[id][1] for id in self._index.sheets[:_MOST_SHEETS] if id in self._parts]
        for path in paths:
            sheet = _Sheet(self._texts.found, self._styles.dates, self._index.starts_1904, self._budget)
            self._read(path, sheet)
            if sheet.rows:
                return sheet.rows
        return []

    def _related(self, path: str) -> dict[str, tuple[str, str]]:
        """What kind of part each id of `path` names, and where it is (ECMA-376 part 2 §6.5)."""
        folder, name = posixpath.split(path)
        where = posixpath.join(folder, "_rels", f"{name}.rels")
        part = _Relations(folder)
        if where in self._archive.namelist():
            self._read(where, part)
        return part.found

    def _read(self, path: str, part: "_Part") -> None:
        parser = expat.ParserCreate(namespace_separator="|")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = part.start, part.end
        parser.CharacterDataHandler = part.text
        parser.StartDoctypeDeclHandler = _no_doctype
        with self._archive.open(path) as stream:
            while piece := stream.read(_PIECE):
                parser.Parse(piece, False)
                self._budget.in_time()
            parser.Parse(b"", True)


def _no_doctype(*_args: object) -> None:
    raise ValueError("no workbook declares entities")


class _Part:
    """Hears a part of the workbook as it is read: elements by name, without their namespace."""

    def __init__(self) -> None:
        self._heard: list[str] | None = None  # the text of an element that counts
        self._length = self._depth = 0
        self._names: set[str] = set()

    def start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        self._names.add(name)
        if self._depth > _DEEPEST or len(self._names) > _MOST_NAMES:
            raise ValueError("no workbook is like that")
        self.opened(name.rpartition("|")[2], attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        self.closed(name.rpartition("|")[2])

    def text(self, text: str) -> None:
        if self._heard is not None and self._length < MOST_OF_A_CELL:
            self._heard.append(text)
            self._length += len(text)

    def listen(self) -> None:
        self._heard, self._length = [], 0

    def heard(self) -> str:
        words, self._heard = "".join(self._heard or ()), None
        return words[:MOST_OF_A_CELL]

    def opened(self, name: str, attributes: Attributes) -> None: ...

    def closed(self, name: str) -> None: ...


class _Relations(_Part):
    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder
        self.found: dict[str, tuple[str, str]] = {}

    def opened(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes["Type"].rpartition("/")[2]
            path = posixpath.normpath(posixpath.join("/", self._folder, attributes["Target"])).lstrip("/")
            self.found[attributes["Id"]] = kind, path


class _Index(_Part):
    """The sheets that are not hidden, in order, by the id that names them."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[str] = []
        self.starts_1904 = False

    def opened(self, name: str, attributes: Attributes) -> None:
        if name == "workbookPr":
            self.starts_1904 = attributes.get("date1904", "0") in ("1", "true")
        elif name == "sheet" and attributes.get("state", "visible") == "visible":
            self.sheets += [value for key, value in attributes.items() if key.endswith("|id")]


class _Texts(_Part):
    """The texts that cells name by their number; phonetic hints (rPh) are no part of them."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self._budget = budget
        self.found: list[str] = []
        self._parts: list[str] = []
        self._hint = False

    def opened(self, name: str, attributes: Attributes) -> None:
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._hint = True
        elif name == "t" and not self._hint:
            self.listen()

    def closed(self, name: str) -> None:
        if name == "t" and not self._hint:
            self._parts.append(self.heard())
        elif name == "rPh":
            self._hint = False
        elif name == "si":
            self._add("".join(self._parts)[:MOST_OF_A_CELL])

    def _add(self, text: str) -> None:
        self._budget.keep(len(text))
        if len(self.found) >= _MOST_TEXTS:
            raise BadFile(_("it holds too much text: keep only the columns about people"))
        self.found.append(text)


class _Styles(_Part):
    """Which styles of cells are dates, by their number."""

    _BUILT_IN = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
    _LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')

    def __init__(self) -> None:
        super().__init__()
        self.dates: list[bool] = []
        self._formats = set(self._BUILT_IN)
        self._in_cells = False

    def opened(self, name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            code = self._LITERAL.sub("", attributes.get("formatCode", "")[:200]).lower()
            if "y" in code or "d" in code:
                self._formats.add(int(attributes.get("numFmtId", "0")))
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells and len(self.dates) < _MOST_TEXTS:
            self.dates.append(int(attributes.get("numFmtId", "0")) in self._formats)

    def closed(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False


class _Sheet(_Part):
    def __init__(self, texts: list[str], dates: list[bool], starts_1904: bool, budget: Budget) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self._dates, self._budget = dates, budget
        self._epoch = datetime(1904, 1, 1) if starts_1904 else datetime(1899, 12, 30)
        self._texts = texts
        self._number = self._column = 0
        self._cells: list[str] = []
        self._value: list[str] = []
        self._type = self._style = ""
        self._hint = False

    def opened(self, name: str, attributes: Attributes) -> None:
        if name == "row":
            self._number = _number(attributes.get("r"), self._number + 1)
            self._cells, self._column = [], 0
        elif name == "c":
            self._column = _column(attributes.get("r", ""), self._column + 1)
            self._type, self._style, self._value = attributes.get("t", "n"), attributes.get("s", "0"), []
        elif name == "rPh":
            self._hint = True
        elif name in ("v", "t") and not self._hint and self._column <= MOST_COLUMNS:
            self.listen()

    def closed(self, name: str) -> None:
        if name in ("v", "t") and self._heard is not None:
            self._value.append(self.heard())
        elif name == "rPh":
            self._hint = False
        elif name == "c" and self._value:
            self._put(self._said("".join(self._value)[:MOST_OF_A_CELL]))
            self._value = []
        elif name == "row" and any(self._cells):
            self._budget.spend(self._cells)
            self.rows.append((self._number, self._cells))

    def _put(self, text: str) -> None:
        self._cells += [""] * (self._column - len(self._cells))
        self._cells[self._column - 1] = text

    def _said(self, value: str) -> str:
        """As a person reads it in the spreadsheet, more or less."""
        if self._type == "s":
            return self._texts[int(value)]
        if self._type == "b":
            return "true" if value == "1" else "false"
        if self._type == "e":
            return ""  # "#N/A" says nothing about anybody
        return value if self._type != "n" else self._written(value)

    def _written(self, value: str) -> str:
        number = float(value)
        style = int(self._style)
        if 0 <= style < len(self._dates) and self._dates[style] and 0 <= number < 200_000:
            return (self._epoch + timedelta(days=number)).date().isoformat()
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value


def _number(written: str | None, next_one: int) -> int:
    return int(written) if written and written.isdecimal() and len(written) <= 7 else next_one


_LETTERS = re.compile(r"[A-Z]{1,3}")


def _column(reference: str, next_one: int) -> int:
    """27 for "AA12"."""
    if not (letters := _LETTERS.match(reference)):
        return next_one
    number = 0
    for letter in letters[0]:
        number = number * 26 + ord(letter) - 64
    return number
