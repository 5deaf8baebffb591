"""Files of people as strangers make them: odd ones are read, hostile ones cost little and say what to do."""

import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import translation

from bienrecu.submission.people.limits import MOST_COLUMNS, MOST_LINES, MOST_SECONDS, BadFile
from bienrecu.submission.people.table import read_table
from tests.site.sheets import FOOT, HEAD, book_of, workbook

PEOPLE = [["Prénom", "Nom", "E-mail"], ["Zoé", "Lefèvre", "zoe@exemple.fr"], ["Noé", "Œuf", "noe@exemple.fr"]]
MOST_MEMORY = 320  # MB beyond what the process had before, the file itself counted in

_READ = """
import json, sys, time
import django
django.setup()
from bienrecu.submission.people.limits import BadFile
from bienrecu.submission.people.table import read_table

def memory(name):
    with open("/proc/self/status") as told:
        return next(int(line.split()[1]) / 1024 for line in told if line.startswith(name))

before, started = memory("VmRSS"), time.monotonic()
try:
    rows, said = len(read_table(open(sys.argv[1], "rb").read())), ""
except BadFile as error:
    rows, said = 0, str(error)
told = {"rows": rows, "said": said, "seconds": time.monotonic() - started, "memory": memory("VmHWM") - before}
print(json.dumps(told))
"""


def as_csv(separator: str = ";", end: str = "\n") -> str:
    return "".join(separator.join(cells) + end for cells in PEOPLE)


def cells(raw: bytes) -> list[list[str]]:
    return [row for _number, row in read_table(raw)]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_what_programs_write_is_read(encoding: str, separator: str) -> None:
    assert cells(as_csv(separator, "\r\n").encode(encoding)) == PEOPLE


def test_a_separator_between_quotation_marks_separates_nothing() -> None:
    raw = b'Nom;E-mail;Note\n"Roux, Zo, et autres, Paris, 1, 2, 3";zoe@exemple.fr;"a, b, c"\n'
    assert cells(raw)[1] == ["Roux, Zo, et autres, Paris, 1, 2, 3", "zoe@exemple.fr", "a, b, c"]


def test_a_workbook_says_the_same(tmp_path: Path) -> None:
    assert cells(workbook(PEOPLE)) == PEOPLE


@pytest.mark.parametrize("raw", [as_csv().encode("mac-roman"), as_csv().encode() + "Zoé;Très\n".encode("cp1252")])
def test_letters_of_another_encoding_are_wrong_letters_and_no_more(raw: bytes) -> None:
    """Nobody can tell: the preview shows them, and the addresses are right."""
    assert [row[2] for row in cells(raw)[1:3]] == ["zoe@exemple.fr", "noe@exemple.fr"]


def test_what_cannot_be_seen_is_left_out() -> None:
    blank = "\n" * 4000  # a zero among the first characters says that it is no text at all
    raw = f"E-mail;Nom\n{blank}\u200bzoe@exemple.fr\u00a0;Le\u0301a\0\u202e\t\x1b[31m\n".encode()
    assert cells(raw)[1] == ["zoe@exemple.fr", "Léa [31m"]


def test_formulas_are_their_value_in_a_workbook_and_text_in_a_csv() -> None:
    sheet = '<row><c t="str"><f>A1&amp;"@exemple.fr"</f><v>zoe@exemple.fr</v></c><c><f>1+1</f></c><c><v>2</v></c></row>'
    assert cells(book_of(HEAD + sheet + FOOT)) == [["zoe@exemple.fr", "", "2"]]
    formula = '=cmd|"/C calc"!A0'
    assert cells(f'email;nom\nzoe@exemple.fr;"{formula.replace(chr(34), chr(34) * 2)}"\n'.encode())[1][1] == formula


def test_merged_cells_are_the_first_of_them_and_blank_for_the_others() -> None:
    merged = '<mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="C3:C4"/></mergeCells>'
    rows = [["Inscrits 2027", "", ""], ["E-mail", "Nom", "Entreprise"], ["zoe@exemple.fr", "Faure", "Sud"]]
    assert cells(workbook([*rows, ["noe@exemple.fr", "Roche", ""]], merged)) == [
        ["Inscrits 2027"],
        *rows[1:],
        ["noe@exemple.fr", "Roche"],
    ]


@pytest.mark.parametrize("make", [lambda rows: "\n".join(map(";".join, rows)).encode(), workbook])
def test_ten_thousand_columns_are_a_hundred(make: Callable[[list[list[str]]], bytes]) -> None:
    rows = cells(make([[f"c{at}" for at in range(10_000)], ["zoe@exemple.fr", *["x"] * 9_999]]))
    assert [len(row) for row in rows] == [MOST_COLUMNS, MOST_COLUMNS]


def lying() -> bytes:
    """Its directory announces 10 octets for a sheet of 50 million."""
    raw = bytearray(book_of(b"\0" * 50_000_000))
    entry = raw.rfind(b"PK\x01\x02")
    raw[entry + 24 : entry + 28] = struct.pack("<I", 10)
    return bytes(raw)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n", "no list"),
        (b"<!DOCTYPE html><table>", "no list"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no list"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 500, "older Excel file"),
        (b"PK\x03\x04" + b"\0" * 500, "Excel workbook"),
        (book_of(b"")[:-30], "Excel workbook"),
        (book_of("<worksheet><row>"), "Excel workbook"),
        (book_of('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "Excel workbook"),
        (book_of(HEAD + "<a>" * 60), "Excel workbook"),
        (book_of(HEAD + '<row><c t="s"><v>7</v></c></row>' + FOOT), "Excel workbook"),
        (b'email\n"zoe@exemple.fr\n' + b"a;b\n" * 99_999, "line 2 cannot be read"),
        (b"email\n" + b"a@exemple.fr\n" * (MOST_LINES + 10), "more than 50000 lines"),
        (b"a" * 10_000_001, "larger than 10 MB"),
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(raw: bytes, words: str) -> None:
    with translation.override("en"), pytest.raises(BadFile, match=words):
        read_table(raw)


def test_a_workbook_cut_off_anywhere_is_refused_or_read() -> None:
    raw = workbook(PEOPLE)
    for end in range(4, len(raw), 7):
        with pytest.raises(BadFile):
            read_table(raw[:end])


HOSTILE: dict[str, Callable[[], bytes]] = {
    "50,000 lines of CSV": lambda: b"email;nom;x\n" + b"zoe@exemple.fr;Faure;%s\n" % (b"x" * 150) * (MOST_LINES - 1),
    "100 columns, 49,000 lines": lambda: (b"x;" * 99 + b"x\n") * 49_000,
    "ten million blank lines": lambda: b"\n" * 9_999_999,
    "ten million columns": lambda: b"," * 9_999_999,
    "one cell of 9 MB": lambda: b"email\n" + b"a" * 9_000_000,
    "a bomb of 300 MB": lambda: book_of(b"\0" * 300_000_000),
    "a directory that lies": lying,
    "twenty million open elements": lambda: book_of(HEAD + "<a>" * 20_000_000),
    "four million names": lambda: book_of(HEAD + "".join(f"<a{at}/>" for at in range(4_000_000))),
    "an attribute of 95 MB": lambda: book_of(HEAD + '<c r="' + "A" * 95_000_000 + '"/>'),
    "a text of 95 MB": lambda: book_of(HEAD + '<row><c t="str"><v>' + "a" * 95_000_000 + "</v></c></row>" + FOOT),
    "50,000 rows of 100 cells": lambda: book_of(HEAD + ("<row>" + "<c><v>1</v></c>" * 100 + "</row>") * 50_000 + FOOT),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_takes_much_memory_or_time(name: str, tmp_path: Path) -> None:
    """In a process of its own, whose highest use of memory is its own."""
    file = tmp_path / "file"
    file.write_bytes(HOSTILE[name]())
    environment = os.environ | {
        "BIENRECU_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "bienrecu.config.settings",
    }
    told = json.loads(
        subprocess.run(
            [sys.executable, "-c", _READ, str(file)], env=environment, capture_output=True, check=True, timeout=120
        ).stdout
    )
    print(f"{name}: {told['memory']:.0f} MB, {told['seconds']:.1f} s, {told['rows']} rows {told['said']}")
    assert told["memory"] < MOST_MEMORY
    assert told["seconds"] < 3 * MOST_SECONDS  # of a machine that does other things too
