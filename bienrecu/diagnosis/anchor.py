"""Pieces of plain text without which a pattern cannot match: looking for them first spares most patterns their run."""

from dataclasses import dataclass, field

_MIN_LENGTH = 2
"""Of a piece: a single letter stands in every reply."""


def anchors(pattern: str) -> tuple[str, ...]:
    """One of these stands in whatever `pattern` matches; empty when nothing is certain."""
    found = _Reader(pattern).alternatives()
    return tuple(sorted(found)) if found and _shortest(found) >= _MIN_LENGTH else ()


Pieces = frozenset[str]


def _shortest(pieces: Pieces) -> int:
    return min(map(len, pieces))


@dataclass
class _Branch:
    """What must stand in a match of one alternative: any one of these sets of pieces is enough to look for."""

    run: str = ""
    needed: list[Pieces] = field(default_factory=list)

    def letter(self, sign: str) -> None:
        self.run += sign

    def other(self, pieces: Pieces | None = None) -> None:
        """Something that is no plain letter, of which `pieces` must stand there."""
        if self.run:
            self.needed.append(frozenset({self.run}))
        self.run = ""
        if pieces:
            self.needed.append(pieces)

    def best(self) -> Pieces | None:
        self.other()
        return max(self.needed, key=lambda pieces: (_shortest(pieces), -len(pieces)), default=None)


class _Reader:
    """Reads a regular expression as far as our tables use them."""

    def __init__(self, pattern: str) -> None:
        self._pattern, self._at = pattern, 0

    def alternatives(self) -> Pieces | None:
        """Up to the end of the group, or of all: what one alternative or another needs; None when one needs nothing."""
        branches = [_Branch()]
        while self._at < len(self._pattern) and self._pattern[self._at] != ")":
            if self._pattern[self._at] == "|":
                self._at += 1
                branches.append(_Branch())
            else:
                self._item(branches[-1])
        needed = [branch.best() for branch in branches]
        return frozenset().union(*filter(None, needed)) if all(needed) else None

    def _item(self, branch: _Branch) -> None:
        """A letter, a set or a group, with its quantifier."""
        sign = self._next()
        if sign == "(":
            pieces = self._group()
            branch.other(None if self._may_be_absent() else pieces)
        elif sign == "[":
            self._set()
            self._may_be_absent()
            branch.other()
        elif sign == "\\":
            sign = self._next()
            self._plain(sign, branch) if not sign.isalnum() else self._unknown(branch)
        elif sign in ".^$":
            self._unknown(branch)
        else:
            self._plain(sign, branch)

    def _plain(self, sign: str, branch: _Branch) -> None:
        if self._may_be_absent():
            branch.other()
        else:
            branch.letter(sign)

    def _unknown(self, branch: _Branch) -> None:
        self._may_be_absent()
        branch.other()

    def _next(self) -> str:
        self._at += 1
        return self._pattern[self._at - 1]

    def _group(self) -> Pieces | None:
        """What a group needs; of one that looks ahead or behind, nothing stands in the match."""
        looks_around = self._pattern.startswith(("?=", "?!", "?<"), self._at)
        if self._pattern.startswith("?", self._at):
            self._at = self._pattern.index(":", self._at) + 1 if not looks_around else self._at + 2
        pieces = self.alternatives()
        self._at += 1
        return None if looks_around else pieces

    def _set(self) -> None:
        while (sign := self._next()) != "]":
            self._at += sign == "\\"

    def _may_be_absent(self) -> bool:
        """Reads the quantifier that follows, if any. What is repeated counts as optional, to be simple."""
        sign = self._pattern[self._at : self._at + 1]
        if sign == "{":
            self._at = self._pattern.index("}", self._at) + 1
        elif sign and sign in "?*+":
            self._at += 1
        else:
            return False
        if self._pattern.startswith("?", self._at):
            self._at += 1
        return True
