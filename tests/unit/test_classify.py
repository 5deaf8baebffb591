"""`bienrecu classify --jsonl`: what anybody's corpus of mails and replies is measured with."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from bienrecu.processes.classify import run

CORPUS = Path(__file__).parents[1] / "corpus"


def answers(*items: dict[str, Any] | str) -> tuple[int, list[dict[str, Any]]]:
    lines = [item if isinstance(item, str) else json.dumps(item) for item in items]
    out = io.StringIO()
    code = run(CORPUS, io.StringIO("\n".join(lines)), out)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        (
            {"id": "1", "kind": "dsn", "raw": "unknown-user.eml"},
            {"recipients": ["paul@example.org"], "reason": "address_unknown", "permanence": "permanent"},
        ),
        (
            {"id": "2", "kind": "reply", "text": "452 4.2.2 Mailbox full"},
            {"recipients": [], "reason": "mailbox_full", "permanence": "temporary"},
        ),
        (
            {"id": "6", "kind": "reply", "text": "250 2.0.0 Ok: queued"},
            {"recipients": [], "reason": "delivered", "permanence": "none"},
        ),
        (
            {"id": "7", "kind": "reply", "text": "Automatic reply: Convocation"},
            {"recipients": [], "reason": "auto_reply", "permanence": "none"},
        ),
        (
            {"id": "3", "kind": "autoreply", "raw": "out-of-office.eml"},
            {"recipients": [], "reason": "auto_reply", "permanence": "none"},
        ),
        (
            {"id": "4", "kind": "arf", "raw": "complaint.eml"},
            {"recipients": [], "reason": "complaint", "permanence": "none"},
        ),
        (
            {"id": "5", "kind": "other", "text": "From: paul@example.org\n\nBonjour"},
            {"recipients": [], "reason": None, "permanence": "none"},
        ),
    ],
)
def test_each_item_gets_one_answer(item: dict[str, Any], answer: dict[str, Any]) -> None:
    assert answers(item) == (0, [{"id": item["id"]} | answer])


def test_of_three_recipients_the_one_that_failed_is_named() -> None:
    _, [answer] = answers({"id": "1", "kind": "dsn", "raw": "three-recipients.eml"})
    assert "anne@example.org" not in answer["recipients"]
    assert (answer["reason"], answer["permanence"]) == ("mailbox_full", "permanent")


def test_a_line_that_cannot_be_read_does_not_hide_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = answers(
        "{", '"text"', {"id": "1", "raw": "none.eml"}, {"id": "2", "kind": "reply", "text": "550 5.1.1"}
    )
    assert (code, [answer["id"] for answer in found]) == (1, ["2"])
    assert [line[:7] for line in capsys.readouterr().err.splitlines()] == ["line 1:", "line 2:", "line 3:"]


@pytest.mark.parametrize(
    "item",
    ["[]", {"kind": "reply", "text": "550"}, {"id": "1"}, {"id": "1", "kind": "reply"}, {"id": "1", "text": None}],
)
def test_a_line_without_what_is_needed_says_what_is(
    item: dict[str, Any] | str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answers(item) == (1, [])
    assert '"text"' in capsys.readouterr().err


def test_an_answer_is_json_whatever_the_name() -> None:
    assert answers('{"id": "\\ud800", "kind": "reply", "text": "550 5.1.1"}')[1][0]["reason"] == "address_unknown"
