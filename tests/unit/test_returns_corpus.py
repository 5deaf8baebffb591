"""Every mail of the corpus is understood as its .toml says; those of not-understood/ are known not to be."""

import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from bienrecu.returns.interpret import Interpretation, ReturnKind, interpret

CORPUS = Path(__file__).parents[1] / "corpus"
UNDERSTOOD = sorted(CORPUS.glob("*.eml"))
NOT_UNDERSTOOD = sorted((CORPUS / "not-understood").glob("*.eml"))


def as_toml(found: Interpretation) -> dict[str, Any]:
    """All that was found, in the form of a .toml."""
    reported = [
        {
            "addresses": list(part.addresses),
            "event": part.kind,
            "reason": part.diagnosis and part.diagnosis.reason,
            "permanent": part.diagnosis and part.diagnosis.permanent,
            "words": part.words,
        }
        for part in found.reported
    ]
    return asdict(found) | {"answers": list(found.answers), "about": list(found.about), "reported": reported}


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("path", UNDERSTOOD, ids=lambda path: path.stem)
def test_the_corpus_is_understood(path: Path, line_end: bytes) -> None:
    expected = tomllib.loads(path.with_suffix(".toml").read_text("utf-8"))
    found = as_toml(interpret(path.read_bytes().replace(b"\n", line_end)))
    reported = expected.pop("reported", [])
    assert len(found["reported"]) == len(reported)
    for part, wanted in zip(found["reported"], reported, strict=True):
        assert part == part | {"reason": None, "permanent": None} | wanted
    assert expected.pop("says")
    assert found == found | expected


@pytest.mark.parametrize("path", NOT_UNDERSTOOD, ids=lambda path: path.stem)
def test_what_cannot_be_read_is_said_not_to_be(path: Path) -> None:
    found = interpret(path.read_bytes())
    assert (found.kind, found.reported) == (ReturnKind.NOT_UNDERSTOOD, ())
