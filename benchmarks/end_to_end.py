"""From "please send" to "the server has them all, and it is written down": beside django-post-office.

`python -m benchmarks.end_to_end` takes about four minutes, with `--quick` one. Each round gives every contender in turn
the same messages (two parts, 10 KB) for distinct recipients at 50 domains, in fresh processes and an empty database,
and one server on loopback that takes them all. Programs are started before the clock."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from benchmarks.world import Program, Sink, World, Worlds, cpu_seconds, print_table, spread
from bienrecu.protocol.dkim import make_key

DOMAIN = "formation.example"
SELECTOR = "bench"


@dataclass(frozen=True)
class Cost:
    """Seconds of one round, and CPU seconds of all the contender's processes."""

    ingest: float
    delivery: float
    cpu: float

    @property
    def total(self) -> float:
        return self.ingest + self.delivery


@dataclass(frozen=True)
class Contender:
    name: str
    play: Callable[[World, Sink, str, int], Cost]
    world: Callable[[], World]
    dkim_key: str = ""

    def round(self, count: int) -> Cost:
        world = self.world()
        with Sink(world.folder) as sink:
            cost = self.play(world, sink, self.dkim_key, count)
            sink.check(count)
        return cost


def main() -> None:
    quick = "--quick" in sys.argv[1:]
    count, rounds = (500, 3) if quick else (3000, 5)
    with Worlds.open() as worlds:
        key = worlds.folder / "dkim.pem"
        key.write_bytes(make_key("rsa"))
        for title, dkim_key, count_, rounds_ in (
            ("not signed", "", count, rounds),
            # The peer signs so slowly that more would teach nothing.
            ("DKIM, rsa-2048", str(key), count // 3, 3),
        ):
            contenders = [
                Contender("django-post-office, SQLite", post_office, worlds.sqlite, dkim_key),
                Contender("Bien Reçu, SQLite", bien_recu, worlds.sqlite, dkim_key),
                Contender("Bien Reçu, PostgreSQL", bien_recu, worlds.postgresql, dkim_key),
            ]
            _print(f"End to end, {title}: {count_:,} messages of 10 KB", count_, measure(contenders, count_, rounds_))


def measure(contenders: list[Contender], count: int, rounds: int) -> dict[str, list[Cost]]:
    costs: dict[str, list[Cost]] = {contender.name: [] for contender in contenders}
    for _ in range(rounds):
        for contender in contenders:
            costs[contender.name].append(contender.round(count))
    return costs


def bien_recu(world: World, sink: Sink, dkim_key: str, count: int) -> Cost:
    environment = world.migrate().environment(
        relay_url=f"smtp://127.0.0.1:{sink.port}", dkim_keys=f"{DOMAIN}:{SELECTOR}:{dkim_key}" if dkim_key else ""
    )
    with Program("bienrecu", "deliver", environment=environment) as engine:
        return _timed("benchmarks.ours", count, environment, engine.pid, *world.servers)


def post_office(world: World, sink: Sink, dkim_key: str, count: int) -> Cost:
    environment = world.environment() | {"SINK_PORT": sink.port, "DKIM_KEY": dkim_key}
    return _timed("benchmarks.post_office", count, environment, *world.servers)


def _timed(module: str, count: int, environment: dict[str, str], *others: int) -> Cost:
    """Runs a contender's program, which says when it is ready, when all is durable, when all is sent."""
    with Program(module, str(count), environment=environment) as program:
        program.hear()
        cpu, began = cpu_seconds(program.pid, *others), perf_counter()
        program.tell("go")
        program.hear()
        ingested = perf_counter()
        program.hear()
        ended = perf_counter()
        return Cost(ingested - began, ended - ingested, cpu_seconds(program.pid, *others) - cpu)


def _print(title: str, count: int, costs: dict[str, list[Cost]]) -> None:
    peer = next(iter(costs.values()))
    print_table(
        f"{title}, {len(peer)} alternating rounds, median (min–max)",
        ["", "ingest/s", "delivery/s", "end to end/s", "CPU s/1000", "times as fast", "of the CPU"],
        [
            [
                name,
                spread([count / cost.ingest for cost in own]),
                spread([count / cost.delivery for cost in own]),
                spread([count / cost.total for cost in own]),
                spread([1000 * cost.cpu / count for cost in own], ".2f"),
                spread([other.total / cost.total for cost, other in zip(own, peer, strict=True)], ".1f"),
                spread([cost.cpu / other.cpu for cost, other in zip(own, peer, strict=True)], ".2f"),
            ]
            for name, own in costs.items()
        ],
    )


if __name__ == "__main__":
    main()
