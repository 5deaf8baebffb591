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
        except (ValueError, OSError) as problem:
            print(f"line {number}: {problem}", file=sys.stderr)
            code = 1
        else:
            # In ASCII: a lone surrogate in a name is JSON, but no terminal's text.
            print(json.dumps(_answer(name, judge())), file=out)
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
    if not isinstance(item, dict) or "id" not in item:
        raise ValueError('not an object with an "id": {"id": "1", "kind": "reply", "text": "550 ..."}')
    return item["id"], _judge(item, roots)


def _judge(item: dict[str, Any], roots: Sequence[Path]) -> Callable[[], Verdict]:
    """A reply is text; everything else is a mail, whatever its kind: what it is, is for us to find out."""
    text, path = item.get("text"), item.get("raw")
    if item.get("kind") == _REPLY and isinstance(text, str):
        return lambda: verdict_of_reply(text)
    if item.get("kind") == _REPLY or not isinstance(path if path is not None else text, str):
        raise ValueError(
            'a reply has its words in "text"; a mail has its own in "text", or the path of a file in "raw"'
        )
    raw = _found(path, roots).read_bytes() if path is not None else text.encode("utf-8", "replace")
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
