"""Both sides of a conversation, word for word, with the time of each line."""

from collections.abc import Callable, Iterable
from typing import Final

LIMIT: Final = 64 * 1024
"""Octets kept of one transcript; what exceeds is cut, and said to be."""


class Transcript:
    """Lines such as "   12 ms S: 250 ok". `now` gives seconds on any scale."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._began = now()
        self._lines: list[tuple[float, str]] = []
        self._room = LIMIT

    def server(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._add(f"S: {line}")

    def client(self, line: str) -> None:
        self._add(f"C: {line}")

    def note(self, words: str) -> None:
        """What neither side said: a handshake, a line that died."""
        self._add(f"[{words}]")

    def _add(self, line: str) -> None:
        if self._room <= 0:
            return
        octets = len(line.encode()) + 16
        self._room -= octets
        self._lines.append((self._now(), line if self._room > 0 else "[cut here: too long to be kept]"))

    def __str__(self) -> str:
        return "\n".join(f"{1000 * (at - self._began):5.0f} ms {line}" for at, line in self._lines)
