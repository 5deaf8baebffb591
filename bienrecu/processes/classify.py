"""`bienrecu classify --jsonl`: what the program makes of mails and replies, one JSON object a line."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TextIO

from bienrecu.returns.interpret import interpret
from bienrecu.returns.verdict import Verdict, verdict_of, verdict_of_reply

_REPLY = "reply"


def run(root: Path | None, lines: TextIO = sys.stdin, out: TextIO = sys.stdout) -> int:
    """Returns 1 when a line could not be read; the others are answered."""
    roots, code = [root] if root else _default_roots(), 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            name, judge = _read(line, roots)
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as problem:
            print(f"line {number}: {problem!r}", file=sys.stderr)
            code = 1
        else:
            print(json.dumps(_answer(name, judge()), ensure_ascii=False), file=out)
    return code


def classify(item: dict[str, Any], root: Path) -> dict[str, Any]:
    """The answer for one item: {id, kind, text} or {id, kind, raw}."""
    return _answer(item["id"], _judge(item, [root])())


def _default_roots() -> list[Path]:
    """The current folder, and that of the file that standard input comes from, if it is one."""
    given = Path("/dev/stdin").resolve()
    return [Path.cwd(), *([given.parent] if given.is_file() else [])]


def _read(line: str, roots: Sequence[Path]) -> tuple[Any, Callable[[], Verdict]]:
    item = json.loads(line)
    return item["id"], _judge(item, roots)


def _judge(item: dict[str, Any], roots: Sequence[Path]) -> Callable[[], Verdict]:
    """A reply is text; everything else is a mail, whatever its kind: what it is, is for us to find out."""
    if item.get("kind") == _REPLY:
        text = str(item["text"])
        return lambda: verdict_of_reply(text)
    raw = _found(item["raw"], roots).read_bytes() if "raw" in item else item["text"].encode("utf-8", "replace")
    return lambda: verdict_of(interpret(raw))


def _found(path: str, roots: Sequence[Path]) -> Path:
    return next((root / path for root in roots if (root / path).is_file()), roots[0] / path)


def _answer(name: Any, verdict: Verdict) -> dict[str, Any]:
    return {
        "id": name,
        "recipients": list(verdict.recipients),
        "reason": verdict.reason or None,
        "permanence": verdict.permanence,
    }
