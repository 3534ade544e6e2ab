"""Formulas as trees: the nodes, walking through them, and printing them back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Formula:
    """The root of the tree; `&`, `|` and `~` combine bound formulas."""

    @cached_property
    def _options(self) -> frozenset[str]:
        return frozenset(leaf.option for leaf in leaves(self) if isinstance(leaf, Setting))

    def __and__(self, other: Formula) -> Formula:
        return And((self, other))

    def __or__(self, other: Formula) -> Formula:
        return Or((self, other))

    def __invert__(self) -> Formula:
        return Not(self)

    def __str__(self) -> str:
        return text_of(self)


@dataclass(frozen=True)
class Constant(Formula):
    value: bool


@dataclass(frozen=True)
class Name(Formula):
    """A name not yet looked up: an option, an outcome or a state; `choices` when compared (`answer = accept`)."""

    name: str
    choices: tuple[str, ...] = ()
    column: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Setting(Formula):
    """Option `option` has one of the choice numbers `values`; `labels` are their names (empty for a yes/no option)."""

    option: str
    values: tuple[int, ...]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Not(Formula):
    of: Formula


@dataclass(frozen=True)
class And(Formula):
    parts: tuple[Formula, ...]


@dataclass(frozen=True)
class Or(Formula):
    parts: tuple[Formula, ...]


@dataclass(frozen=True)
class If(Formula):
    """`when -> then`: material implication."""

    when: Formula
    then: Formula


@dataclass(frozen=True)
class Iff(Formula):
    left: Formula
    right: Formula


@dataclass(frozen=True)
class Count(Formula):
    """`exactly`, `at least` or `at most` `number` of `parts` are true."""

    kind: str
    number: int
    parts: tuple[Formula, ...]


@dataclass(frozen=True)
class Variable:
    """What a name in a formula stands for: the option's key and its choices, `off`/`on` for yes/no."""

    key: str
    choices: tuple[str, ...]

    @property
    def binary(self) -> bool:
        return self.choices == ("off", "on")


TRUE, FALSE = Constant(True), Constant(False)


def setting(variable: Variable, value: int) -> Formula:
    """The formula that says an option has this choice, as people write it.

    >>> str(setting(Variable("x", ("off", "on")), 0)), str(setting(Variable("y", ("low", "high")), 1))
    ('not x', 'y = high')
    """
    if not variable.binary:
        return Setting(variable.key, (value,), (variable.choices[value],))
    return Setting(variable.key, (1,)) if value else Not(Setting(variable.key, (1,)))


def opposite(formula: Formula) -> Formula:
    """The negation, without a double one.

    >>> str(opposite(Name("x"))), str(opposite(Not(Name("x"))))
    ('not x', 'x')
    """
    return formula.of if isinstance(formula, Not) else Not(formula)


# --- walking -----------------------------------------------------------------------------------------------------------


def children(formula: Formula) -> tuple[Formula, ...]:
    """The parts directly below a node."""
    match formula:
        case Not(of):
            return (of,)
        case And(parts) | Or(parts) | Count(_, _, parts):
            return parts
        case If(first, second) | Iff(first, second):
            return first, second
    return ()


def leaves(formula: Formula) -> Iterator[Formula]:
    """Every constant, name and setting, left to right."""
    below = children(formula)
    if not below:
        yield formula
    for child in below:
        yield from leaves(child)


def depth_of(formula: Formula) -> int:
    """Levels of nesting; counted without recursion, so that it is safe on any tree."""
    deepest, open_parts = 0, [(formula, 1)]
    while open_parts:
        part, depth = open_parts.pop()
        deepest = max(deepest, depth)
        open_parts += [(child, depth + 1) for child in children(part)]
    return deepest


def options_of(formula: Formula) -> frozenset[str]:
    """The options a bound formula mentions; found once, for they are asked for again and again."""
    return formula._options


def rebuild(formula: Formula, change: Callable[[Formula], Formula]) -> Formula:
    """The same tree with every leaf passed through `change`."""
    match formula:
        case Not(of):
            return Not(rebuild(of, change))
        case And(parts):
            return And(tuple(rebuild(part, change) for part in parts))
        case Or(parts):
            return Or(tuple(rebuild(part, change) for part in parts))
        case Count(kind, number, parts):
            return Count(kind, number, tuple(rebuild(part, change) for part in parts))
        case If(when, then):
            return If(rebuild(when, change), rebuild(then, change))
        case Iff(left, right):
            return Iff(rebuild(left, change), rebuild(right, change))
        case _:
            return change(formula)


# --- printing ----------------------------------------------------------------------------------------------------------

_NOT = 9
"""How tightly `not` binds; the others are below it."""


def text_of(formula: Formula) -> str:
    """Print with as few parentheses as reading needs; `parse` reads it back to the same tree."""
    return _print(formula, 0)


def _print(formula: Formula, outer: int) -> str:
    match formula:
        case Constant(value):
            return "true" if value else "false"
        case Name(name, choices):
            return _compare(name, choices) if choices else name
        case Setting(option, values, labels):
            if labels:
                return _compare(option, labels)
            return f"{option} in {{off, on}}" if len(values) == 2 else option if values[0] else f"{option} = off"
        case Not(of):
            return f"not {_print(of, _NOT)}"
        case Count(kind, number, parts):
            return f"{kind} {number} of ({', '.join(_print(part, 0) for part in parts)})"
        case And(parts):
            return _bracket(" and ".join(_print(part, 8) for part in parts), 7, outer)
        case Or(parts):
            return _bracket(" or ".join(_print(part, 6) for part in parts), 5, outer)
        case If(when, then):
            return _bracket(f"{_print(when, 5)} -> {_print(then, 3)}", 3, outer)
        case Iff(left, right):
            return _bracket(f"{_print(left, 1)} <-> {_print(right, 2)}", 1, outer)
    raise TypeError(f"not a formula: {formula!r}")


def _compare(name: str, choices: tuple[str, ...]) -> str:
    return f"{name} = {choices[0]}" if len(choices) == 1 else f"{name} in {{{', '.join(choices)}}}"


def _bracket(inside: str, strength: int, outer: int) -> str:
    return f"({inside})" if strength < outer else inside
