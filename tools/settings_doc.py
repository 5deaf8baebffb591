"""Writes docs/settings.md from the list of settings; with --check, says whether it is current."""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bienrecu.config.options import OPTIONS

FILE = ROOT / "docs" / "settings.md"
HEAD = """# Settings

Every setting is an environment variable, or a line of the TOML file that `BIENRECU_CONFIG` names
(`BIENRECU_RETRY_MAX_AGE=48` is `retry_max_age = 48` there). The environment wins. A value that cannot be used stops the
program at once, with the name, the value and what would be right; so does a name that is no setting.

This page is made from `bienrecu/config/options.py`.

| setting | default | what it is |
| --- | --- | --- |
"""


def page() -> str:
    rows = (f"| `{o.variable}` | {f'`{o.default}`' if o.default else ''} | {o.doc} |\n" for o in OPTIONS)
    return HEAD + "".join(rows)


if __name__ == "__main__":
    if "--check" not in sys.argv:
        FILE.write_text(page())
    elif FILE.read_text() != page():
        sys.exit("docs/settings.md is not current: run python tools/settings_doc.py")
