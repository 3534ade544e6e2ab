"""How fast the dense kernels are, and how far above what memory alone would take.

`python benchmarks/bench_kernels.py` runs every case in a process of its own and prints one line for each; name cases
(`python benchmarks/bench_kernels.py large-u16`) to run only those. The cores may be shared with other work, so
every actor is solved several times and the least time counts; times over all actors are sums of these. `cpu s` is
processor time over all threads, preparation included, which other work disturbs less. Compiling is not counted.

The floor: every payoff is read once and every verdict written once, at the bandwidth that `np.copyto` reaches on as
many threads as the kernels use. What is above it is work in the caches: rounds of sweeps per actor and concept.
"""

from __future__ import annotations

import math
import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.engine import arrays as dense

NINE = (4, 4, 4, 4, 4, 4, 4, 8, 8)
ELEVEN = (80, 2, 12, 27, 4, 4, 2, 2, 2, 2, 2)
FOUR = ("nash", "seq", "smr", "gmr")


@dataclass(frozen=True)
class Case:
    """What to time: random payoffs, or scores of random priority lists (many ties, long chains of improvements)."""

    shape: tuple[int, ...]
    kind: str
    concepts: tuple[str, ...]
    compiled: bool = True
    holes: float = 0.0
    priorities: bool = False
    repeats: int = 3


CASES = {
    "nash-u16": Case(NINE, "uint16", ("nash",), compiled=False, repeats=9),
    "nash-u32": Case(NINE, "uint32", ("nash",), compiled=False, repeats=9),
    "numpy-u16": Case(NINE, "uint16", FOUR, compiled=False, repeats=1),
    "medium-u16": Case(NINE, "uint16", FOUR, repeats=9),
    "medium-u32": Case(NINE, "uint32", FOUR, repeats=9),
    "medium-priorities": Case(NINE, "uint16", FOUR, repeats=9, priorities=True),
    "medium-holes": Case(NINE, "uint16", FOUR, repeats=9, holes=0.3),
    "large-u16": Case(ELEVEN, "uint16", FOUR, repeats=2),
    "large-u32": Case(ELEVEN, "uint32", FOUR, repeats=2),
    "large-priorities": Case(ELEVEN, "uint16", FOUR, priorities=True, repeats=2),
    "large-holes": Case(ELEVEN, "uint16", FOUR, holes=0.3, repeats=2),
}


@dataclass(frozen=True)
class Timing:
    """Seconds on the clock and of the processors, and the most memory the process held."""

    prepare: float
    actors: float
    cpu: float
    peak: int
    stable: int


def payoffs(case: Case) -> list[NDArray[Any]]:
    """One array per actor, from a fixed seed."""
    rng = np.random.default_rng(1)
    kind = np.dtype(case.kind)
    us = [
        priorities(rng, case.shape, kind)
        if case.priorities
        else rng.integers(1, np.iinfo(kind).max, case.shape, dtype=kind.type)
        for _ in case.shape
    ]
    feasible = rng.random(case.shape) >= case.holes
    for u in us if case.holes else ():
        np.multiply(u, feasible, out=u)
    return us


def priorities(rng: np.random.Generator, shape: tuple[int, ...], kind: np.dtype[Any]) -> NDArray[Any]:
    """1 + the score of twelve random statements, each a bit of a strategy or two of them joined."""
    bits = [(axis, bit) for axis, n in enumerate(shape) for bit in range(int(math.log2(n)))]
    digits = np.indices(shape, sparse=True)
    score = np.zeros(shape, kind)
    for _ in range(12):
        (a, i), (b, j) = (bits[k] for k in rng.choice(len(bits), 2, replace=False))
        one, two = ((digits[a] >> i) & 1) == rng.integers(2), ((digits[b] >> j) & 1) == rng.integers(2)
        score *= kind.type(2)
        score += [one, one & two, one | two][rng.integers(3)]
    score += kind.type(1)
    return score


def least(repeats: int, work: Callable[[], object]) -> tuple[float, float]:
    """Least seconds on the clock, and least of the processors, over several runs."""
    clock, cpu = [], []
    for _ in range(repeats):
        began, spent = time.perf_counter(), time.process_time()
        work()
        clock.append(time.perf_counter() - began)
        cpu.append(time.process_time() - spent)
    return min(clock), min(cpu)


def warm_up(case: Case) -> None:
    """Compile, on a grid small enough to cost nothing, with axes of the same kinds."""
    shape = (40, 3, 4)
    us = [np.random.default_rng(0).integers(1, 99, shape).astype(case.kind) for _ in shape]
    for longest in (40, 4):
        small = [np.ascontiguousarray(u[:longest]) for u in us]
        model = dense.prepare(small, [dense.Relation(axis) for axis in range(3)], compiled=True)
        for actor in range(3):
            model.stability(actor, case.concepts)


def run(case: Case) -> Timing:
    """Time one case in this process."""
    if case.compiled:
        warm_up(case)
    us, relations = payoffs(case), [dense.Relation(axis) for axis in range(len(case.shape))]
    credible = "seq" in case.concepts
    models: list[dense.Prepared] = []

    def prepare() -> None:
        models[:] = [dense.prepare(us, relations, compiled=case.compiled, credible=credible)]

    ready, ready_cpu = least(min(2, case.repeats), prepare)
    stable = sum(
        int(np.count_nonzero(verdict))
        for actor in range(len(us))
        for verdict in models[0].stability(actor, case.concepts).values()
    )
    times = [least(case.repeats, partial(models[0].stability, i, case.concepts)) for i in range(len(us))]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Timing(ready, sum(t for t, _ in times), ready_cpu + sum(t for _, t in times), peak, stable)


def bandwidth(threads: int, size: int = 1 << 28) -> float:
    """Bytes per second that np.copyto reads and writes on so many threads."""
    source, target = np.ones(size, np.uint8), np.zeros(size, np.uint8)
    parts = [slice(size * k // threads, size * (k + 1) // threads) for k in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        seconds, _ = least(15, lambda: list(pool.map(lambda part: np.copyto(target[part], source[part]), parts)))
    return 2 * size / seconds


def alone(work: Callable[..., Any], *arguments: Any) -> Any:
    """The result of a call made in a new process, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        return fresh.submit(work, *arguments).result()


def line(name: str, case: Case, timing: Timing, speed: float) -> str:
    """One row of the report."""
    states, actors = math.prod(case.shape), len(case.shape)
    floor = states * actors * (np.dtype(case.kind).itemsize + len(case.concepts)) / speed
    total = timing.prepare + timing.actors
    return (
        f"{name:18} {states:>11,} {timing.prepare:8.3f} {timing.actors:8.3f} {timing.cpu:8.3f} "
        f"{1e9 * total / states / actors:8.2f} {1e3 * floor:8.1f} {total / floor:8.0f} "
        f"{timing.peak / 1024:8.0f} {timing.stable:>13,}\n"
    )


def main(names: list[str]) -> None:
    """Run the named cases, or all."""
    threads = os.cpu_count() or 1
    one, all_ = alone(bandwidth, 1), alone(bandwidth, threads)
    sys.stdout.write(
        f"{threads} cores, load {os.getloadavg()[0]:.1f} at the start; np.copyto {one / 1e9:.0f} GB/s on one thread, "
        f"{all_ / 1e9:.0f} GB/s on {threads}\n"
        f"{'case':18} {'states':>11} {'prepare':>8} {'actors':>8} {'cpu s':>8} {'ns/st/a':>8} {'floor ms':>8} "
        f"{'x floor':>8} {'peak MB':>8} {'stable':>13}\n"
    )
    for name in names or CASES:
        sys.stdout.write(line(name, CASES[name], alone(run, CASES[name]), all_))
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
