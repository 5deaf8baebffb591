"""Writes docs/statuses.md from the code, so that what people read about it is what it does.

python tools/statuses_doc.py"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import django
from django.conf import settings
from django.utils.translation import override

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Failure, Reason, facts
from bienrecu.domain.status import PROVES, Flag, Status
from bienrecu.wording import events, flags, reasons, statuses

ROOT = Path(__file__).resolve().parents[1]
PATH = ROOT / "docs/statuses.md"

T = TypeVar("T")

_INTRODUCTION = """\
# Statuses and reasons

Every recipient of every e-mail stands at one of six statuses. A status says who holds the message now, and is the
strongest proof among the recipient's events, in whatever order these arrive. Silence proves nothing; machines prove
nothing. The sentences below are those of the product, which shows them in French or in English.

This page is made from the code by `python tools/statuses_doc.py`; change the code, not the page."""

_FAILURE = {
    Failure.SEND_ERROR: Status.SEND_ERROR,
    Failure.RECEPTION_IMPOSSIBLE: Status.RECEPTION_IMPOSSIBLE,
}


def document() -> str:
    with override("en"):
        parts = [_INTRODUCTION, _statuses(), _events(), _flags(), _reason_table(), *map(_reason, Reason)]
    return "\n\n".join(parts) + "\n"


def _statuses() -> str:
    rows = []
    for status in Status:
        said = statuses.words(status)
        label = _french(statuses.label, status)
        rows.append((f"`{status.code}`", said.label, label, said.meaning, said.limit, said.next_step))
    heading = ("code", "English", "French", "what it means", "what we do not know", "what to do")
    return "## The six statuses\n\n" + _table(heading, rows)


def _events() -> str:
    rows = []
    for kind in Kind:
        status = PROVES[kind]
        proved = "nothing" if status is None else f"`{status.code}`"
        rows.append((f"`{kind}`", events.line(kind), _french(events.line, kind), proved))
    note = (
        "Which of the two failures `refused`, `returned`, `expired` and `unsendable` prove depends on their reason:\n"
        "see the table of reasons. A human act (`opened`, `displayed`, `replied`, `confirmed`) is stronger than a\n"
        "failure: the status is then `opened`, with the flag `contradictory`."
    )
    return (
        "## What happens, and what it proves\n\n"
        + _table(("event", "English", "French", "proves"), rows)
        + f"\n\n{note}"
    )


def _flags() -> str:
    rows = [(f"`{flag.name.lower()}`", flags.words(flag).note, _french(_note, flag)) for flag in Flag if flag.name]
    return "## What may stand beside a status\n\n" + _table(("flag", "English", "French"), rows)


def _note(flag: Flag) -> str:
    return flags.words(flag).note


def _reason_table() -> str:
    rows = []
    for reason in Reason:
        known = facts(reason)
        rows.append(
            (
                f"[`{reason}`](#{reason})",
                reasons.label(reason),
                _french(reasons.label, reason),
                f"`{_FAILURE[known.failure].code}`",
                reasons.who(reason),
                "yes" if known.suppresses else "",
            )
        )
    heading = ("reason", "English", "French", "once final", "who can act", "suppresses the address")
    return "## The reasons\n\n" + _table(heading, rows)


def _reason(reason: Reason) -> str:
    said = reasons.words(reason)
    title = _french(lambda it: reasons.words(it).title, reason)
    return (
        f"### {reason}\n\n**{said.title}** ({title}). {said.cause}\n\n"
        f"- What we do not know: {_continued(said.limit)}\n- What to do: {_continued(said.advice)}"
    )


def _continued(text: str) -> str:
    return text[0].lower() + text[1:]


def _french(say: Callable[[T], str], thing: T) -> str:
    with override("fr"):
        return say(thing).replace("\N{NO-BREAK SPACE}", " ")


def _table(heading: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [heading, ["---" for _ in heading], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    settings.configure(USE_I18N=True, LOCALE_PATHS=[ROOT / "bienrecu/wording/locale"])
    django.setup()
    PATH.write_text(document(), "utf-8")
