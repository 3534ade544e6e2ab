"""What dask costs: the time that workers of a cluster spend between two pieces of work, against the work itself.

Run by `python benchmarks/bench_cluster.py` (the extra `cluster`). Two workers of one thread each, on this machine, draw batches
of the largest model of the first analysis, each of at least two seconds. A worker writes down when it began and ended each
piece; what lies between the end of one and the beginning of the next on the same worker is what dask costs after the start:
sending the number, sending the verdicts back, and choosing whose turn it is. The two executors are asked for the same pieces.
"""

from __future__ import annotations

import logging
import os
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bench_ensembles import of_first_analysis
from detente.executors import Cluster, Executor, Lost, Processes
from detente.questions.uncertainty.doubts import doubts_of
from detente.questions.uncertainty.drawing import Judging
from detente.questions.uncertainty.draws import Plan
from detente.questions.uncertainty.headlines import headlines_of

PIECES, WORKERS, LEAST = 10, 2, 2.0


@dataclass(frozen=True)
class Timed:
    """A piece of work: whose process it was, when it began and ended, and what came of it."""

    judging: Judging

    def __call__(self, number: int) -> tuple[int, float, float, Any]:
        begun = time.time()
        found = self.judging(number)
        return os.getpid(), begun, time.time(), found


def measured(name: str, executor: Executor, judging: Judging, pieces: int) -> dict[int, bytes]:
    """Ask for all pieces, say what lay between them, and give back what came of each."""
    asked = time.time()
    found = {}
    spans: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for number, outcome in executor.run(Timed(judging), range(pieces)):
        assert not isinstance(outcome, Lost)
        process, begun, ended, verdicts = outcome
        spans[process].append((begun, ended))
        found[number] = verdicts.tobytes()
    ordered = [sorted(each) for each in spans.values()]
    busy = sum(ended - begun for each in ordered for begun, ended in each)
    between = sum(later[0] - earlier[1] for each in ordered for earlier, later in pairwise(each))
    start = min(each[0][0] for each in ordered) - asked
    print(
        f"{name}: {pieces} pieces of {busy / pieces:.2f} s on {len(spans)} workers, {start:.1f} s until the first began; "
        f"between pieces {1000 * between / pieces:.1f} ms each, {100 * between / busy:.2f} % of the work"
    )
    return found


def main() -> None:
    import distributed

    case = of_first_analysis("war_and_partnership")
    plan = Plan(case, headlines_of(case, ()), doubts_of(case, {"order": 0.5}))
    size, took = 250, 0.0
    while took < LEAST:  # batches of at least two seconds
        size *= 2
        begun = time.perf_counter()
        Judging(plan, 0, {0: size})(0)
        took = time.perf_counter() - begun
    judging = Judging(plan, 0, dict.fromkeys(range(PIECES), size))
    print(f"batches of {size:,} draws of war_and_partnership ({case.game.count} states)")
    processes = measured("processes", Processes(WORKERS), judging, PIECES)
    with distributed.LocalCluster(
        n_workers=WORKERS, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=logging.ERROR
    ) as cluster:
        dask = measured("dask", Cluster(cluster.scheduler_address), judging, PIECES)
    print("the same bytes from both" if dask == processes else "NOT the same bytes")


if __name__ == "__main__":
    main()
