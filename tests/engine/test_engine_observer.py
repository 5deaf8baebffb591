"""What the engine tells whoever watches."""

from typing import Any

from bienrecu.delivery.observer import Observer
from bienrecu.domain.reason import Reason
from tests.engine.world import World
from tests.fake_network import Does, Peer
from tests.fakes import job, no_route


class Notebook(Observer):
    def __init__(self) -> None:
        self.lines: list[tuple[str, tuple[Any, ...]]] = []

    def __getattribute__(self, name: str) -> Any:
        if name == "lines" or name.startswith("_"):
            return super().__getattribute__(name)
        return lambda *words: self.lines.append((name, words))


async def test_each_thing_that_happens_is_one_line_with_ids_and_never_an_address() -> None:
    peers = {
        "mx.refuses.example": Peer({"RCPT": lambda recipient: f"550 5.1.1 <{recipient}>: User unknown"}),
        "mx.defers.example": Peer({"RCPT": "452 4.2.2 <p3@defers.example>: Mailbox full"}),
        "mx.drops.example": Peer({"DOT": Does.HANGS_UP}),
        "mx.dead.example": Peer(refuses=True),
    }
    world = World(peers, {"nowhere.example": no_route(Reason.DOMAIN_UNKNOWN, permanent=True)})
    notebook = Notebook()
    names = ["good", "refuses", "defers", "drops", "dead", "nowhere"]
    await world.deliver(
        *(job(n, f"p{n}@{name}.example") for n, name in enumerate(names)), seconds=30, observer=notebook
    )
    told = dict(notebook.lines)
    names = [name for name, _ in notebook.lines]
    assert (names[0], *names[-2:]) == ("started", "stopping", "stopped")
    assert told["delivered"] == (0, "mx.good.example", 0.0)
    assert told["connection_failed"] == ("mx.dead.example", "mx.dead.example", "connect", "")
    lines = {
        (name, words[0]): words[1:] for name, words in notebook.lines if name in ("deferred", "refused", "line_lost")
    }
    assert lines["refused", 1] == ("mx.refuses.example", "rcpt", "550", "address_unknown")
    assert lines["refused", 5] == ("", "", "", "domain_unknown")
    assert lines["deferred", 2][:4] == ("mx.defers.example", "rcpt", "452", "mailbox_full")
    assert lines["deferred", 4][:4] == ("mx.dead.example", "connect", "", "connection_failed")
    assert ("line_lost", 3) in lines
    assert {"connection_opened", "connection_closed", "slowed_down", "no_route", "gauges"} <= set(told)
    assert "@" not in str(notebook.lines)
