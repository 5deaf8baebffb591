"""What a domain's SPF record includes, and how many look-ups it costs (RFC 7208 §4.6.4): for people to read.

No sender is needed: every include and redirect is followed, whether or not a given server would get that far."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from bienrecu.protocol.spf.check import MOST_LOOKUPS, Ask, is_name
from bienrecu.protocol.spf.record import ASKING, Record, RecordError, read_record, select

_MOST_NODES = 50
_MOST_SILENT = 3  # questions nobody answers, before asking no more


class Trouble(StrEnum):
    """Why a receiver can make nothing of a node. All but the last two spoil the whole record."""

    MISSING = "missing"
    SEVERAL = "several"
    WRONG = "wrong"
    LOOP = "loop"
    NO_ANSWER = "no_answer"
    DEPENDS = "depends"  # its name has macros: it is another one for each sender


@dataclass(slots=True)
class Node:
    """One domain's record. `text` is empty when there is none, or several. `void` are its names that lead nowhere."""

    domain: str
    text: str = ""
    trouble: Trouble | None = None
    own_lookups: int = 0
    void: int = 0
    included: list["Node"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        yield self
        for node in self.included:
            yield from node.walk()

    @property
    def lookups(self) -> int:
        """Of it and all below it."""
        return sum(node.own_lookups for node in self.walk())

    @property
    def too_many(self) -> bool:
        """Receivers give up (*permerror*)."""
        return self.lookups > MOST_LOOKUPS


def include_tree(domain: str, ask: Ask) -> Node:
    """Asks at most 50 times for records, and for the addresses of what they name."""
    return _Grower(ask).grow(domain.rstrip(".").lower(), ())


class _Grower:
    def __init__(self, ask: Ask) -> None:
        self._ask_dns = ask
        self._nodes = self._silent = 0

    def _ask(self, name: str, kind: str) -> list[str] | None:
        if not is_name(name):
            return []
        if self._silent >= _MOST_SILENT:
            return None
        found = self._ask_dns(name, kind)
        self._silent += found is None
        return None if found is None else list(found)

    def grow(self, domain: str, above: tuple[str, ...]) -> Node:
        node = Node(domain)
        if "%" in domain:
            node.trouble = Trouble.DEPENDS
        elif domain in above:
            node.trouble = Trouble.LOOP
        elif self._nodes >= _MOST_NODES:
            node.trouble = Trouble.NO_ANSWER
        else:
            self._nodes += 1
            self._fill(node, above)
        return node

    def _fill(self, node: Node, above: tuple[str, ...]) -> None:
        texts = self._ask(node.domain, "TXT")
        records = select(texts or ())
        if len(records) != 1:
            silent = Trouble.NO_ANSWER if texts is None else Trouble.MISSING
            node.trouble = Trouble.SEVERAL if records else silent
            return
        node.text = records[0]
        try:
            record = read_record(node.text)
        except RecordError:
            node.trouble = Trouble.WRONG
            return
        self._follow(node, record, (*above, node.domain))

    def _follow(self, node: Node, record: Record, above: tuple[str, ...]) -> None:
        ends = any(directive.mechanism == "all" for directive in record.directives)
        for directive in record.directives:
            if directive.mechanism == "all":
                break  # what stands after it is never reached
            node.own_lookups += directive.mechanism in ASKING
            if directive.mechanism == "include":
                node.included.append(self.grow(_plain(directive.target), above))
            elif directive.mechanism in ("a", "mx"):
                node.void += self._is_void(_plain(directive.target) or node.domain, directive.mechanism)
        if record.redirect and not ends:
            node.own_lookups += 1
            node.included.append(self.grow(_plain(record.redirect), above))

    def _is_void(self, name: str, mechanism: str) -> bool:
        """Not when nobody answers: that proves nothing."""
        if "%" in name:
            return False
        kinds = ("MX",) if mechanism == "mx" else ("A", "AAAA")
        return all(self._ask(name, kind) == [] for kind in kinds)


def _plain(target: str) -> str:
    return target.removesuffix(".").lower()
