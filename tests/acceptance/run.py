"""What `make acceptance` runs: the whole product against a real Postfix, PostgreSQL, Dovecot and Chromium.

As root, installs the Debian packages that are missing; else says which, and their tests are skipped. Arguments are
handed to pytest."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.acceptance import packages


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    prepare()
    named = any((ROOT / argument.split("::")[0]).exists() for argument in arguments if not argument.startswith("-"))
    # Not Django's plugin: these tests drive installations from outside, as people do.
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-o",
        "addopts=",
        "-p",
        "no:django",
        "-W",
        "ignore::pytest.PytestConfigWarning",
    ]
    command += ["--strict-markers", "--import-mode=importlib", "-v", "-rs", "--tb=short", "--durations=5"]
    command += [*arguments] if named else ["tests/acceptance", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BIENRECU_")}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def prepare() -> None:
    absent = packages.missing()
    if not absent:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        packages.install(absent)
    else:
        print(f"Some tests will be skipped. To run them all: sudo apt-get install {' '.join(absent)}")


if __name__ == "__main__":
    started = time.monotonic()
    outcome = main(sys.argv[1:])
    print(f"{time.monotonic() - started:.0f} s.")
    sys.exit(outcome)
