"""What `make corpus` prints must not get worse: floors over the labelled corpus, when it stands beside us."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
_SPEC = importlib.util.spec_from_file_location("corpus", ROOT / "tools/corpus.py")
assert _SPEC and _SPEC.loader
corpus = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(corpus)

pytestmark = pytest.mark.skipif(
    not (corpus.CORPUS / "data.jsonl").is_file(), reason=f"the labelled corpus is not there: {corpus.CORPUS}"
)


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, float]]:
    """Per kind and measure, from 0 to 1."""
    items = [json.loads(line) for line in (corpus.CORPUS / "data.jsonl").read_text("utf-8").splitlines()]
    mails = [item for item in items if item["kind"] != "reply"]
    found, _ = corpus.answered(mails, lambda item: corpus.classify(item, corpus.CORPUS))
    measure = corpus.Measure(tmp_path_factory.mktemp("corpus"))
    kinds = ("dsn", "arf", "autoreply", "other")
    return {kind: shares(measure(kind, mails, found)) for kind in kinds}


def shares(measured: dict[str, Any]) -> dict[str, float]:
    return {name: right / of for name, (right, of) in measured.items() if of}


@pytest.mark.parametrize(
    ("measure", "floor"),
    [
        ("recipient recall", 0.99),
        ("recipient precision", 0.99),
        ("permanence (dsn)", 0.97),
        ("reason strict (dsn)", 0.83),
    ],
)
def test_reports_are_read(scores: dict[str, dict[str, float]], measure: str, floor: float) -> None:
    assert scores["dsn"][measure] >= floor


def test_few_are_missed_and_what_arrived_is_no_failure(scores: dict[str, dict[str, float]]) -> None:
    assert scores["dsn"]["bounce missed"] <= 0.01
    assert scores["dsn"]["false bounce: success reports"] == 0


def test_every_complaint_is_seen_and_none_is_a_failure(scores: dict[str, dict[str, float]]) -> None:
    assert scores["arf"]["complaint recognised"] == 1
    assert scores["arf"]["false bounce: complaints"] == 0


def test_no_automatic_reply_and_no_ordinary_mail_is_a_failure(scores: dict[str, dict[str, float]]) -> None:
    assert scores["autoreply"]["false bounce: auto-replies"] == 0
    assert scores["other"]["false bounce: other mail"] == 0
