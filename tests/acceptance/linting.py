"""`bienrecu lint` as a program runs it, with content filters that the settings name."""

import json
import os
import subprocess
import sys
from pathlib import Path


def lint(raw: bytes, folder: Path, **settings: str) -> dict[str, dict[str, str]]:
    """What it says of `raw`, by rule."""
    file = folder / "mail.eml"
    file.write_bytes(raw)
    command = [sys.executable, "-m", "bienrecu", "lint", "--json", str(file)]
    environment = os.environ | {"BIENRECU_DATA_DIR": str(folder)} | settings
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (0, 1), done.stderr
    return {one["rule"]: one for one in json.loads(done.stdout)}
