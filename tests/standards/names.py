"""Names of the DNS: which domain somebody registered."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from publicsuffixlist import PublicSuffixList

from tests.standards.suite import Score, is_installed

_CHECK = re.compile(r"checkPublicSuffix\((null|'[^']*'), (null|'[^']*')\)")


def suites(folder: Path) -> Iterator[Score]:
    score = Score("Public suffixes", "registered domain", beside="publicsuffix2")
    ours, theirs = PublicSuffixList(), _theirs()
    for line in (folder / "psl/test_psl.txt").read_text("utf-8").splitlines():
        if found := _CHECK.match(line):
            name, expected = (None if one == "null" else one.strip("'") for one in found.groups())
            ascii_name = _ascii(name) if name else ""
            wanted = _ascii(expected) if expected else None
            score.count(str(name), _registered(ours, ascii_name) == wanted, theirs and theirs(ascii_name) == wanted)
    yield score


def _ascii(name: str) -> str:
    return name.lower() if name.isascii() else name.lower().encode("idna").decode()


def _registered(suffixes: PublicSuffixList, name: str) -> str | None:
    """As advice about links asks for it; a leading dot is no name."""
    return None if not name or name.startswith(".") else suffixes.privatesuffix(name)


def _theirs() -> Callable[[str], str | None] | None:
    if not is_installed("publicsuffix2"):
        return None
    from publicsuffix2 import PublicSuffixList as Other

    other = Other()
    return lambda name: other.get_sld(name, strict=False) if name and not name.startswith(".") else None
