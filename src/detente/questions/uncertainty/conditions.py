"""A truth table in few words: the minimal conditions that suffice for a verdict, exactly.

The mathematics. A table has a row for every combination of *values*, one per *factor*, and a result per row. A *term* fixes
the values of some factors; it *suffices* for a result if all rows that agree with it have that result. It is *minimal* if no
factor can be freed: a prime implicant. A *solution* is a smallest set of minimal terms that together hold in exactly the rows
with the result: any of them, and it follows; none, and it does not.

Steps (Quine 1952, McCluskey 1956, for factors with any number of values): the rows themselves are terms that suffice; a term
with one factor more freed suffices if it does for each value of that factor. What cannot be freed further is minimal. The
solutions are the smallest hitting sets of the terms that each row agrees with. Cost: the number of terms that suffice, at most
the product of the numbers of values plus one; of solutions, exponential in the worst case, and at most `SOLUTIONS` are listed.

>>> rows = {("need", "asset"): "ALL", ("need", "tool"): "ALL", ("profit", "asset"): "NONE", ("profit", "tool"): "ALL"}
>>> minimal_terms(rows, "ALL"), minimal_terms(rows, "NONE")
([('need', None), (None, 'tool')], [('profit', 'asset')])
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Term = tuple[str | None, ...]
"""A value per factor; None where it is free."""

SOLUTIONS = 20
"""Solutions listed, at most."""


def minimal_terms(rows: Mapping[tuple[str, ...], str], result: str) -> list[Term]:
    """The minimal terms that suffice for a result, those that fix least first. `rows` are all combinations of values."""
    factors = [tuple(dict.fromkeys(values)) for values in zip(*rows, strict=True)]
    layer: dict[Term, None] = {row: None for row, found in rows.items() if found == result}
    minimal: list[Term] = []
    while layer:
        freed: dict[Term, None] = {}
        kept: list[Term] = []
        for term in layer:
            wider = [
                place
                for place, values in enumerate(factors)
                if term[place] is not None and all(_put(term, place, value) in layer for value in values)
            ]
            freed |= dict.fromkeys(_put(term, place, None) for place in wider)
            kept += [] if wider else [term]
        minimal, layer = kept + minimal, freed
    return minimal


def settling(rows: Sequence[tuple[Mapping[str, str], bool]]) -> tuple[str, ...]:
    """The fewest factors whose values settle the result, the first such set in order; none where there is one result.

    >>> grid = [({"ru": ru, "nk": nk}, ru == "need") for ru in ("need", "profit") for nk in ("asset", "tool")]
    >>> settling(grid), settling(grid[:2])
    (('ru',), ())
    """
    if len({found for _, found in rows}) < 2:
        return ()
    factors = tuple(rows[0][0])
    for size in range(1, len(factors) + 1):
        for some in itertools.combinations(factors, size):
            seen: dict[tuple[str, ...], bool] = {}
            if all(seen.setdefault(tuple(row[factor] for factor in some), found) == found for row, found in rows):
                return some
    return factors


def solutions(rows: Mapping[tuple[str, ...], str], result: str, terms: Sequence[Term]) -> tuple[list[list[Term]], bool]:
    """The smallest sets of these terms that hold in exactly the rows with the result; and whether more are left off."""
    agreeing = {
        frozenset(place for place, term in enumerate(terms) if holds(term, row))
        for row, found in rows.items()
        if found == result
    }
    # a row that agrees with all that another agrees with asks nothing more
    asking = [each for each in agreeing if not any(other < each for other in agreeing)]
    found, left_off = hitting_sets(asking, SOLUTIONS, smallest=True)
    return [[terms[place] for place in sorted(each)] for each in found], left_off


def holds(term: Term, row: Sequence[str]) -> bool:
    """Whether a row agrees with a term."""
    return all(value in (None, has) for value, has in zip(term, row, strict=True))


def _put(term: Term, place: int, value: str | None) -> Term:
    return (*term[:place], value, *term[place + 1 :])


def hitting_sets(
    sets: Sequence[frozenset[Any]], most: int, *, smallest: bool = False
) -> tuple[list[frozenset[Any]], bool]:
    """The minimal hitting sets (or only those of the least size), smallest first, at most so many; and whether some are left.

    By sizes: a set not yet hit is chosen, and one of its members taken, each not to be taken again by those after it. A
    set so found is minimal if each of its members alone hits something.

    >>> sets, left_off = hitting_sets([frozenset("a"), frozenset("bc")], 10)
    >>> sorted("".join(sorted(each)) for each in sets), left_off
    (['ab', 'ac'], False)
    """
    found: list[frozenset[Any]] = []

    def search(chosen: frozenset[Any], barred: frozenset[Any], size: int) -> Iterator[frozenset[Any]]:
        missed = [each for each in sets if not each & chosen]
        if not missed:
            if len(chosen) == size and all(any(each & chosen == {one} for each in sets) for one in chosen):
                yield chosen
        elif len(chosen) < size:
            out = barred
            for one in sorted(min(missed, key=len) - barred, key=repr):
                yield from search(chosen | {one}, out, size)
                out = out | {one}

    for size in range(len(sets) + 1):
        for each in search(frozenset(), frozenset(), size):
            if len(found) == most:
                return found, True
            found.append(each)
        if smallest and found:
            break
    return found, False
