"""What `make acceptance` runs: the whole product against a real Postfix, PostgreSQL, Dovecot and Chromium.

As root, installs the Debian packages that are missing; else says which, and their tests are skipped. Arguments are
handed to pytest.

Servers, browsers and clocks of a machine that others use make a test late now and then. Of a whole run, a few tests
that fail are run once more, alone: what fails twice fails the run; what passes then is named, to be looked into
(docs/decisions/0600)."""

import json
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

PYTEST = [sys.executable, "-m", "pytest"]
# Not Django's plugin: these tests drive installations from outside, as people do.
PYTEST += ["-o", "addopts=", "-p", "no:django", "-W", "ignore::pytest.PytestConfigWarning"]
PYTEST += ["--strict-markers", "--import-mode=importlib", "-v", "-rs", "--tb=short", "--durations=5"]
LAST_FAILED = ROOT / ".pytest_cache/v/cache/lastfailed"
MOST_AGAIN = 3
"""More failures than that are no accident."""


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    prepare()
    if any((ROOT / argument.split("::")[0]).exists() for argument in arguments if not argument.startswith("-")):
        return run(arguments)
    LAST_FAILED.unlink(missing_ok=True)
    outcome = run(["tests/acceptance", *arguments])
    failed = list(json.loads(LAST_FAILED.read_text("utf-8"))) if LAST_FAILED.is_file() else []
    return again(failed) if outcome == 1 and 0 < len(failed) <= MOST_AGAIN else outcome


def run(arguments: list[str]) -> int:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BIENRECU_")}
    return subprocess.run([*PYTEST, *arguments], cwd=ROOT, env=environment, check=False).returncode


def again(failed: list[str]) -> int:
    print("\nOnce more, alone:", *failed, sep="\n  ", flush=True)
    if outcome := run(failed):
        return outcome
    print("\nFAILED ONCE, PASSED ALONE (to be looked into):", *failed, sep="\n  ")
    return 0


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
