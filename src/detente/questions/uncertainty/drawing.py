"""Drawing in batches, by whoever works, until it is enough.

Each batch has numbers of its own, so that its draws depend on the seed and its number alone. They are counted in the order of
their numbers, whoever is done first; what is drawn beyond the batch at which it is enough is dropped. So one process, several
and a cluster give the same draws, also after some of them were killed, and also where earlier batches come from a folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.budget import Budget, Spent
from detente.engine import Progress, quiet
from detente.errors import TooLarge
from detente.executors import TRIES, Executor, Here, Lost
from detente.messages import numeral, tell
from detente.questions.uncertainty.draws import BATCH, Draws, Plan, Rows, batches
from detente.questions.uncertainty.kept_draws import Folder
from detente.questions.uncertainty.shares import sampled, sure_enough


@dataclass(frozen=True)
class Judging:
    """The work of whoever draws: the verdicts of a batch, headline by draw, from its number alone."""

    plan: Plan
    seed: int
    sizes: Mapping[int, int]

    def __call__(self, number: int) -> Any:
        return self.judged(number, quiet)

    def judged(self, number: int, progress: Progress) -> Any:
        """The same, and whoever waits is told."""
        return self.plan.judge(self.rows(number), progress)

    def rows(self, number: int) -> Rows:
        """The lists of a batch: cheap to make again."""
        size = self.sizes[number]
        return self.plan.rows(self.plan.numbers(self.seed, number, size), size)


@dataclass(frozen=True, eq=False)
class _Watched:
    """The work in this very process, where a batch can be stopped half way."""

    judging: Judging
    watch: Progress

    def __call__(self, number: int) -> Any:
        return self.judging.judged(number, self.watch)


def in_batches(
    plan: Plan,
    most: int,
    *,
    within: float | None,
    seed: int,
    budget: Budget,
    progress: Progress,
    executor: Executor,
    into: Folder | None,
) -> tuple[list[Draws], tuple[int, ...], str]:
    """Batch after batch until every share is sure enough, the draws are made, or the budget is spent; and which are lost.

    Batches are counted in the order of their numbers, whoever is done first: so the draws are the same whoever works.
    """
    sizes = dict(batches(most, BATCH))
    judging = Judging(plan, seed, sizes)
    kept: dict[int, Any] = {}
    if into is not None:
        kept = {k: found for k, size in sizes.items() if (found := into.read(k, size)) is not None}
    wanted = [number for number in sizes if number not in kept]
    parts: list[Draws] = []
    lost: list[int] = []
    tally = _Tally(len(plan.headlines))

    def watched(done: int, total: int, text: str) -> None:
        budget.check()
        progress(sum(part.n for part in parts) + done, most, "draws" if total else text)

    def look() -> None:
        budget.check()
        progress(sum(part.n for part in parts), most, "draws")

    work = _Watched(judging, watched) if isinstance(executor, Here) else judging
    source = executor.run(work, wanted, look)
    try:
        for number, verdicts in _in_order(sizes, kept, source):
            if isinstance(verdicts, Lost):
                lost.append(number)
                continue
            if into is not None and number not in kept:
                into.write(number, verdicts)
            parts.append(_part(judging, number, verdicts))
            if tally.enough(parts[-1], within):
                break
        if into is not None:
            into.forget(number + 1)
    except Spent as spent:
        if not parts:
            what = tell(
                "{spent}, and not one batch of {next} draws was made; ask for fewer draws",
                spent=spent,
                next=numeral(next(iter(sizes.values()))),
            )
            raise TooLarge(what) from None
        return parts, tuple(lost), str(spent)
    finally:
        source.close()
    if not parts:
        raise TooLarge(
            tell(
                "every batch ended its process {tries} times, perhaps for want of memory; ask in one "
                "process, or for less",
                tries=TRIES,
            )
        )
    return parts, tuple(lost), ""


def _in_order(
    sizes: Mapping[int, int], kept: Mapping[int, Any], source: Iterator[tuple[int, Any]]
) -> Iterator[tuple[int, Any]]:
    """The batches in the order of their numbers, from those kept and those that come."""
    found = dict(kept)
    for number in sizes:
        while number not in found:
            done, outcome = next(source)
            found[done] = outcome
        yield number, found.pop(number)


class _Tally:
    """How often each headline has kept its verdict so far."""

    def __init__(self, headlines: int) -> None:
        self.hits, self.sound = (np.zeros(headlines, dtype=np.int64) for _ in range(2))

    def enough(self, part: Draws, within: float | None) -> bool:
        """Whether every share is sure enough with this part counted."""
        for place in range(len(self.hits)):
            self.hits[place] += int(part.holding(place).sum())
            self.sound[place] += int(part.meaning(place).sum())
        shares = [sampled("", h, n) for h, n in zip(self.hits.tolist(), self.sound.tolist(), strict=True)]
        return all(sure_enough(share, within) for share in shares)


def _part(judging: Judging, number: int, verdicts: Any) -> Draws:
    plan, size = judging.plan, judging.sizes[number]
    return Draws(
        headlines=plan.headlines,
        doubts=plan.doubts,
        plan=plan,
        rows=judging.rows(number),
        weight=np.full(size, 1 / size),
        verdicts=verdicts,
    )
