"""The text that goes with an HTML body."""

import html as html_entities
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.protocol.message.plain_text import text_from_html

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "standards"

tags = st.sampled_from(
    ["p", "div", "table", "tr", "td", "ul", "ol", "li", "a", "b", "script", "style", "!--", "br", "img"]
)
pieces = st.one_of(
    tags.map("<{}>".format),
    tags.map("</{}>".format),
    st.text(max_size=20),
    st.sampled_from(
        ['<a href="https://example.org/">', '<p style="display:none">', "<?x", "-->", "&", "<![CDATA[", "\0"]
    ),
)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("Bonjour", "Bonjour"),
        ("<p>Bonjour,</p><p>à  \n lundi.</p>", "Bonjour,\n\nà lundi."),
        ("<div>un<br>deux</div><div>trois</div>", "un\ndeux\ntrois"),
        ("<h1>Convocation</h1>Session <b>Ex</b>cel", "Convocation\n\nSession Excel"),
        ("<ul><li>un<li>deux<ol><li>a<li>b</ol></ul>", "- un\n- deux\n\n  1. a\n  2. b"),
        ("<table><tr><td>Date<td>12 mai<tr><td>Lieu<td>Lyon</table>", "Date  12 mai\nLieu  Lyon"),
        ("<table><tr><td><p>un</p><td><p>deux</p></table>", "un\n\ndeux"),
        ("<p>1&nbsp;200&nbsp;&euro; &amp;lt;</p>", "1\u00a0200\u00a0€ &lt;"),
        ("<p>un</p>\n<p>&nbsp;&zwnj;</p>\n<p>deux</p>", "un\n\ndeux"),
    ],
)
def test_the_text_reads_as_the_page_does(html: str, text: str) -> None:
    assert text_from_html(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="https://a.example/x?a=1&amp;copy=2">le plan</a>.', "le plan (https://a.example/x?a=1&copy=2)."),
        ('<a href="https://a.example/">https://a.example</a>', "https://a.example"),
        ('<a href="https://a.example/">www.a.example</a>', "www.a.example (https://a.example/)"),
        ('<a href="mailto:a@of.example">a@of.example</a>', "a@of.example"),
        ('<a href="mailto:a@of.example">Écrivez-nous</a>', "Écrivez-nous (a@of.example)"),
        ('<a href="https://a.example"><img src=x alt="Notre site"></a>', "Notre site (https://a.example)"),
        ('<a href="#bas">plus bas</a>', "plus bas"),
        ('<a href="javascript:alert(1)">ici</a>', "ici"),
        ('<a href="data:text/html,x">ici</a>', "ici"),
    ],
)
def test_links_are_followed_by_where_they_lead(html: str, text: str) -> None:
    assert text_from_html(html) == text


@pytest.mark.parametrize(
    "html",
    [
        "<style>p{color:red}</style>",
        "<script>alert('secret')</script>",
        "<head><title>secret</title><meta charset=latin1></head>",
        '<div style="color:red;DISPLAY : none"><p>secret</p><img alt="secret"></div>',
        "<p hidden>secret</p>",
        "<!-- secret --><!--[if mso]><p>secret</p><![endif]-->",
        '<img src="https://a.example/p.gif" alt="" width=1 height=1>',
        "<svg><title>secret</title></svg>",
    ],
)
def test_what_a_reader_does_not_see_is_left_out(html: str) -> None:
    assert text_from_html(f"{html}<p>Bonjour</p>") == "Bonjour"


@given(st.lists(pieces, max_size=60).map("".join))
def test_no_html_is_too_broken_to_be_read(html: str) -> None:
    text = text_from_html(html)
    assert "\v" not in text and "\r" not in text and "\n\n\n" not in text
    assert text == text.strip("\n")


@given(st.text(st.characters(exclude_categories=("C", "Z"))))
def test_every_character_of_the_text_is_kept(text: str) -> None:
    assert text_from_html(f"<p>x{html_entities.escape(text)}x</p>") == f"x{text}x"


@pytest.mark.parametrize(
    "html", ["<div>", "<table><tr><td>", "<ul><li>", "<blockquote>", "<a href=https://a.example/>"]
)
def test_deep_pages_neither_fail_nor_grow(html: str) -> None:
    text = text_from_html(html * 20_000 + "fin")
    assert text.split()[-1] in ("fin", "(https://a.example/)")
    assert len(text) <= len(html) * 20_000


def test_a_page_without_end_is_read_in_part() -> None:
    assert len(text_from_html("a" * (1 << 21))) == 1 << 20


def test_real_templates_keep_their_sentences_and_show_no_markup() -> None:
    files = sorted((SHARED / "content" / "postmark-templates").glob("*.html"))
    if not files:
        pytest.skip("no collection of templates beside the repository")
    for file in files:
        html = file.read_text()
        text = text_from_html(html)
        assert "Cheers" in text or "Thanks" in text or "[Company Name, LLC]" in text, file.name
        assert not re.search(r"</?(table|td|p|div|style|a|span)\b|@media|font-family|text-align", text), file.name
