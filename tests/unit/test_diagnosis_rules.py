"""The tables of sentences: each rule says who told us and holds in its own examples."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bienrecu.diagnosis import diagnose
from bienrecu.diagnosis.anchor import anchor
from bienrecu.diagnosis.by_reply_text import TABLES, rows
from bienrecu.diagnosis.fold import fold, fold_pattern
from bienrecu.domain.reason import Reason

SHARED = Path(__file__).resolve().parents[3] / "shared/data/bounces"
RULES = [(table, rule) for table in TABLES for rule in rows(table)]


def examples() -> Iterator[Any]:
    for table, rule in RULES:
        for text in rule.get("examples", ()):
            yield pytest.param(text, Reason(rule["reason"]), rule.get("receiver", ""), id=f"{table}: {text[:60]}")


@pytest.mark.parametrize(("text", "reason", "receiver"), examples())
def test_a_rule_holds_in_its_own_examples(text: str, reason: Reason, receiver: str) -> None:
    found = diagnose(text, None, None, "")
    assert (found.reason, found.certainty) == (reason, "sure")
    assert found.evidence


def test_every_table_is_read_and_every_rule_outside_the_general_ones_has_an_example() -> None:
    folder = Path(__file__).resolve().parents[2] / "bienrecu/diagnosis/rules"
    assert {path.stem for path in folder.glob("*.toml")} == set(TABLES)
    lacking = [rule["words"] for table, rule in RULES if table != "general" and not rule.get("examples")]
    assert [words for words in lacking if words != ["service refuse"]] == []  # that one needs to know its receiver


@pytest.mark.parametrize("table", [table for table in TABLES if table not in {"gmail", "microsoft"}])
def test_every_rule_says_who_told_us(table: str) -> None:
    """Those of Gmail and Microsoft share the one at the head of their table."""
    assert [rule for rule in rows(table) if not rule.get("source")] == []


@pytest.mark.parametrize(
    "text", ["552 Boîte PLEINE du destinataire : la boîte est pleine", "552 BOITE du destinataire pleine"]
)
def test_accents_and_capitals_do_not_count(text: str) -> None:
    assert diagnose(text, None, None, "").reason is Reason.MAILBOX_FULL


@given(st.text(max_size=200))
def test_folding_keeps_every_letter_in_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("mailbox full", "mailbox full"),
        ("mail ?box (?:is )?full", "mail"),
        ("quota.{0,20}depasse", "depasse"),
        (r"adresse d.?.?au moins", "adresse d"),
        (r"\[gl01\]", "[gl01]"),
        (r"\bpsbl\b", "psbl"),
        ("a{2}bc|d", ""),
        ("x(?:abc|def)", "x"),
    ],
)
def test_an_anchor_is_what_a_match_cannot_do_without(pattern: str, text: str) -> None:
    assert anchor(pattern) == text


@given(st.sampled_from(sorted({words for _, rule in RULES for words in rule["words"]})), st.data())
@settings(max_examples=300)
def test_no_match_lacks_its_anchor(words: str, data: st.DataObject) -> None:
    pattern = fold_pattern(words)
    match = data.draw(st.from_regex(pattern, fullmatch=True))
    assert anchor(pattern) in match


PIECES = sorted({piece for _, rule in RULES for words in rule["words"] for piece in re.findall("[a-z]{3,}", words)})


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4), st.sampled_from(["", " ", ".", " a ", " x x "]))
@settings(max_examples=100, deadline=None)
def test_no_words_keep_it_long(pieces: list[str], between: str) -> None:
    """Strangers may repeat what patterns look for; a pattern that blows up would take seconds."""
    text = between.join(pieces) + between
    started = time.process_time()
    diagnose(f"550 {text * (8000 // len(text))}", None, None, "")
    assert time.process_time() - started < 0.5


@pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled corpus is not beside the repository")
def test_the_labelled_replies_are_understood() -> None:
    """Bars of the whole corpus: 85 % of the reasons exact, 97 % of the classes right."""
    names = json.loads((SHARED / "reasons-map.json").read_text())
    items = [json.loads(line) for line in (SHARED / "data.jsonl").read_text("utf-8").splitlines()]
    exact, classes = [], []
    for item in (item for item in items if item["kind"] == "reply" and item["expected"]["is_bounce"]):
        found = diagnose(item["text"], None, None, "")
        wanted = {result["reason"] for result in item["expected"]["results"] if result.get("reason")}
        if wanted and not wanted <= {"onhold", "undefined"}:
            exact.append(bool(wanted & set(names[found.reason])))
        if meant := {result["permanence"] for result in item["expected"]["results"] if result.get("permanence")}:
            classes.append(("permanent" if found.permanent_code else "temporary") in meant)
    assert len(exact) > 300 and sum(exact) / len(exact) >= 0.85
    assert len(classes) > 300 and sum(classes) / len(classes) >= 0.97
