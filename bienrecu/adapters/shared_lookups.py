"""Answers kept for a while, and equal questions asked at the same time joined into one."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Question = TypeVar("Question", bound=Hashable)
Answer = TypeVar("Answer")


class SharedLookups(Generic[Question, Answer]):
    """`ask` returns an answer and for how many seconds it holds; what it raises is raised to all who wait, and not
    kept. At most `size` answers are kept, the latest used ones; `now` gives seconds on a scale that only grows."""

    def __init__(
        self, ask: Callable[[Question], Awaitable[tuple[Answer, float]]], now: Callable[[], float], size: int = 10_000
    ) -> None:
        self._ask, self._now, self._size = ask, now, size
        self._kept: OrderedDict[Question, tuple[Answer, float]] = OrderedDict()
        self._asked: dict[Question, asyncio.Task[Answer]] = {}

    async def get(self, question: Question) -> Answer:
        if question in self._kept:
            answer, holds_until = self._kept[question]
            if self._now() < holds_until:
                self._kept.move_to_end(question)
                return answer
        if question not in self._asked:
            task = self._asked[question] = asyncio.create_task(self._look_up(question))
            task.add_done_callback(lambda _: self._asked.pop(question))
        # Whoever gives up waiting must not take the answer from the others.
        return await asyncio.shield(self._asked[question])

    async def _look_up(self, question: Question) -> Answer:
        answer, seconds = await self._ask(question)
        self._kept[question] = answer, self._now() + seconds
        self._kept.move_to_end(question)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)
        return answer
