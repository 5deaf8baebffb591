"""What content filters answer, read; whatever they answer."""

import json
from contextlib import suppress

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.domain.advice import Severity
from bienrecu.domain.filter_verdict import FilterRule, FilterSilent, FilterVerdict
from bienrecu.protocol.content_filter import BadAnswer, ask_spamd, read_rspamd, read_spamd
from bienrecu.wording import filters

REPORT = b"""SPAMD/1.1 0 EX_OK\r
Content-length: 935\r
Spam: True ; 6.1 / 5.0\r
\r
Spam detection software, running on the system "vm",
has identified this incoming email as spam.

Content preview:  ---- a line of the message that looks like a ruler
 9.9 FORGED_BY_TEXT         a line of the message that looks like a rule

Content analysis details:   (6.1 points, 5.0 required)

 pts rule name              description
---- ---------------------- --------------------------------------------------
-0.0 NO_RECEIVED            Informational: message has no Received headers
 4.5 HTML_FONT_LOW_CONTRAST BODY: HTML font color similar or
                            identical to background
 1.6 SUBJ_ALL_CAPS          Subject is all capitals

"""


def test_the_table_of_spamassassin_is_read_and_nothing_of_the_message_in_it() -> None:
    verdict = read_spamd(REPORT)
    assert (verdict.filter, verdict.limit, verdict.points) == ("SpamAssassin", 5.0, 6.1)
    assert verdict.held_against == [
        FilterRule("HTML_FONT_LOW_CONTRAST", 4.5, "HTML font color similar or identical to background"),
        FilterRule("SUBJ_ALL_CAPS", 1.6, "Subject is all capitals"),
    ]


def test_what_is_asked_is_the_message_and_its_length() -> None:
    assert ask_spamd(b"Subject: x\r\n\r\n") == b"REPORT SPAMC/1.5\r\nContent-length: 14\r\n\r\nSubject: x\r\n\r\n"


def test_the_symbols_of_rspamd_are_read_and_what_judges_a_server_does_not_count() -> None:
    symbols = {
        "PHISHING": {"name": "PHISHING", "score": 2.0, "description": "Phished URL"},
        "HFILTER_HOSTNAME_UNKNOWN": {"name": "HFILTER_HOSTNAME_UNKNOWN", "score": 2.5},
        "R_SPF_FAIL": {"name": "R_SPF_FAIL", "score": 1.0},
        "R_PARTS_DIFFER": {"name": "R_PARTS_DIFFER", "score": 0.5},
        "MIME_GOOD": {"name": "MIME_GOOD", "score": -0.1},
    }
    verdict = read_rspamd(json.dumps({"required_score": 15, "score": 5.9, "symbols": symbols}).encode())
    assert [rule.name for rule in verdict.held_against] == ["PHISHING", "R_PARTS_DIFFER"]
    assert verdict.points == 2.4


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>502</html>",
        b"[]",
        b'{"symbols": [], "required_score": 15}',
        b'{"symbols": {"A": 1}, "required_score": 15}',
        b'{"symbols": {"A": {"name": "A", "score": NaN}}, "required_score": 15}',
        b'{"symbols": {}}',
        b"[" * 100_000,
    ],
)
def test_an_answer_that_is_none_of_rspamd_is_said_to_be_none(answer: bytes) -> None:
    with pytest.raises(BadAnswer):
        read_rspamd(answer)


@pytest.mark.parametrize(
    "answer",
    [b"", b"SPAMD/1.1 76 Bad\r\n\r\n", b"SPAMD/1.1 0 EX_OK\r\nSpam: True ; 1 / 1.2.3\r\n\r\n", b"HTTP/1.1 200"],
)
def test_an_answer_that_is_none_of_spamd_is_said_to_be_none(answer: bytes) -> None:
    with pytest.raises(BadAnswer):
        read_spamd(answer)


@given(st.binary(max_size=300) | st.builds(lambda tail: REPORT[:70] + b"\r\n\r\n" + tail, st.binary(max_size=300)))
def test_no_answer_breaks_the_reader(answer: bytes) -> None:
    for read in (read_rspamd, read_spamd):
        with suppress(BadAnswer):
            read(answer)


@pytest.mark.parametrize(
    ("points", "limit", "expected"),
    [(1.0, 15.0, Severity.INFO), (6.0, 15.0, Severity.WARNING), (15.0, 15.0, Severity.STRONG)],
)
def test_it_weighs_by_its_own_limit(points: float, limit: float, expected: Severity) -> None:
    said = FilterVerdict("rspamd", limit, (FilterRule("PHISHING", points),))
    assert filters.severity(said) is expected
    assert f" {points:g} " in filters.message(said)


def test_a_silent_filter_is_said_and_weighs_nothing() -> None:
    said = FilterSilent("rspamd", "no answer within 8 seconds")
    assert filters.severity(said) is Severity.INFO
    assert "no answer within 8 seconds" in filters.message(said) and filters.remedy(said)


def test_rules_are_in_our_words_where_we_know_them_else_in_the_filters_own() -> None:
    with translation.override("fr"):
        assert filters.rule(FilterRule("SUBJ_ALL_CAPS", 2.0, "All caps")) == "l'objet est en majuscules (2)"
        assert filters.rule(FilterRule("HAS_X", 1.2)).replace("\xa0", " ") == "« HAS_X » (1,2)"
