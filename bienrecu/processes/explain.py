"""`bienrecu explain`: what a refusal means, in words."""

import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from bienrecu.explorer.explain import MOST, Explanation, explain, status_label
from bienrecu.wording.facts import labelled

_WIDTH = 88
_A_PATH = re.compile(r"\S*(?:/\S*|\.(?:eml|msg|txt|mbox))", re.IGNORECASE)
"""What nobody means as the words of a server."""


def run(pasted: tuple[str, ...]) -> int:
    """`pasted` are the words of a reply, the path of a mail, or "-" and nothing for standard input. Returns 2 for the
    path of no file."""
    if len(pasted) == 1 and _A_PATH.fullmatch(pasted[0]) and not Path(pasted[0]).is_file():
        print(f"bienrecu: there is no file {pasted[0]}", file=sys.stderr)
        return 2
    for number, found in enumerate(explain(_read(" ".join(pasted)))):
        print("\n" * (number > 0) + "\n".join(_lines(found)))
    return 0


def _read(pasted: str) -> bytes:
    if pasted in ("", "-"):
        return sys.stdin.buffer.read(MOST)
    path = Path(pasted)
    is_path = len(pasted) < 1000 and "\n" not in pasted and path.is_file()
    return path.read_bytes()[:MOST] if is_path else pasted.encode("utf-8", "replace")


def _lines(found: Explanation) -> Iterator[str]:
    yield found.title
    if found.address:
        yield f"  {found.address}"
    said = [
        (_("Status"), status_label(found)),
        (_("What we know"), found.cause),
        (_("How sure we are"), found.sure),
        (_("What we do not know"), found.limit),
        (_("What you can do"), found.advice),
        (_("Who can act"), found.who),
        (_("What decided"), found.evidence),
        (_("Blocklist"), f"{found.blocklist} {found.page}".strip()),
        (_("Operator's code"), found.operator_code),
        (_("Reason"), found.reason),
    ]
    for name, value in said:
        if value:
            yield textwrap.fill(labelled(name, value), _WIDTH, initial_indent="  ", subsequent_indent="    ")
