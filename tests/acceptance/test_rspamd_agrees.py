"""What we say before sending, a real filter says on arrival."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bienrecu.advice import advise, read_letter
from tests.acceptance.linting import TEXT, lint, mail
from tests.acceptance.packages import needs
from tests.acceptance.rspamd_as_installed import RspamdAsInstalled

pytestmark = needs("rspamd")

PROGRAM = (
    "--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=a.exe\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\nTVqQAAMAAAAEAAAA\r\n"
)
CASES = {
    "subject_missing": (mail(""), "EMPTY_SUBJECT"),
    "subject_capitals": (mail("VOTRE CONVOCATION POUR LYON"), "SUBJ_ALL_CAPS"),
    "subject_link": (mail("Voir http://www.ailleurs.com/convocation"), "URL_IN_SUBJECT"),
    "subject_long": (mail("Votre convocation " * 12), "LONG_SUBJ"),
    "subject_currency": (mail("Facture de $300"), "SUBJECT_HAS_CURRENCY"),
    "text_part_missing": (mail(html=f"<p>{TEXT * 3}</p>", text=""), "MIME_HTML_ONLY"),
    "link_text_differs": (
        mail(html=f'<p>{TEXT * 3}</p><a href="http://ailleurs.com/a">http://banque.fr/compte</a>', text=""),
        "PHISHING",
    ),
    "link_only": (mail(text="http://www.ailleurs.com/a"), "HFILTER_URL_ONLY"),
    "attachment_forbidden": (mail(more=PROGRAM), "MIME_BAD_EXTENSION"),
    "text_hidden": (
        mail(html=f'<p>{TEXT * 3}</p><p style="color:#ffffff;background-color:#ffffff">{TEXT * 3}</p>', text=""),
        "MANY_INVISIBLE_PARTS",
    ),
}


@pytest.fixture(scope="module")
def filter() -> Iterator[RspamdAsInstalled]:
    with RspamdAsInstalled() as started:
        yield started


@pytest.mark.parametrize("rule", CASES)
def test_both_say_it(rule: str, filter: RspamdAsInstalled) -> None:
    raw, symbol = CASES[rule]
    assert rule in {advice.rule.value for advice in advise(read_letter(raw))}
    assert symbol in filter.symbols(raw)


def test_an_ordinary_mail_is_fine_for_both(filter: RspamdAsInstalled) -> None:
    raw = mail(html=f"<p>{TEXT * 3}</p>")
    assert advise(read_letter(raw)) == []
    symbols = {symbol for _, symbol in CASES.values()}
    assert symbols & set(filter.symbols(raw)) == set()


def test_what_it_says_is_told_beside_our_advice(filter: RspamdAsInstalled, tmp_path: Path) -> None:
    bad = lint(CASES["subject_capitals"][0], tmp_path, BIENRECU_RSPAMD_URL=filter.url)
    assert bad["subject_capitals"] and "the subject is in capitals (" in bad["rspamd"]["remedy"]
    assert "it refuses from 15 on" in bad["rspamd"]["message"]
    assert "hostname" not in bad["rspamd"]["remedy"].lower()  # it judges a server, and there is none yet
    plain = lint(mail(html=f"<p>{TEXT * 3}</p>"), tmp_path, BIENRECU_RSPAMD_URL=filter.url)
    assert set(plain) == {"rspamd"} and "capitals" not in plain["rspamd"]["remedy"]
