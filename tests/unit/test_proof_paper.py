"""The paper that records are printed on bears whatever strangers are called."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bienrecu.proof.paper import LEFT, Look, Paper

SMALL = Look(8, bold=True)
PAPER = Paper("head", "foot", "fr")


@contextmanager
def put(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    lines: list[str] = []
    monkeypatch.setattr(PAPER.pdf, "text", lambda x, y, text: lines.append(text))
    yield lines


@settings(max_examples=300)
@given(st.text(max_size=80))
def test_no_text_is_too_strange_to_be_written(text: str) -> None:
    PAPER.row([(text, SMALL, LEFT, 40), (text, Look(7), LEFT + 50, 12)])


@given(st.text(alphabet="abcdefgh @.-é", max_size=300), st.floats(10, 180))
def test_lines_fit_and_lose_no_letter(text: str, width: float) -> None:
    lines = PAPER.fit(text, SMALL, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    PAPER.pdf.set_font("record", "B", 8)
    assert all(PAPER.pdf.get_string_width(line) <= width for line in lines)


def test_a_name_in_another_script_is_written_and_a_missing_drawing_shown_as_such() -> None:
    assert PAPER.fit("Владимир Ελένη", SMALL, 100) == ("Владимир Ελένη",)
    assert PAPER.fit("漢字 Léa", SMALL, 100) == ("□□ Léa",)


def test_orders_of_direction_do_not_reach_the_paper() -> None:
    assert PAPER.fit("Awa\u202e Diallo\x07", SMALL, 100) == ("Awa Diallo",)


def test_a_long_address_is_cut_after_a_dot() -> None:
    (first, *_rest) = PAPER.fit("prenom.nom@un-tres-long-sous-domaine.exemple-de-domaine.fr", Look(8), 40)
    assert first[-1] in "@.-"


def test_right_to_left_words_stand_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    with put(monkeypatch) as lines:
        PAPER.write("שלום", Look(8))
    assert lines == ["םולש"]


def test_every_page_says_which_it_is_of_how_many_and_bears_head_and_foot(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = Paper("the head", "the foot", "en")
    for _ in range(200):
        paper.write("a line", SMALL)
    lines: list[tuple[int, str]] = []
    monkeypatch.setattr(paper.pdf, "text", lambda x, y, text: lines.append((paper.pdf.page, text)))
    paper.finish()
    pages = paper.pdf.pages_count
    assert pages > 1
    for number in range(1, pages + 1):
        assert {(number, "the head"), (number, "the foot"), (number, f"page {number} / {pages}")} <= set(lines)
