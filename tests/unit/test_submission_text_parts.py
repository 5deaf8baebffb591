"""The text parts of many copies: `bienrecu/submission/text_parts.py`. They say what each copy's page says."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.protocol.message import text_from_html
from bienrecu.submission import text_parts
from bienrecu.submission.template import fill_html
from bienrecu.submission.text_parts import TextParts

TEMPLATE = "<h1>Hello {{ prenom }}</h1><p>Dear {{ prenom }}  {{ nom }} ({{ session.titre }}),<br>{{nom}}</p><ul><li>x"


def page(body: str, end: str = "") -> str:
    return f"<html><head><title>t</title></head><body>{body}{end}</body></html>"


def link(token: str) -> str:
    return f'<p><a href="https://example.org/c/{escape(token)}">Confirm</a></p>\n'


def copies(template: str, *people: dict[str, object]) -> list[tuple[str, str]]:
    """What is made of each copy, beside what its page says."""
    texts = TextParts(template, page)
    made = []
    for number, variables in enumerate(people):
        html, end = page(fill_html(template, variables), link(str(number))), link(str(number))
        made.append((texts.of(html, variables, end), text_from_html(html)))
    return made


words = st.text(max_size=12) | st.sampled_from(
    ["Élodie", "d'Alès & fils", "<b>x</b>", "a  b", " a", "\u200b", "\u00a0"]
)


@given(st.lists(words.filter(bool), min_size=1, max_size=6))
def test_every_copy_says_what_its_page_says(values: list[str]) -> None:
    people = [{"prenom": value, "nom": values[0], "session": {"titre": value}} for value in values]
    for made, whole in copies(TEMPLATE, *people):
        assert made == whole


@pytest.mark.parametrize(
    "template",
    [
        "<p>{% if prenom == 'Awa' %}one{% else %}two {{ nom }}{% endif %}</p>",
        '<p><a href="{{ nom }}">here</a></p>',
        "<p>{{ prenom|upper }} {{ nom }}</p>",
        "<ul><li>{{ nom }}</li><li>",
        '<div style="display:none">{{ nom }}',
        "<style>{{ nom }}</style><p>{{ prenom }}</p>",
        "<p>\ue000 {{ nom }}</p>",
    ],
)
def test_what_could_differ_is_read_whole(template: str) -> None:
    people = [{"prenom": "Awa", "nom": "https://example.org/a"}, {"prenom": "Noé", "nom": "Petit"}]
    for made, whole in copies(template, *people):
        assert made == whole


def test_ten_copies_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(text_parts, "text_from_html", lambda html: read.append(html) or text_from_html(html))
    people = [{"prenom": f"Awa {n}", "nom": "Diallo", "session": {"titre": "Secourisme"}} for n in range(10)]
    copies("<p>Dear {{ prenom }} {{ nom }} ({{ session.titre }})</p>", *people)
    assert sum("Dear" in html for html in read) == 2  # the template, and the first copy beside it
