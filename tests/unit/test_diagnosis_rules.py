"""The tables of sentences: each rule says who told us and holds in its own examples."""

import json
import re
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bienrecu.diagnosis import diagnose
from bienrecu.diagnosis.anchor import anchors
from bienrecu.diagnosis.by_reply_text import TABLES, VOCABULARY, find_words, rows
from bienrecu.diagnosis.fold import fold, fold_pattern
from bienrecu.diagnosis.reply_text import leading_code, plain_words
from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.domain.reason import Reason

SHARED = Path(__file__).resolve().parents[3] / "shared/data/bounces"
RULES = [(table, rule) for table in (*TABLES, *VOCABULARY) for rule in rows(table)]


def examples(*tables: str) -> list[Any]:
    return [
        pytest.param(text, Reason(rule["reason"]), id=f"{table}: {text[:60]}")
        for table, rule in RULES
        if table in tables
        for text in rule.get("examples", ())
    ]


@pytest.mark.parametrize(("text", "reason"), examples(*TABLES))
def test_a_rule_holds_in_its_own_examples(text: str, reason: Reason) -> None:
    found = diagnose(text, None, None, "")
    assert (found.reason, found.certainty) == (reason, "sure")
    assert found.evidence


def test_vague_words_give_way_to_what_stands_beside_them() -> None:
    assert diagnose("550 Access denied", None, None, "").reason is Reason.POLICY
    assert diagnose("550 Access denied from your country", None, None, "").reason is Reason.IP_BLOCKLISTED


@pytest.mark.parametrize(("text", "reason"), examples(*VOCABULARY))
def test_a_rule_of_the_vocabulary_holds_in_its_own_examples(text: str, reason: Reason) -> None:
    """By itself: some of its examples are known as sentences too."""
    found = find_words(plain_words(text), leading_code(text), EnhancedCode.find(text), "", VOCABULARY)
    assert found is not None and found.reason == reason


def test_what_servers_say_is_understood() -> None:
    lines = Path(__file__).with_name("replies.txt").read_text("utf-8").splitlines()
    meant = dict(reversed(line.split("|", 1)) for line in lines if not line.startswith("#"))
    wrong = {text: found for text in meant if (found := diagnose(text, None, None, "").reason) != meant[text]}
    assert len(meant) > 750 and wrong == {}


def test_words_in_no_known_sentence_are_likely_at_most_and_beat_a_code() -> None:
    found = diagnose("550 5.7.1 No macro documents: they are refused", None, None, "")
    assert (found.reason, found.certainty) == (Reason.ATTACHMENT_REFUSED, "likely")


@pytest.mark.parametrize("text", ["550 Rejected", "554 Transaction failed", "550 5.0.0 Sorry", "451 Error", "550"])
def test_what_says_nothing_is_said_to_be_unknown(text: str) -> None:
    assert diagnose(text, None, None, "").reason is Reason.UNDETERMINED


def test_the_page_shows_a_rule_that_works() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/diagnosis.md").read_text("utf-8")
    [rule] = tomllib.loads(page.split("```toml\n")[1].split("```")[0])["rule"]
    assert set(rule) == {"reason", "source", "words", "enhanced", "codes", "receiver", "vague", "examples"}
    assert Reason(rule["reason"])
    assert all(any(re.search(words, fold(text)) for words in rule["words"]) for text in rule["examples"])
    assert all(f"`{table}`" in page for table in (*TABLES, *VOCABULARY))


@pytest.mark.parametrize("ours", ["<virus.spam@full.example>", "helo=virus.example"])
@pytest.mark.parametrize(("text", "reason"), examples(*TABLES))
def test_names_of_ours_in_a_reply_say_nothing(text: str, reason: Reason, ours: str) -> None:
    assert diagnose(f"{text} {ours}", None, None, "").reason is reason


def test_the_name_of_a_host_before_its_address_says_nothing() -> None:
    found = diagnose("550 5.1.1 mail.virus.example[192.0.2.7] asks for an unknown user", None, None, "")
    assert found.reason is Reason.ADDRESS_UNKNOWN


def test_every_table_is_read_and_every_rule_has_an_example() -> None:
    folder = Path(__file__).resolve().parents[2] / "bienrecu/diagnosis/rules"
    assert {path.stem for path in folder.glob("*.toml")} == {*TABLES, *VOCABULARY}
    lacking = [rule["words"] for _, rule in RULES if not rule.get("examples")]
    assert [words for words in lacking if words != ["service refuse"]] == []  # that one needs to know its receiver


@pytest.mark.parametrize("table", [table for table in (*TABLES, *VOCABULARY) if table not in {"gmail", "microsoft"}])
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
    ("pattern", "pieces"),
    [
        ("mailbox full", ["mailbox full"]),
        ("mail ?box (?:is )?full", ["mail"]),
        ("quota.{0,20}depasse", ["depasse"]),
        (r"adresse d.?.?au moins", ["adresse d"]),
        (r"\[gl01\]", ["[gl01]"]),
        (r"\bpsbl\b", ["psbl"]),
        ("a{2}bc|d", []),
        ("ab{0,2}cde", ["cde"]),
        ("(?:full|quota) (?:box|inbox|account)", ["full", "quota"]),
        ("(?:full|quota|) (?:box|inbox)", ["box", "inbox"]),
        ("full(?! of joy)|quota(?<!no )", ["full", "quota"]),
        ("[ab]c(?:def)?gh+", []),
    ],
)
def test_a_pattern_is_tried_where_a_piece_stands_that_it_cannot_do_without(pattern: str, pieces: list[str]) -> None:
    assert list(anchors(pattern)) == pieces


@given(st.sampled_from(sorted({words for _, rule in RULES for words in rule["words"]})), st.data())
@settings(max_examples=300)
def test_no_match_lacks_all_its_pieces(words: str, data: st.DataObject) -> None:
    pattern = fold_pattern(words)
    match = data.draw(st.from_regex(pattern, fullmatch=True))
    assert anchors(pattern)
    assert any(piece in match for piece in anchors(pattern))


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
