"""A real SpamAssassin on loopback, which asks nobody else."""

from tests.acceptance.foreign import Foreign
from tests.acceptance.ports import free_port


class Spamd(Foreign):
    def __init__(self) -> None:
        super().__init__("spamd")
        self.port = free_port()

    def begin(self) -> None:
        self.home.chmod(0o777)
        # -L: no network test; -x: no preferences of users; nobody: it drops what it does not need.
        command = ["spamd", "-L", "-x", "-i", "127.0.0.1", "-p", str(self.port), "--max-children=1", "-u", "nobody"]
        command += ["--helper-home-dir", str(self.home), "-s", str(self.home / "log")]
        # It listens before it answers: the log says when.
        self.start(command, lambda: "server successfully spawned child" in self.log())
