"""How long whole questions take on bundled models, from a loaded scenario to the answer.

    python benchmarks/bench_models.py

Each figure is the least of several runs: other work on the machine can only add time.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

from detente.analysis import Analysis, analyse
from detente.scenario import load

ORDINARY = ("two_proxies", "hanoi_2019", "axis_and_sanctions", "garrison", "composite_core", "gatt")
LARGE = ("composite", "composite_strict")
FOUR = ("nash", "seq", "smr", "gmr")


def least(run: Callable[[], object], times: int) -> float:
    """Seconds of the quickest of several runs."""
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        run()
        found.append(time.perf_counter() - begin)
    return min(found)


def answer(name: str, world: str | None = None, us: str | None = None) -> Analysis:
    """Four concepts for every actor, with the verdict on the status quo."""
    analysis = analyse(load(name), world=world, readings={"us": us} if us else None, concepts=FOUR)
    if analysis.conflict.now is not None:
        for concept in FOUR:
            analysis.is_equilibrium(concept, analysis.conflict.now)
    return analysis


def ordinary() -> None:
    print("ordinary models: six concepts for every actor, and both kinds of play")
    for name in ORDINARY:
        scenario = load(name)

        def run(scenario=scenario) -> None:  # type: ignore[no-untyped-def]
            analysis = analyse(scenario)
            if analysis.conflict.now is not None:
                analysis.play("myopic")
                analysis.play("foresight")

        states = analyse(scenario, concepts=["nash"]).states
        print(f"  {name:20} {states:>9,} states  {1000 * least(run, 5):8.1f} ms")


def large() -> None:
    print("27 options, 11 actors: Nash, SEQ, SMR and GMR for every actor, with the status quo verdict")
    for name in LARGE:
        for world in ("a_world", "s_world"):
            for us in ("biden24", "carpenter", "diplomat_b"):
                begin = time.perf_counter()
                analysis = answer(name, world, us)
                solved = time.perf_counter() - begin
                counts = [analysis.count(concept) for concept in FOUR]
                total = time.perf_counter() - begin
                print(f"  {name:17} {world} {us:11} {analysis.states:>11,} states  solved {solved:5.1f} s, "
                      f"equilibria counted {total:5.1f} s  {counts}")  # fmt: skip
    print(f"  most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")


if __name__ == "__main__":
    ordinary()
    if "--small" not in sys.argv:
        large()
