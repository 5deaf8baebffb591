"""What a suite of the standards data says of us: how many cases are right, and of the tool beside us, if there is one.

The data stands beside the repository, never in it (`shared/data/standards`)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "shared/data/standards"


@dataclass(slots=True)
class Score:
    """`beside` is the reference tool, `theirs` how many cases it has right; None when there is none, or it is not
    installed. `wrong` names the cases that we have not right."""

    suite: str
    case: str  # what a case is
    right: int = 0
    total: int = 0
    beside: str = ""
    theirs: int | None = None
    note: str = ""
    wrong: list[str] = field(default_factory=list)

    def count(self, name: str, right: bool, theirs: bool | None = None) -> None:
        self.total += 1
        self.right += right
        if not right:
            self.wrong.append(name)
        if theirs is not None:
            self.theirs = (self.theirs or 0) + theirs


Suite = Callable[[Path], Iterator[Score]]


def is_installed(*modules: str) -> bool:
    return all(find_spec(module) for module in modules)


def safely(works: Callable[[], object]) -> bool:
    """Whether a tool of others did its work: what it raises is its answer."""
    try:
        return bool(works())
    except Exception:
        return False


def lines(file: Path) -> Iterable[str]:
    """Those that say something; tests of flanker write what they mean in quotes or escapes at times."""
    return (line for line in file.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#"))
