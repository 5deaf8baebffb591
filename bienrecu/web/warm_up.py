"""The warm-up of a domain as people read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bienrecu.store.queries.warm_up import Stage
from bienrecu.wording.operators import operator


@dataclass(frozen=True, slots=True)
class WarmUp:
    """`rows` are of the operators for whom something has left today or waits; `first` is the smallest allowance of
    today."""

    rows: list[tuple[str, Stage]]
    first: int
    waiting: int
    last: datetime | None


def present(stages: Sequence[Stage]) -> WarmUp | None:
    """None: nothing is held."""
    if not stages:
        return None
    return WarmUp(
        rows=[(operator(stage.operator), stage) for stage in stages if stage.begun or stage.waiting],
        first=min((stage.allowed for stage in stages if stage.allowed is not None), default=0),
        waiting=sum(stage.waiting for stage in stages),
        last=max((stage.last for stage in stages if stage.last), default=None),
    )
