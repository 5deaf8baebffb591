"""Pages of the documentation that code and other pages speak of are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PAGE = re.compile(r"\bdocs/[\w/-]+\.md\b")


def test_no_page_that_is_spoken_of_is_missing() -> None:
    read = [
        file for part in ("bienrecu", "tests", "benchmarks", "tools", "docs") for file in (ROOT / part).rglob("*.*")
    ]
    texts = [file.read_text("utf-8") for file in read if file.suffix in (".py", ".md", ".html", ".toml")]
    named = {name for text in texts for name in _PAGE.findall(text)}
    assert len(named) > 10
    assert sorted(name for name in named if not (ROOT / name).exists()) == []
