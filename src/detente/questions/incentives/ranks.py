"""Incentives whose rank is a range: what becomes of a package, or a policy, at every rank it may stand at.

Where nobody knows how much an offer counts for its receiver, the file says a range of ranks, `at: 3..6`. An answer is then
wanted at each of them: at which ranks does it work, at which not? With several such incentives every combination of their
ranks is one case. Rank 1 is the top of the list; that a package works at one rank does not prove that it works further up.

How to use it: `ranged(case, incentives)` are those with a range, `every_rank(case, ...)` the cases, `told(...)` the sentence.

>>> rows = [AtRanks(ranks={"aid": rank}, works=rank < 3, price=None, price_most=None) for rank in (1, 2, 3, 4)]
>>> print(told(rows, "no package"))
works at ranks 1–2, no package at 3–4
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from detente.case import Case
from detente.errors import Cure, TooLarge
from detente.messages import numeral, tell
from detente.questions.uncertainty.completions import every_choice
from detente.result import Record
from detente.scenario.model import Incentive, PriorityList
from detente.sheet import NameTerm, Phrase, listed, listing

MOST_RANKS = 256
"""Combinations of ranks gone through at most."""


@dataclass(frozen=True, kw_only=True)
class AtRanks(Record):
    """One combination of ranks, by incentive: whether it works there (None: not known), and for what price, if it has one."""

    ranks: Mapping[str, int]
    works: bool | None
    price: Fraction | None
    price_most: Fraction | None


def ranged(case: Case, incentives: Iterable[Incentive]) -> tuple[Incentive, ...]:
    """The incentives whose rank is a range, and whose receiver has a list that knows ranks."""
    return tuple(
        each for each in incentives if each.at != each.at_last and isinstance(case.reading(each.to), PriorityList)
    )


def every_rank(case: Case, incentives: Sequence[Incentive]) -> Iterator[tuple[dict[str, int], Case]]:
    """Every combination of ranks of these incentives, the first ranks first, and the case in which they stand there.

    Raises `TooLarge` beyond `MOST_RANKS`.
    """
    spans = {each.id: range(each.at or 1, (each.at_last or 1) + 1) for each in incentives}
    total = math.prod(map(len, spans.values()))
    if total > MOST_RANKS:
        raise TooLarge(
            tell(
                "the ranks of {spans} have {total} combinations; at most {most_ranks} are gone through. "
                "Narrow their ranges, or name fewer incentives (",
                spans=", ".join(spans),
                total=numeral(total),
                most_ranks=MOST_RANKS,
            ),
            Cure.AMONG,
            ").",
        )
    for ranks in every_choice(spans):
        known = case.scenario.incentives
        yield ranks, case.offering({**known, **{n: replace(known[n], ranks=(at, at)) for n, at in ranks.items()}})


def told(rows: Sequence[AtRanks], otherwise: str) -> Phrase:
    """At which ranks it works; of several incentives in how many combinations, and the ranks of each where it does."""
    names = list(rows[0].ranks) if rows else []
    if not names:
        return Phrase.of("")
    working = [row for row in rows if row.works]
    if len(names) == 1:
        (name,) = names
        parts = [
            (words, [row.ranks[name] for row in rows if row.works is works])
            for works, words in ((True, "works"), (False, otherwise), (None, tell("not known")))
        ]
        found = [(words, spans_of(ranks)) for words, ranks in parts if ranks]
        (first, ranks), *rest = found
        return Phrase.of(
            ", ".join(
                (
                    tell("{first} at {ranks}", first=first, ranks=ranks),
                    *(tell("{words} at {bare}", words=words, bare=bare(said)) for words, said in rest),
                )
            )
        )
    if not working:
        return Phrase.told(
            "{otherwise} at any of {number} combinations of ranks", otherwise=otherwise, number=len(rows)
        )
    every = listing(
        Phrase.told(
            "{name} at {spans_of}", name=NameTerm(name), spans_of=spans_of(sorted({row.ranks[name] for row in working}))
        )
        for name in names
    )
    return Phrase.told(
        "works at {number} of {number2} combinations of ranks ({every})",
        number=len(working),
        number2=len(rows),
        every=every,
    )


def bare(ranks: str) -> str:
    """The ranks without the word, where it has been said already."""
    return ranks.partition(" ")[2]


def spans_of(ranks: Sequence[int]) -> str:
    """Ranks in ascending order, neighbours drawn together.

    >>> spans_of([1, 2, 3, 5]), spans_of([4])
    ('ranks 1–3 and 5', 'rank 4')
    """
    runs: list[list[int]] = []
    for rank in ranks:
        if runs and rank == runs[-1][-1] + 1:
            runs[-1].append(rank)
        else:
            runs.append([rank])
    said = [f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]
    return f"rank{'s' if len(ranks) > 1 else ''} {listed(said)}"
