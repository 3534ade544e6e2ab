"""All pure Nash equilibria of the same random games, side by side with other tools.

    python benchmarks/bench_rivals.py

n players with two strategies each, random payoffs from 0 to 99. Every tool gets the same arrays, must return the same
equilibria, and is stopped at 120 seconds. Tools that are not installed (extra `bench`) are reported as such.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from typing import Any

import numpy as np

LIMIT = 120.0
SIZES = (10, 12, 14, 16, 18)
Game = list[np.ndarray[Any, np.dtype[np.int64]]]


def random_game(players: int) -> Game:
    rng = np.random.default_rng(players)
    return [rng.integers(0, 100, size=(2,) * players) for _ in range(players)]


def by_detente(game: Game) -> tuple[float, int]:
    from detente.engine.arrays import Relation, prepare

    us = [(u + 1).astype(np.uint8) for u in game]
    relations = [Relation(axis) for axis in range(len(us))]
    begin = time.perf_counter()
    model = prepare(us, relations, credible=False)
    stable = np.logical_and.reduce([model.stability(i, ["nash"], "legal")["nash"] for i in range(len(us))])
    return time.perf_counter() - begin, int(stable.sum())


def by_quantecon(game: Game) -> tuple[float, int]:
    import quantecon.game_theory as gt

    players = len(game)
    begin = time.perf_counter()
    arrays = [np.moveaxis(u, list(range(players)), [(axis - i) % players for axis in range(players)])
              for i, u in enumerate(game)]  # fmt: skip
    found = gt.pure_nash_brute(gt.NormalFormGame([gt.Player(np.ascontiguousarray(a)) for a in arrays]))
    return time.perf_counter() - begin, len(found)


def by_gambit(game: Game) -> tuple[float, int]:
    import pygambit

    begin = time.perf_counter()
    made = getattr(pygambit, "StrategicGame", pygambit.Game).from_arrays(*game)
    built = time.perf_counter()
    found = pygambit.nash.enumpure_solve(made)
    print(f"      (of which building the game {built - begin:.2f} s)")
    return time.perf_counter() - begin, len(found.equilibria)


def child(tool: Callable[[Game], tuple[float, int]], players: int, pipe: Any) -> None:
    try:
        tool(random_game(players))  # a first run on the same game pays for imports and compilation
        pipe.send(tool(random_game(players)))
    except ImportError as error:
        pipe.send(f"not installed ({error.name})")


def measure(tool: Callable[[Game], tuple[float, int]], players: int) -> tuple[float, int] | str:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=child, args=(tool, players, there))
    process.start()
    answered = here.poll(2 * LIMIT)
    result: tuple[float, int] | str = here.recv() if answered else f"stopped at {LIMIT:.0f} s"
    process.kill()
    process.join()
    return result


def main() -> None:
    tools = {"detente": by_detente, "quantecon": by_quantecon, "pygambit": by_gambit}
    gone: set[str] = set()
    for players in SIZES:
        counts = set()
        for name, tool in tools.items():
            if name in gone:
                print(f"2^{players} profiles  {name:10} not tried: stopped before")
                continue
            result = measure(tool, players)
            if isinstance(result, str):
                gone.add(name)
                print(f"2^{players} profiles  {name:10} {result}")
            else:
                counts.add(result[1])
                print(f"2^{players} profiles  {name:10} {result[0]:10.4f} s  {result[1]} equilibria")
        if len(counts) > 1:
            raise SystemExit("the tools disagree")


if __name__ == "__main__":
    main()
