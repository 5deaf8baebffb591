"""The page about hostile input says what is tried, by tests that are there."""

from pathlib import Path

from tests.hostile import TABLE
from tools.hostile_doc import PATH, text

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_made_from_the_table() -> None:
    assert PATH.read_text("utf-8") == text(), "run python tools/hostile_doc.py"


def test_each_line_names_a_test_that_is_there() -> None:
    named = {line.test for lines in TABLE.values() for line in lines}
    assert [test for test in named if not (ROOT / test).is_file()] == []
    assert sum(map(len, TABLE.values())) > 35
