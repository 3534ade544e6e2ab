"""The dense engine at the machine's limit: a generated model of 28 options, 2^28 states, where everything hangs on everything.

    python benchmarks/bench_limit.py [OPTIONS ...]

Eight actors share the yes/no options evenly; each has eight statements of two or three literals over own options and any
15 others' (the generator of `bench_diagrams.py`, seed 1), so nothing can be sliced away. From the text of the model to the
number of equilibria by Nash, SEQ, SMR and GMR, all actors, in one new process; its peak memory is that of the whole process.
28 options need most of 16 GB and minutes, so try 20, 24 and 26 first.

The floor: every payoff read once and every verdict written once, as quickly as `np.copyto` moves bytes. It is told in
processor time, which other work on the machine disturbs less than the clock. Up to 2^20 states plain numpy must give the
same verdicts; the Nash equilibria are counted once more on decision diagrams where these are installed.
"""

from __future__ import annotations

import importlib.util
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))

from bench_diagrams import generated
from bench_kernels import alone, bandwidth
from detente.conflict.game import Game
from detente.conflict.payoffs import payoffs
from detente.engine import arrays, move_relation
from detente.scenario import read_text

ACTORS = 8
CONCEPTS = ("nash", "seq", "smr", "gmr")
CHECKED = 20
"""So many options at most are judged once more by plain numpy."""


def model(options: int) -> Game:
    """The options dealt out to eight actors, the first ones getting what is left over."""
    counts = [options // ACTORS + (i < options % ACTORS) for i in range(ACTORS)]
    return Game.of(read_text(generated(1, ring=False, counts=counts)))


def grid(game: Game, actor: int) -> NDArray[Any]:
    """The actor's payoffs on the whole grid, from 1."""
    raw = payoffs(game.conflict, game.readings[actor])
    found = np.empty(game.conflict.shape, raw.dtype)
    np.add(raw, raw.dtype.type(1), out=found)
    return found


def equilibria(game: Game, us: list[NDArray[Any]], compiled: bool) -> tuple[dict[str, int], int]:
    """How many states are stable for all actors, under each concept; and how many verdicts say stable."""
    relations = [move_relation(game.conflict, actor) for actor in range(ACTORS)]
    prepared = arrays.prepare(us, relations, compiled=compiled)
    everyone = {concept: np.ones(game.conflict.shape, np.bool_) for concept in CONCEPTS}
    stable = 0
    for actor in range(ACTORS):
        for concept in CONCEPTS:  # one by one, so that only one verdict is held
            found = prepared.stable(actor, concept)
            everyone[concept] &= found
            stable += int(np.count_nonzero(found))
    return {concept: int(np.count_nonzero(each)) for concept, each in everyone.items()}, stable


def counted(options: int) -> int | None:
    """The Nash equilibria on decision diagrams."""
    if importlib.util.find_spec("oxidd") is None:
        return None
    from detente.engine.diagrams import Diagrams

    made = Diagrams(model(options))
    *_, found = made.nash()
    return int(made.count(found))


def run(options: int) -> list[str]:
    """Solve one model in this process; the lines to print."""
    clock, spent = time.perf_counter(), time.process_time()
    game = model(options)
    us = [grid(game, actor) for actor in range(ACTORS)]
    made = time.process_time() - spent
    found, stable = equilibria(game, us, compiled=True)
    spent, clock = time.process_time() - spent, time.perf_counter() - clock
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    cells = game.conflict.cells
    moved = cells * sum(u.dtype.itemsize + len(CONCEPTS) for u in us)
    widths = "/".join(str(u.dtype.itemsize) for u in us)
    took = f"{spent:.1f} s of processor time ({made:.1f} of it for payoffs), {clock:.1f} s on the clock"
    counts = ", ".join(f"{name} {number:,}" for name, number in found.items())
    lines = [
        f"2^{options} states, {ACTORS} actors, bytes of a payoff {widths}: {took}, peak {peak / 1e9:.2f} GB",
        f"  equilibria: {counts}; {stable:,} verdicts stable",
    ]
    if options <= CHECKED:
        same = equilibria(game, us, compiled=False) == (found, stable)
        lines.append(f"  plain numpy: {'the same' if same else 'DIFFERENT VERDICTS'}")
    return [*lines, f"{moved} {spent} {found['nash']}"]


def main(words: list[str]) -> None:
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0
    _, speed = alone(bandwidth, 1)
    print(f"load {load:.1f}; np.copyto moves {speed / 1e9:.1f} GB in a second of processor time")
    for options in map(int, words or ["28"]):
        alone(run, 16)  # compiles
        *lines, last = alone(run, options)
        moved, spent, nash = last.split()
        print("\n".join(lines))
        floor = int(moved) / speed
        print(f"  floor {floor:.2f} s of processor time: {float(spent) / floor:.0f} times")
        if (again := alone(counted, options)) is not None:
            said = "the same" if again == int(nash) else f"{again:,}, NOT THE SAME"
            print(f"  Nash equilibria on decision diagrams: {said}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
