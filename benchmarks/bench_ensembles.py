"""Ensembles: many draws at once against one analysis after the other, certificates, and how often the intervals hold.

Run by `python benchmarks/bench_ensembles.py` (`--quick` leaves the coverage out). The models are those of the first analysis,
in `tests/data`, whose flagship has 64 states; the rebuilt flagship stands beside it. Times are of the processor and of the
clock.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from detente.analysis import analyse_game
from detente.case import Case, Query
from detente.questions.uncertainty.combinations import gridded
from detente.questions.uncertainty.doubts import doubts_of
from detente.questions.uncertainty.draws import Plan, Rows, drawn
from detente.questions.uncertainty.headlines import Headline, headlines_of
from detente.questions.uncertainty.margin import margin
from detente.questions.uncertainty.shares import share_of, wilson
from detente.scenario import library, load
from detente.scenario.model import Reading

FIRST_ANALYSIS = Path(__file__).parents[1] / "tests" / "data" / "first_analysis"
CONCEPTS = ("nash", "sseq", "seq", "smr", "gmr")
DRAWS, LOOPED, SEEDS = 10_000, 40, 2_000


def of_first_analysis(name: str) -> Case:
    """A model of the first analysis, whose parts are those of the first analysis as well."""
    bundled = library.text

    def text(name: str) -> str:
        kept = FIRST_ANALYSIS / f"{name}.yaml"
        return kept.read_text(encoding="utf-8") if kept.exists() else bundled(name)

    library.text = text
    try:
        return Case(load(name))
    finally:
        library.text = bundled


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor and of the clock."""
    processor, clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - processor, time.perf_counter() - clock


def looped(plan: Plan, rows: Rows, n: int) -> None:
    """What `analyze` does, list by list."""
    for row in range(n):
        readings = []
        for actor, lists in enumerate(rows.lists):
            reading: Reading = plan.readings[actor][int(lists.reading[row])]
            order = np.argsort(lists.place[row, : len(reading.entries)])
            readings.append(reading.listing(tuple(reading.entries[at] for at in order), "drawn"))
        game = plan.case.game
        for player, reading in enumerate(readings):
            game = game.where(player, reading)
        analysis = analyse_game(game, concepts=CONCEPTS)
        for concept in CONCEPTS:
            analysis.count(concept)
        analysis.play("foresight")


def draws(name: str, case: Case) -> None:
    headlines = tuple(Headline(concept, Query(concept=concept), "stable") for concept in CONCEPTS) + headlines_of(
        case, [Query(next(iter(case.scenario.outcomes)))]
    )
    plan = Plan(case, headlines, doubts_of(case, {"order": 0.5}))
    _ = case.game
    drawn(plan, 10)
    rows = plan.rows(plan.numbers(0, 0, DRAWS), DRAWS)
    processor, clock = timed(lambda: drawn(plan, DRAWS))
    one, _ = timed(lambda: looped(plan, rows, LOOPED))
    print(
        f"{name}, {case.game.count} states: {DRAWS:,} draws × 5 concepts and play: {processor:.2f} s of the processor, "
        f"{clock:.2f} s; one by one {1000 * one / LOOPED:.1f} ms a draw, so {one / LOOPED * DRAWS:.0f} s ({LOOPED} looped): "
        f"{one / LOOPED * DRAWS / processor:.0f} times as much"
    )


def certificates(case: Case) -> None:
    """All lists within four swaps: nothing flips a verdict that is always the same, so that all are tried."""
    always = Query("us_arm or not us_arm")
    found = margin(case, always, 4)
    processor, clock = timed(lambda: margin(case, always, 4))
    print(f"all {found.tried:,} lists within 4 swaps: {processor:.2f} s of the processor, {clock:.2f} s; {found.line}")


def coverage() -> None:
    """How often Wilson's interval holds the share, over so many seeds."""
    asked = [
        ("prisoners_dilemma", Query("cooperation"), {"order": 0.2}),
        ("prisoners_dilemma", Query("cooperation"), {"order": 0.9}),
        ("chicken", Query("crash"), {"order": 0.2}),
        ("stag_hunt", Query(concept="nash"), {"order": 0.5}),
        ("two_proxies", Query(concept="seq"), {"order": False, "nk.order": 0.5}),
    ]
    for name, query, said in asked:
        case = of_first_analysis(name)
        plan = Plan(case, headlines_of(case, [query]), doubts_of(case, said))
        whole = gridded(plan)
        share = share_of(plan.headlines[0].verdict, whole.verdicts[0], whole.weight).share
        told = []
        for n in (200, 2_000):
            held = 0
            for first in range(0, SEEDS, 100):
                rows = Rows.joined([plan.rows(plan.numbers(seed, 0, n), n) for seed in range(first, first + 100)])
                hits = (plan.judge(rows)[0] == plan.headlines[0].code).reshape(100, n).sum(axis=1)
                ends = [wilson(int(each), n) for each in hits]
                held += sum(low <= share <= high for low, high in ends)
            told.append(f"{100 * held / SEEDS:.1f} % at n = {n:,}")
        print(
            f"{name}, {query}, {said}: share {share:.4f}; the interval holds it in {', '.join(told)} ({SEEDS:,} seeds)"
        )


def main() -> None:
    flagship = of_first_analysis("two_proxies")
    draws("two_proxies of the first analysis", flagship)
    draws("war_and_partnership of the first analysis", of_first_analysis("war_and_partnership"))
    draws("two_proxies", Case(load("two_proxies")))
    certificates(flagship)
    if "--quick" not in sys.argv:
        coverage()


if __name__ == "__main__":
    main()
