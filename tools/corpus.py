"""Measures the reading of returns over a corpus of labelled mails and replies, which stands beside the repository.

    python tools/corpus.py             what the corpus's own scorer says, per kind, with flufl.bounce beside us
    python tools/corpus.py --wrong 20  also the first wrong answers among those that rules may be written from

Copies and near copies share a group. A sixth of the groups is held out, by the hash of their name: no rule is
written from them, so that their column tells how rules do on mail that nobody has looked at."""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from email import message_from_bytes
from pathlib import Path
from typing import Any

from bienrecu.processes.classify import classify

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared/data/bounces"
HELD_OUT_PER_CENT = 17

Item = dict[str, Any]
Answers = list[Item]
Scores = dict[str, tuple[int, int]]


def main(wrong: int) -> None:
    if not (CORPUS / "data.jsonl").is_file():
        print(f"Skipped: the corpus is not there ({CORPUS}).")
        return
    items = [json.loads(line) for line in (CORPUS / "data.jsonl").read_text("utf-8").splitlines()]
    mails = [item for item in items if "raw" in item]
    with tempfile.TemporaryDirectory() as folder:
        measure = Measure(Path(folder))
        ours, seconds = answered(items, lambda item: classify(item, CORPUS))
        theirs, their_seconds = answered(mails, flufl)
        seen, held_out = (of_half(items, is_held_out) for is_held_out in (False, True))
        columns = {"all": (items, ours), "looked at": (seen, ours), "held out": (held_out, ours)}
        for kind in ("dsn", "arf", "autoreply", "other", "reply"):
            shown = columns | ({"flufl.bounce": (items, theirs)} if kind != "reply" else {})
            print_table(kind, {name: measure(kind, *column) for name, column in shown.items()})
        if wrong:
            print(measure.wrong_answers(seen, ours, wrong))
    _, mail_seconds = answered(mails, lambda item: classify(item, CORPUS))
    print(f"\n{len(items) / seconds:.0f} items a second of one processor, all kinds")
    ours_a_second, theirs_a_second = len(mails) / mail_seconds, len(mails) / their_seconds
    print(f"{ours_a_second:.0f} mails a second of one processor; flufl.bounce: {theirs_a_second:.0f}")


def is_held_out(group: str) -> bool:
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % 100 < HELD_OUT_PER_CENT


def of_half(items: list[Item], held_out: bool) -> list[Item]:
    return [item for item in items if is_held_out(item["group"]) is held_out]


def answered(items: list[Item], answer: Callable[[Item], Item]) -> tuple[Answers, float]:
    started = time.process_time()
    answers = [answer(item) for item in items]
    return answers, time.process_time() - started


def flufl(item: Item) -> Item:
    """The answer of flufl.bounce, which knows addresses and whether to give up, but no reasons."""
    from flufl.bounce import all_failures  # noqa: PLC0415  # only `make corpus` installs it

    temporary, permanent = all_failures(message_from_bytes((CORPUS / item["raw"]).read_bytes()))
    permanence = "permanent" if permanent else "temporary" if temporary else "none"
    found = sorted(address.decode("utf-8", "replace") for address in permanent | temporary)
    return {"id": item["id"], "recipients": found, "reason": None, "permanence": permanence}


class Measure:
    """Asks the corpus's scorer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, kind: str, items: list[Item], answers: Answers) -> Scores:
        scores: dict[str, list[int]] = json.loads(self._score(items, answers, "--only-kind", kind, "--json"))
        return {name: (right, of) for name, (right, of) in scores.items()}

    def wrong_answers(self, items: list[Item], answers: Answers, number: int) -> str:
        return self._score(items, answers, "--errors", str(number))

    def _score(self, items: list[Item], answers: Answers, *options: str) -> str:
        gold, found = (self._written(rows, name) for rows, name in ((items, "gold"), (answers, "found")))
        command = [sys.executable, CORPUS / "score.py", found, "--gold", gold, "--map", CORPUS / "reasons-map.json"]
        return subprocess.run([*command, *options], check=True, capture_output=True, text=True).stdout  # noqa: S603

    def _written(self, rows: Iterable[Item], name: str) -> Path:
        path = self._folder / f"{name}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        return path


def print_table(kind: str, columns: dict[str, Scores]) -> None:
    print("\n" + kind.ljust(54) + "".join(name.rjust(18) for name in columns))
    for measure in sorted(set().union(*columns.values())):
        print(f"  {measure:52}" + "".join(shown(scores.get(measure)).rjust(18) for scores in columns.values()))


def shown(score: tuple[int, int] | None) -> str:
    right, of = score or (0, 0)
    return f"{100 * right / of:.1f} % ({right}/{of})" if of else "-"


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--wrong", type=int, default=0, metavar="N")
    main(options.parse_args().wrong)
