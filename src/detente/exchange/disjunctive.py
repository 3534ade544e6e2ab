"""A formula as a list of alternatives, each a list of settings: the only conditions that many tools know.

>>> from detente.scenario import load
>>> elmira = load("elmira")
>>> alternatives(elmira.formula("insist or modify"), elmira.variables())
[{'insist': frozenset({1})}, {'modify': frozenset({1})}]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from detente.formula import And, Constant, Count, Formula, If, Iff, Not, Or, Setting, Variable

Term = dict[str, frozenset[int]]
"""Settings that hold together: which choices each option may have."""

MOST_TERMS = 512
"""Alternatives at most; a formula with more is not written that way."""


class TooManyError(Exception):
    """The formula has too many alternatives."""


def alternatives(formula: Formula, variables: Mapping[str, Variable]) -> list[Term]:
    """Terms of which at least one holds exactly where the formula does; none where it is never true.

    `variables` are the options by key. An empty term is true everywhere. Cost: exponential in the worst case; above
    `MOST_TERMS` alternatives `TooManyError`.
    """
    choices = {each.key: frozenset(range(len(each.choices))) for each in variables.values()}
    return _terms(formula, True, choices)


def _terms(formula: Formula, wanted: bool, choices: Mapping[str, frozenset[int]]) -> list[Term]:
    match formula:
        case Constant(value):
            return [{}] if value is wanted else []
        case Setting(option, values):
            allowed = frozenset(values) if wanted else choices[option] - frozenset(values)
            if allowed == choices[option]:
                return [{}]
            return [{option: allowed}] if allowed else []
        case Not(of):
            return _terms(of, not wanted, choices)
        case And(parts):
            return _every(parts, True, choices) if wanted else _some(parts, False, choices)
        case Or(parts):
            return _some(parts, True, choices) if wanted else _every(parts, False, choices)
        case If(when, then):
            return _terms(Or((Not(when), then)), wanted, choices)
        case Iff(left, right):
            same = Or((And((left, right)), And((Not(left), Not(right)))))
            other = Or((And((left, Not(right))), And((Not(left), right))))
            return _terms(same if wanted else other, True, choices)
        case Count():
            return _terms(_counted(formula, wanted), True, choices)
    raise AssertionError(formula)  # names are bound, and these are all kinds


def _counted(count: Count, wanted: bool) -> Formula:
    """A count as a choice of the parts that are true: `at least k` is that some k of them are."""
    n, k = len(count.parts), count.number
    least = {"at least": [(k, True)], "at most": [(k + 1, False)], "exactly": [(k, True), (k + 1, False)]}[count.kind]
    demands = tuple(
        _at_least(count.parts, number, n) if true else Not(_at_least(count.parts, number, n)) for number, true in least
    )
    return And(demands) if wanted else Not(And(demands))


def _at_least(parts: tuple[Formula, ...], number: int, n: int) -> Formula:
    if number <= 0:
        return Constant(True)
    if number > n:
        return Constant(False)
    chosen: list[Formula] = []
    for some in combinations(parts, number):
        chosen.append(And(some))
        if len(chosen) > MOST_TERMS:
            raise TooManyError
    return Or(tuple(chosen))


def _some(parts: Iterable[Formula], wanted: bool, choices: Mapping[str, frozenset[int]]) -> list[Term]:
    return _least(term for part in parts for term in _terms(part, wanted, choices))


def _every(parts: Iterable[Formula], wanted: bool, choices: Mapping[str, frozenset[int]]) -> list[Term]:
    found: list[Term] = [{}]
    for part in parts:
        more = _terms(part, wanted, choices)
        found = _least(_joined(found, more))
    return found


def _joined(some: list[Term], others: list[Term]) -> Iterator[Term]:
    for one in some:
        for other in others:
            both = {key: one.get(key, other.get(key)) for key in (*one, *other)}
            both |= {key: one[key] & other[key] for key in one.keys() & other.keys()}
            if all(both.values()):
                yield {key: values for key, values in both.items() if values is not None}


def _least(terms: Iterable[Term]) -> list[Term]:
    """The terms without those that another one covers, in order."""
    kept: list[Term] = []
    for term in terms:
        if any(_covers(other, term) for other in kept):
            continue
        kept = [other for other in kept if not _covers(term, other)]
        kept.append(term)
        if len(kept) > MOST_TERMS:
            raise TooManyError
    return kept


def _covers(wide: Term, narrow: Term) -> bool:
    return all(key in narrow and narrow[key] <= values for key, values in wide.items())
