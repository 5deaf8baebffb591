"""Writes docs/permissions.md from the table that the tests try; with --check, says whether it is current."""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.permissions import TABLE, May, Outcome, Page, Who, expected

PATH = ROOT / "docs" / "permissions.md"
HEAD = """# Who may do what

Roles are held in one organisation: a reader sees everything of it, a sender also writes, sends and corrects, an
administrator also changes its settings. Pages of another organisation are not there: they answer 404, not 403, which
would say that they exist. Looking (GET) never changes anything; acting is a POST.

This page is made from `tests/permissions.py` by `python tools/permissions_doc.py`. The tests try every line with
everybody, on the real pages; a new address without a line here fails them.

"""


def document() -> str:
    return HEAD + _outcomes() + "".join(_part(title, pages) for title, pages in TABLE.items())


def _outcomes() -> str:
    """What happens to whom, by who may."""
    head = "| who may | " + " | ".join(who.value for who in Who) + " |\n" + "| --- " * (len(Who) + 1) + "|\n"
    rows = (
        f"| {may.value} | " + " | ".join(expected(may, who).value for who in Who) + " |\n"
        for may in May
        if may is not May.NOBODY
    )
    return head + "".join(rows) + f"\nAnything else that is asked of a page: {Outcome.NOTHING.value}.\n"


def _part(title: str, pages: list[Page]) -> str:
    head = "| page or action | address | may look | may act | acting |\n| --- | --- | --- | --- | --- |\n"
    return f"\n## {title}\n\n{head}" + "".join(_line(page) for page in pages)


def _line(page: Page) -> str:
    does = "" if page.does == page.title else page.does
    return f"| {page.title} | `{page.name}` | {page.look.value} | {page.act.value} | {does} |\n"


if __name__ == "__main__":
    if "--check" not in sys.argv:
        PATH.write_text(document(), "utf-8")
    elif PATH.read_text("utf-8") != document():
        sys.exit("docs/permissions.md is not current: run python tools/permissions_doc.py")
