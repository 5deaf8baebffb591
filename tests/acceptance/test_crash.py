"""Engines are killed, without a warning, while they send: nothing is lost, and nothing is sent twice in silence."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bienrecu.domain.status import Flag
from tests.acceptance.installation import Installation, eventually_equal, kill, wait_for
from tests.acceptance.names import Names
from tests.acceptance.sink import Sink, running_sink

MESSAGES = 5000
CONNECTIONS = 20
PEOPLE = [f"person{number}@domain{number % 50}.test" for number in range(MESSAGES)]


def kill_engines_while_they_send(ours: Installation, engines: int, sink: Sink, dice: random.Random) -> int:
    """Kills one engine after the other, at any moment of their work, and starts another in its place, until little
    is left to send. Returns how many were killed."""
    running = [ours.start("deliver") for _ in range(engines)]
    killed = 0
    while (taken := sink.taken().total()) < MESSAGES * 0.9:
        _wait_for_more(sink, taken + dice.randrange(1, MESSAGES // 6))
        victim = dice.randrange(engines)
        kill(running[victim])
        killed += 1
        running[victim] = ours.start("deliver")
    return killed


def _wait_for_more(sink: Sink, target: int) -> None:
    wait_for(lambda: sink.taken().total() >= min(target, MESSAGES), f"{target} messages have arrived", pause=0.01)


@pytest.mark.parametrize(("database", "engines"), [("sqlite", 1), ("postgresql", 2)])
def test_killed_engines_lose_nothing_and_send_nothing_twice_in_silence(
    new_database: Callable[[str], str], database: str, engines: int, names: Names, tmp_path: Path
) -> None:
    seed = random.randrange(1_000_000)
    print(f"dice: {seed}")
    with (
        running_sink(tmp_path) as sink,
        Installation(
            database_url=new_database(database),
            dns_servers=names.endpoint,
            smtp_port=sink.port,
            max_connections=str(CONNECTIONS),
        ) as ours,
    ):
        ours.send(PEOPLE)
        killed = kill_engines_while_they_send(ours, engines, sink, random.Random(seed))
        unfinished = "SELECT count(*) FROM store_recipient WHERE due_at IS NOT NULL"
        eventually_equal(lambda: ours.query(unfinished), lambda: [(0,)], seconds=120)
        ours.stop()

        shown_as_possible_duplicates = {
            address
            for address, flags in ours.query("SELECT address, flags FROM store_recipient")
            if flags & Flag.POSSIBLE_DUPLICATE
        }
        taken = sink.taken()
        print(f"{killed} engines killed, {taken.total() - MESSAGES} messages arrived twice.")
        assert taken.keys() == set(PEOPLE)
        assert {address for address, times in taken.items() if times > 1} <= shown_as_possible_duplicates
        # Only what was on a line when an engine died may be doubtful.
        assert len(shown_as_possible_duplicates) <= killed * CONNECTIONS
        assert Counter(row.status for row in ours.status().values()) == {"received": MESSAGES}
