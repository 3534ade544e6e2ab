"""Models of 60 options on decision diagrams: all Nash equilibria counted, and today's state judged under GMR and SEQ.

Run by `python benchmarks/bench_diagrams.py`. Twelve actors with five yes/no options and eight statements each; a statement has
two or three literals, joined by `and` or `or`, the first over an own option, the rest over own ones and 15 foreign ones: those
of the three neighbours on a ring, or any. Seeds 1 to 10 of both, none left out. The time of making the moves counts to the Nash
equilibria, which need them first. Seconds of the processor and of the clock; a search has 60 seconds of the clock.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from typing import Any

from detente.budget import Budget, Spent
from detente.conflict.game import Game
from detente.engine.concepts import CONCEPTS
from detente.engine.diagrams import Diagrams
from detente.scenario import read_text
from detente.scenario.text.edit import text_of

ACTORS, OPTIONS, STATEMENTS, FOREIGN, SECONDS = 12, 5, 8, 15, 60.0


def generated(seed: int, ring: bool) -> str:
    """The text of one model."""
    rng = random.Random(seed)
    keys = [[f"a{i}_{j}" for j in range(OPTIONS)] for i in range(ACTORS)]
    actors: dict[str, Any] = {}
    for i, own in enumerate(keys):
        near = [key for step in (1, 2, 3) for key in keys[(i + step) % ACTORS]]
        others = [key for k, each in enumerate(keys) if k != i for key in each]
        foreign = near if ring else rng.sample(others, FOREIGN)
        statements = []
        for _ in range(STATEMENTS):
            literals = [rng.choice(own)]
            literals += rng.sample([key for key in (*own, *foreign) if key not in literals], rng.choice((1, 2)))
            statements.append(rng.choice((" and ", " or ")).join(rng.choice(("", "not ")) + each for each in literals))
        actors[f"p{i}"] = {"options": {key: {"name": key} for key in own}, "priorities": statements}
    return text_of({"detente": "1", "title": "Generated", "actors": actors, "now": []})


def timed(work: Callable[[], Any]) -> tuple[str, Any]:
    processor, clock = time.process_time(), time.perf_counter()
    found = work()
    return f"{time.process_time() - processor:.2f} / {time.perf_counter() - clock:.2f}", found


def counted(made: Diagrams) -> str:
    """How many Nash equilibria there are, or how many at most."""
    made.budget, bound = Budget(seconds=SECONDS), made.states
    try:
        for each in made.nash():
            bound = each
        return f"{made.count(bound):,}"
    except Spent as spent:
        return f"UNKNOWN, at most {made.count(bound):,} ({spent})"


def judged(made: Diagrams, concept: str) -> str:
    """For how many actors today's state is stable; with what is open where the time is up."""
    now = made.game.conflict.settings(made.game.cell(None))
    found: dict[int, bool] = {}
    whole, why = Budget(seconds=SECONDS), ""
    for part in (SECONDS / 30, SECONDS):  # first what is quick
        for player in range(ACTORS):
            if player not in found:
                made.budget = Budget(seconds=min(part, whole.left or 0.0))
                try:
                    found[player] = made.stable_at(player, now, CONCEPTS[concept], "legal")
                except Spent as spent:
                    why = str(spent)
    stable, unknown = sum(found.values()), ACTORS - len(found)
    return f"{stable} of {len(found)} known, {unknown} UNKNOWN ({why})" if unknown else f"{stable} of {ACTORS}"


def main() -> None:
    seeds = [int(word) for word in sys.argv[1:]] or range(1, 11)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0
    print(f"load {load:.1f}; seconds of the processor / of the clock")
    print("| neighbours | seed | Nash equilibria | s | GMR of today | s | SEQ of today | s | nodes kept |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for ring in (True, False):
        for seed in seeds:
            made = Diagrams(Game.of(read_text(generated(seed, ring))))
            cells = [f"{'ring' if ring else 'any'} | {seed}"]
            for work in (counted, lambda d: judged(d, "gmr"), lambda d: judged(d, "seq")):
                took, found = timed(lambda w=work, d=made: w(d))  # type: ignore[misc]
                cells.append(f"{found} | {took}")
            print("|", " | ".join(cells), "|", f"{made.size:,} |", flush=True)


if __name__ == "__main__":
    main()
