"""`bienrecu reclassify`: stored evidence read by the rules of today."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from bienrecu.adapters.rereading import Reread, reread_all
from bienrecu.domain.event import Kind
from bienrecu.store import record
from bienrecu.store.record import Correction, NewEvent

_AT_ONCE = 200
_SHOWN = 3  # examples of each change


def run(*, apply: bool) -> int:
    """Prints what changes; changes it when asked to."""
    changes: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    for part in _parts(reread_all()):
        for change, example in _told(part):
            changes[change] += 1
            if len(examples.setdefault(change, [])) < _SHOWN:
                examples[change].append(example)
        if apply:
            _apply(part)
    _print(changes, examples, applied=apply)
    return 0


def _parts(found: Iterator[Reread]) -> Iterator[list[Reread]]:
    while part := list(islice(found, _AT_ONCE)):
        yield part


def _apply(part: Iterable[Reread]) -> None:
    corrections: list[Correction] = [one for reread in part for one in reread.corrections]
    new: list[NewEvent] = [one for reread in part for one in reread.new]
    if corrections:
        record.reread(corrections)
    if new:
        record.add(new)


def _told(part: Iterable[Reread]) -> Iterator[tuple[str, str]]:
    """Each change as a line, with where it is and the words that decide."""
    for reread in part:
        for one in reread.corrections:
            yield _change(one), f"event {one.event.pk}: {_shortened(one.event.words)}"
        for event in reread.new:
            change = f"not understood before -> {Kind(event.kind)}: {event.reason or 'no reason'}"
            yield change, f"report {event.report_id}: {_shortened(event.words)}"


def _change(one: Correction) -> str:
    before, after = one.event.reason or "no reason", one.reason or "no reason"
    if before == after:
        before = f"{before} ({one.event.certainty or 'how sure was not noted'})"
        after = f"{after} ({one.certainty or 'not judged'})"
    return f"{one.event.kind}: {before} -> {after}"


def _shortened(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 100 else f"{line[:99]}…"


def _print(changes: Counter[str], examples: dict[str, list[str]], *, applied: bool) -> None:
    if not changes:
        print("Nothing changes: all evidence says to the rules of today what it said before.")
        return
    for change, number in changes.most_common():
        print(f"{number:7}  {change}")
        for example in examples[change]:
            print(f"         {example}")
    total = sum(changes.values())
    print(
        f"{total} read again; statuses follow, and what each said before is kept."
        if applied
        else f"{total} would be read again. Nothing is changed yet: bienrecu reclassify --apply."
    )
