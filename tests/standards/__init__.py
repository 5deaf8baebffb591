"""The standards' own cases, scored (`make standards`)."""

from collections.abc import Iterator
from pathlib import Path

from tests.standards import addresses, agents, mails, names, pages, reports, spf, strings
from tests.standards.suite import Score, Suite

SUITES: tuple[Suite, ...] = tuple(
    module.suites for module in (spf, reports, addresses, names, pages, mails, agents, strings)
)


def every_score(folder: Path) -> Iterator[Score]:
    for suites in SUITES:
        yield from suites(folder)
