"""A mail server that takes everything, and the list of what it took."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


class Sink:
    """What it took is written before it says so."""

    def __init__(self, process: subprocess.Popen[str], record: Path) -> None:
        assert process.stdout
        self.port = process.stdout.readline().strip().rpartition(":")[2]
        self.record = record

    def taken(self) -> Counter[str]:
        """How many times each recipient's message arrived."""
        lines = self.record.read_text().splitlines() if self.record.exists() else []
        return Counter(line.split("\t")[0] for line in lines)


@contextmanager
def running_sink(folder: Path) -> Iterator[Sink]:
    command = [sys.executable, "-m", "benchmarks.sink", "--record", str(folder / "taken")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Sink(process, folder / "taken")
        finally:
            process.terminate()
            process.communicate()
