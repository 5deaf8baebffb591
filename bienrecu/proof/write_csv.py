"""A record as CSV: the table first, so that programs and spreadsheets find it, then what it is of, what is missing,
the facts it carries, and the seal.

Cells come from strangers: one that a spreadsheet would take for a formula gets an apostrophe before it."""

import csv
import io
from collections.abc import Iterable
from typing import IO

from bienrecu.proof import carried, words
from bienrecu.proof.facts import Header
from bienrecu.proof.gather import Step
from bienrecu.proof.spool import Spool, all_lines
from bienrecu.wording import types

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(file: IO[bytes], header: Header, emails: Spool, missing: Spool, seal: bytes, step: Step) -> None:
    text = io.TextIOWrapper(file, "utf-8", errors="replace", newline="", write_through=True)
    text.write("\ufeff")
    table = csv.writer(text, delimiter=";" if header.language == "fr" else ",")
    zone = words.zone_of(header)
    table.writerow(words.columns())
    for message, email in emails.messages():
        table.writerow(map(safe, words.cells(message, email, zone)))
        step(1)
    table.writerow([])
    table.writerows([safe(cell) for cell in row] for row in _after(header, emails, missing))
    text.write(f"{carried.MARK}\r\n")
    for piece in carried.pieces(carried.packed(all_lines(header, emails, missing))):
        text.write(f"{piece}\r\n")
    text.write(seal.decode())
    text.detach()


def safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _after(header: Header, emails: Spool, missing: Spool) -> Iterable[Iterable[str]]:
    yield [words.title()]
    yield [words.limits()]
    yield from words.about(header)
    yield []
    yield from ((label, str(count), said) for label, count, said in words.summary(header))
    yield []
    yield [words.not_received_title()]
    rows = (email for _, email in emails.messages() if not email.has_arrived)
    yield from (words.not_received(email) for email in rows)
    if not header.not_received:
        yield [words.none()]
    yield []
    yield [words.missing_title()]
    yield from ([types.email_type(one.type), one.name, one.address] for one in missing.missing())
    if not header.missing:
        yield [words.none()]
    yield []
