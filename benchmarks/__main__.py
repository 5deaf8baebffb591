"""What `make bench` runs: every benchmark, one after the other, on SQLite and on PostgreSQL where that matters.

`--quick` takes a tenth of the rows and a fifth of the rounds."""

import subprocess
import sys

from benchmarks.world import ROOT, Worlds


def main() -> None:
    quick = "--quick" in sys.argv[1:]
    rows = ["10000", "100000"] if quick else ["10000", "1000000"]
    _run("dkim")
    with Worlds.open() as worlds:
        for world in (worlds.sqlite(), worlds.postgresql()):
            environment = world.environment()
            _run("history", *rows, environment=environment)
            _run("claim", rows[-1], environment=environment)
    _run("end_to_end", *(["--quick"] if quick else []))


def _run(name: str, *arguments: str, environment: dict[str, str] | None = None) -> None:
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments], cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    main()
