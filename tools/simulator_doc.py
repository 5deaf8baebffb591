"""Writes docs/simulator.md from the table of behaviours; with --check, says whether it is current."""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bienrecu.simulator.behaviours import BEHAVIOURS, SIMULATOR_DOMAIN

FILE = ROOT / "docs" / "simulator.md"
HEAD = f"""# Rehearsing

Addresses under `{SIMULATOR_DOMAIN}`, a reserved domain (RFC 2606), never leave the machine. They behave as they say,
over real SMTP: `anybody@mailbox-full.{SIMULATOR_DOMAIN}`, `anybody+mailbox-full@{SIMULATOR_DOMAIN}` or
`mailbox-full@{SIMULATOR_DOMAIN}`, with the English or the French name. Write to them as to anybody else, also in
production; `BIENRECU_SIMULATOR=no` turns them off.

This page is made from `bienrecu/simulator/behaviours.py`.

| English | French | what happens | ends as |
| --- | --- | --- | --- |
"""


def page() -> str:
    return HEAD + "".join(f"| `{b.name_en}` | `{b.name_fr}` | {b.does} | {b.ends.code} |\n" for b in BEHAVIOURS)


if __name__ == "__main__":
    if "--check" not in sys.argv:
        FILE.write_text(page())
    elif FILE.read_text() != page():
        sys.exit("docs/simulator.md is not current: run python tools/simulator_doc.py")
