"""`bienrecu classify --jsonl`: what the program makes of mails and replies, one JSON object a line."""

import json
import sys
from pathlib import Path
from typing import Any, TextIO

from bienrecu.diagnosis import diagnose
from bienrecu.returns.interpret import interpret
from bienrecu.returns.verdict import Verdict, verdict_of, verdict_of_diagnosis

_REPLY = "reply"


def run(root: Path, lines: TextIO = sys.stdin, out: TextIO = sys.stdout) -> int:
    """Returns 1 when a line could not be read; the others are answered."""
    code = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            answer = classify(json.loads(line), root)
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as problem:
            print(f"line {number}: {problem!r}", file=sys.stderr)
            code = 1
        else:
            print(json.dumps(answer, ensure_ascii=False), file=out)
    return code


def classify(item: dict[str, Any], root: Path) -> dict[str, Any]:
    """The answer for one item: {id, kind, text} or {id, kind, raw}."""
    verdict = _verdict(item, root)
    return {
        "id": item["id"],
        "recipients": list(verdict.recipients),
        "reason": verdict.reason or None,
        "permanence": verdict.permanence,
    }


def _verdict(item: dict[str, Any], root: Path) -> Verdict:
    """A reply is text; everything else is a mail, whatever its kind: what it is, is for us to find out."""
    if item.get("kind") == _REPLY:
        return verdict_of_diagnosis(diagnose(item["text"], None, None, ""))
    raw = (root / item["raw"]).read_bytes() if "raw" in item else item["text"].encode("utf-8", "replace")
    return verdict_of(interpret(raw))
