"""Writes docs/hostile-input.md from the table that the tests try; with --check, says whether it is current."""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.hostile import TABLE, Line

PATH = ROOT / "docs" / "hostile-input.md"
HEAD = """# Hostile input

What strangers, and people with an account, may send, and what answers. Whatever comes is bounded in size, depth and
time; a parser never raises; nobody makes us connect to a machine inside our own network.

This page is made from `tests/hostile.py` by `python tools/hostile_doc.py`. Each line is tried by the test beside it.
"""


def main(check: bool) -> int:
    page = text()
    if check:
        return int(PATH.read_text("utf-8") != page)
    PATH.write_text(page, "utf-8")
    return 0


def text() -> str:
    return "\n".join([HEAD, *(section(title, lines) for title, lines in TABLE.items())])


def section(title: str, lines: list[Line]) -> str:
    rows = [f"| {line.tried} | {line.answer} | [{Path(line.test).name}](../{line.test}) |" for line in lines]
    return "\n".join([f"## {title}", "", "| tried | what answers | test |", "| --- | --- | --- |", *rows, ""])


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
