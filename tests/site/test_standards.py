"""The standards' own cases, when they stand beside the repository: no suite does worse than it did."""

import pytest

from tests.standards import every_score
from tests.standards.suite import FOLDER, Score, is_installed

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the standards' cases are not there ({FOLDER})")

# Suites where we are not right throughout, and why: docs/standards.md.
_AT_LEAST = {
    "SPF: Stalwart": 0.96,
    "Addresses: flanker": 0.98,
    "Mistyped domains: flanker": 0.88,
    "MIME: parts": 0.77,
    "MIME: texts": 0.78,
    "User agents of robots": 0.96,
}


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    return {score.suite: score for score in every_score(FOLDER)}


def test_every_suite_has_its_cases(scores: dict[str, Score]) -> None:
    assert len(scores) >= 22 + is_installed("yaml")
    assert [name for name, score in scores.items() if score.total < 3] == []


def test_no_suite_does_worse_than_it_did(scores: dict[str, Score]) -> None:
    worse = {
        name: score.wrong for name, score in scores.items() if score.right < score.total * _AT_LEAST.get(name, 1.0)
    }
    assert worse == {}
