"""How long the cheapest package takes: by solver against enumeration, from small models to the composites.

    python benchmarks/bench_incentives.py            everything
    python benchmarks/bench_incentives.py --small    without the 27-option composite

The synthetic family has n receivers of four incentives each around one agreement: every receiver would rather not, and what is
needed to make it is different for each. Times are of the processor, so that other work on the machine does not count; each
search stops after `SECONDS` on the clock, and then the bound proved by then is shown.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable

from detente.case import Case
from detente.questions.incentives.packages import Package, package, package_of_play, package_to_break
from detente.questions.incentives.wedge import wedge
from detente.scenario import load, read_text

SECONDS = 60.0
LARGE = 240.0


def told(name: str, run: Callable[[], Package]) -> None:
    """One line: how many packages there are, the way, the answer, the processor time, and the work done for it."""
    begin = time.process_time()
    found = run()
    spent = time.process_time() - begin
    price = "none" if found.best is None else str(found.best.price)
    bound = "" if found.status in ("optimal", "impossible") else f", bound {found.bound}"
    work = f"{found.tried:,} verified, {found.programs:,} programs, {found.cuts:,} cuts"
    answer = f"{found.packages:>8.2g} packages  {found.way:5} {found.status:10} {price:>4}{bound}"
    print(f"  {name:50} {answer} {spent:7.2f} s  {work}", flush=True)


def synthetic(receivers: int, weights: bool, seed: int = 1) -> Case:
    """An agreement that holds only if all receivers do their part; four incentives for each."""
    rng = random.Random(seed)
    lines = ["detente: 1", f"title: {receivers} receivers", "actors:"]
    levers = []
    for k in range(receivers):
        if weights:
            wants = f"weights: [{{when: not a{k}, weight: 7}}, {{when: a{(k + 1) % receivers}, weight: 3}}]"
        else:
            wants = f"priorities: [not a{k} or a{(k + 1) % receivers}, not a{k}, a{(k + 1) % receivers}]"
        lines.append(f"  r{k}: {{options: {{a{k}: {{name: Part {k}}}}}, {wants}}}")
        for j in range(4):
            due = rng.choice((f"a{k}", f"a{k}", f"a{k} and a{(k + 1) % receivers}", f"a{(k + 2) % receivers}"))
            more = f"worth: {rng.randint(2, 4)}, max: 3" if weights else f"at: {rng.randint(1, 3)}"
            levers.append(
                f"  i{k}{j}: {{by: r{(k + 1) % receivers}, to: r{k}, when: {due}, {more}, cost: {rng.randint(1, 9)}}}"
            )
    parts = " and ".join(f"a{k}" for k in range(receivers))
    lines += ["now: []", "outcomes:", f"  agreement: {parts}", "incentives:", *levers]
    return Case(read_text("\n".join(lines), name=f"synthetic{receivers}"))


def against_enumeration() -> None:
    print("synthetic agreements: by solver, and by price")
    for weights in (False, True):
        for receivers in (2, 3, 4, 8, 12, 14):
            case, kind = synthetic(receivers, weights), "weights" if weights else "lists"
            for concept in ("nash", "seq"):
                for way in ("highs", "price"):
                    if way == "price" and receivers > 4:
                        continue
                    name = f"{receivers} receivers, {kind}, {4 * receivers} incentives, {concept}"
                    told(name, lambda c=case, k=concept, w=way: package(c, "agreement", k, way=w, seconds=SECONDS))  # type: ignore[misc]


def core() -> None:
    print("composite_core: 28,800 states, 12 incentives")
    for world in ("a_world", "s_world"):
        case = Case(load("composite_core"), world=world)
        for goal in ("detente and troops_home", "war_over and decoupled"):
            for concept in ("nash", "sseq", "seq", "smr", "gmr"):
                told(f"{world}, {goal}, {concept}", lambda c=case, g=goal, k=concept: package(c, g, k, seconds=SECONDS))  # type: ignore[misc]
            told(f"{world}, {goal}, seq", lambda c=case, g=goal: package(c, g, "seq", way="price", seconds=SECONDS))  # type: ignore[misc]
        told(f"{world}, decoupled where play ends", lambda c=case: package_of_play(c, "decoupled", seconds=SECONDS))  # type: ignore[misc]
        told(f"{world}, russia_dprk breaks, nash", lambda c=case: package_to_break(c, None, "nash", seconds=SECONDS))  # type: ignore[misc]
    begin = time.process_time()
    case = Case(load("composite_core"), readings={"us": "carpenter"}, world="a_world")
    found = wedge(case, "us", offers=["ru_relief"], approved_by=["hawk", "rok", "jp", "ua"])
    print(f"  wedge of us, 4 veto players: {found.tried} policies in {time.process_time() - begin:.2f} s")


def composite() -> None:
    print(f"composite: 27 options, 26,542,080 states, 12 incentives; {LARGE:.0f} s at most")
    for world, goal in (("a_world", "detente and troops_home"), ("s_world", "war_over and decoupled")):
        case = Case(load("composite"), world=world)
        told(f"{world}, {goal}, seq", lambda c=case, g=goal: package(c, g, "seq", seconds=LARGE))  # type: ignore[misc]
        told(f"{world}, {goal} where play ends", lambda c=case, g=goal: package_of_play(c, g, seconds=LARGE))  # type: ignore[misc]


if __name__ == "__main__":
    against_enumeration()
    core()
    if "--small" not in sys.argv:
        composite()
