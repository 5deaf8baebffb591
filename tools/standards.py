"""Runs the standards' own cases over us, with reference tools beside where there are some.

    python tools/standards.py             the table
    python tools/standards.py --wrong     also every case that we have not right
    python tools/standards.py --write     the table into docs/standards.md

The cases stand beside the repository and are nobody's of ours; about half of each suite is kept back elsewhere."""

import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bienrecu.config.settings")

from tests.standards import every_score
from tests.standards.suite import FOLDER, Score

PAGE = ROOT / "docs/standards.md"
_BEGIN, _END = "<!-- table -->\n", "<!-- end -->\n"


def main(arguments: list[str]) -> int:
    if not FOLDER.is_dir():
        print(f"Skipped: the standards' cases are not there ({FOLDER}).")
        return 0
    began = time.monotonic()
    scores = list(every_score(FOLDER))
    table = "\n".join(lines(scores)) + "\n"
    print(table)
    print(f"{sum(one.right for one in scores)} of {sum(one.total for one in scores)}", end="")
    print(f" cases in {len(scores)} suites, {time.monotonic() - began:.0f} s.")
    if "--wrong" in arguments:
        print("\n".join(f"{one.suite}: {name}" for one in scores for name in one.wrong))
    if "--write" in arguments:
        write(table)
    return 0


def lines(scores: list[Score]) -> list[str]:
    rows = ["| suite | a case is | ours | beside | |", "| --- | --- | --- | --- | --- |"]
    for one in scores:
        beside = f"{one.beside}: {one.theirs}" if one.theirs is not None else "—"
        rows.append(f"| {one.suite} | {one.case} | {one.right} of {one.total} | {beside} | {one.note} |")
    return rows


def write(table: str) -> None:
    before, _begin, rest = PAGE.read_text("utf-8").partition(_BEGIN)
    after = rest.partition(_END)[2]
    PAGE.write_text(before + _BEGIN + table + _END + after, "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
