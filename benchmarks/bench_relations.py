"""How fast general preferences are judged: relations between states instead of scores, up to 2^13 states (2^14 with --all).

`python benchmarks/bench_relations.py` runs models of yes/no options with random priority lists whose statements are great or
mild, some of unknown sign, and prints a line per model and family: all five concepts, all standards, every actor. `arcs` is the
time to list the moves, `scores` what the plain concepts take on scores for comparison, `explain` the witnesses of the status
quo for every actor, concept and standard of strength. Seconds of processor time: other work on the machine does not count.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from detente.case import Case
from detente.engine import moves_of
from detente.questions.preference_structures.attitudes import attitudes
from detente.questions.preference_structures.probabilistic_and_fuzzy import probabilistic
from detente.questions.preference_structures.strength import strength
from detente.questions.preference_structures.unknown import unknown_preference
from detente.questions.preference_structures.verdicts import RELATIONAL, Family
from detente.scenario import read_text

FAMILIES: dict[str, Callable[[Case], Family]] = {
    "strength": strength,
    "unknown": unknown_preference,
    "attitudes": attitudes,
    "chances": lambda case: probabilistic(case, {"a0": {"one": 0.6, "two": 0.4}}),
}

SIZES = ((4, 8), (4, 10), (3, 12), (4, 12), (4, 13))
"""Actors and options; the options are dealt out in turn."""


def model(actors: int, options: int, seed: int = 1) -> Case:
    """Two readings each, random lists of literals and disjunctions: eight statements, one of them of unknown sign."""
    rng = random.Random(seed)
    keys = [f"x{number}" for number in range(options)]
    lines = ["detente: 1", "title: Benchmark", "actors:"]
    for actor in range(actors):
        own = ", ".join(f"{key}: {{}}" for key in keys[actor::actors])
        lines += [f"  a{actor}:", f"    options: {{{own}}}", "    readings:"]
        for reading in ("one", "two"):
            lines += [f"      {reading}:", "        priorities:"]
            doubtful = rng.randrange(8)
            for place in range(8):
                want = " or ".join(rng.choice(("", "not ")) + key for key in rng.sample(keys, rng.choice((1, 1, 2))))
                doubt = ", unknown: sign" if place == doubtful else ""
                lines.append(f"          - {{want: {want}, strength: {rng.choice(('mild', 'great'))}{doubt}}}")
    return Case(read_text("\n".join([*lines, "now: []"]), name="benchmark"))


def timed(work: Callable[[], Any]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def main() -> None:
    sizes = (*SIZES, (4, 14)) if "--all" in sys.argv else SIZES
    print(
        f"{'states':>7} {'actors':>6} {'arcs s':>8} {'scores s':>9} "
        + " ".join(f"{name + ' s':>12}" for name in (*FAMILIES, "explain"))
    )
    for actors, options in sizes:
        case = model(actors, options)
        arcs = timed(lambda case=case: moves_of(case.game))  # type: ignore[misc]
        scores = timed(lambda case=case: case.analyse(RELATIONAL))  # type: ignore[misc]
        spent = [timed(lambda ask=ask, case=case: ask(case)) for ask in FAMILIES.values()]  # type: ignore[misc]
        found = strength(case)
        spent.append(timed(lambda found=found: found.explain(concepts=RELATIONAL)))  # type: ignore[misc]
        times = " ".join(f"{seconds:12.2f}" for seconds in spent)
        print(f"{1 << options:7,} {actors:6} {arcs:8.2f} {scores:9.2f} {times}", flush=True)
    print(f"most memory held: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
