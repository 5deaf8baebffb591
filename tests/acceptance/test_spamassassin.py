"""What a real SpamAssassin says of an e-mail is told before it is sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.linting import TEXT, lint, mail
from tests.acceptance.packages import needs
from tests.acceptance.spamd import Spamd

pytestmark = needs("spamd")

# What every filter calls junk, made to try filters out (GTUBE).
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with Spamd() as started:
        yield started.port


def asked(raw: bytes, folder: Path, port: int) -> dict[str, dict[str, str]]:
    return lint(raw, folder, BIENRECU_SPAMASSASSIN=f"127.0.0.1:{port}")


def test_it_says_the_same_as_we_do_of_a_subject_in_capitals(port: int, tmp_path: Path) -> None:
    said = asked(mail("VOTRE CONVOCATION POUR LYON"), tmp_path, port)
    assert said["subject_capitals"] and "the subject is in capitals (0.5)" in said["spamassassin"]["remedy"]
    assert "it calls junk what has 5" in said["spamassassin"]["message"]


def test_junk_weighs_most_and_an_ordinary_mail_nothing(port: int, tmp_path: Path) -> None:
    junk = asked(mail(text=GTUBE), tmp_path, port)["spamassassin"]
    assert junk["severity"] == "strong" and "filters are tried out" in junk["remedy"]
    plain = asked(mail(html=f"<p>{TEXT * 3}</p>"), tmp_path, port)
    assert set(plain) == {"spamassassin"} and plain["spamassassin"]["severity"] == "info"
