"""`bienrecu lint`: advice over a file, for people and for programs."""

import json
from pathlib import Path

import pytest

from tests.site.linting import FINE, lint

pytestmark = pytest.mark.usefixtures("in_this_process")


def test_an_ordinary_message_gets_no_advice(tmp_path: Path) -> None:
    result = lint(tmp_path, FINE)
    assert (result.exit_code, result.output) == (0, "Nothing to say against this message.\n")
    assert json.loads(lint(tmp_path, FINE, "--json").output) == []


def test_what_is_blocking_shows_in_the_exit_code(tmp_path: Path) -> None:
    result = lint(tmp_path, FINE.replace("Bonjour Paul", "Bonjour {{ prenom }}"))
    assert result.exit_code == 1
    assert "[variable_unresolved]" in result.output


def test_advice_that_does_not_block_exits_with_0(tmp_path: Path) -> None:
    assert lint(tmp_path, FINE.replace("Votre convocation", "VOTRE CONVOCATION")).exit_code == 0


@pytest.mark.parametrize(("language", "remedy"), [("en", "Add a subject."), ("fr", "Ajoutez un objet.")])
def test_programs_get_rule_severity_message_and_remedy(tmp_path: Path, language: str, remedy: str) -> None:
    result = lint(tmp_path, FINE.replace("Votre convocation", ""), "--json", "--language", language)
    (found,) = json.loads(result.output)
    assert found["message"]
    assert (found["rule"], found["severity"], found["remedy"]) == ("subject_missing", "blocking", remedy)
    assert list(found) == ["rule", "severity", "message", "remedy"]


@pytest.mark.parametrize("text", ["", "\0", "Subject", "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n--a"])
def test_what_is_no_message_is_read_all_the_same(tmp_path: Path, text: str) -> None:
    assert lint(tmp_path, text).exit_code == 1
