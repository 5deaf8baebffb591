"""What a test begins for itself beside whatever the machine runs, and what is gone when the test is."""

import atexit
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self


class Private:
    """To be used as a context manager; it has a folder of its own, `home`. What `log` gives is printed when the test
    fails."""

    def __init__(self, name: str) -> None:
        self.home = Path(tempfile.mkdtemp(prefix=f"bienrecu-{name}-", dir="/tmp"))
        atexit.register(self.close)

    def begin(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        """Stops what runs. Safe to call twice."""
        raise NotImplementedError

    def log(self) -> str:
        """The end of it."""
        file = self.home / "log"
        return file.read_text(errors="replace")[-20_000:] if file.is_file() else ""

    def close(self) -> None:
        """Stops what runs and removes the folder. Safe to call twice."""
        atexit.unregister(self.close)
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            self.begin()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind and issubclass(kind, Exception):  # whoever stops the tests asks for no log
            print(self.log())
        self.close()
