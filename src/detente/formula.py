"""Boolean statements over options.

The mathematics. Every option is a variable with finitely many values (a yes/no option has `off` and `on`). A formula is
built from settings (`us_arm`, `answer = accept`, `answer in {accept, delay}`) with `not`, `and`, `or`, `->` (or `b if a`),
`<->` (or `iff`), and counts (`at least 2 of (a, b, c)`), loosest last. It is true or false in every state.

How to make one. `parse` reads text into a tree of bare names; `bind` replaces names by options, outcomes and named
states; `holds` evaluates a bound formula on numbers or whole numpy arrays at once; `text_of` prints it back.

>>> tree = parse("not ru_link and (nk_arms -> nk_troops)")
>>> names = {n: Variable(n, ("off", "on")) for n in ("ru_link", "nk_arms", "nk_troops")}
>>> formula = bind(tree, names)
>>> text_of(formula)
'not ru_link and (nk_arms -> nk_troops)'
>>> bool(holds(formula, {"ru_link": 0, "nk_arms": 1, "nk_troops": 0}))
False
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from detente.errors import FormulaError, did_you_mean

MAX_DEPTH = 100
"""Nesting beyond this is refused: no honest formula comes near it, and recursive readers must stay safe."""

MAX_LENGTH = 20_000
"""Characters of a formula at most."""


@dataclass(frozen=True)
class Formula:
    """The root of the tree; `&`, `|` and `~` combine bound formulas."""

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


# --- reading -----------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"\s*(?:(<->|->|!=|[=(){},])|([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)|([0-9]+))")
_WORDS = frozenset({"not", "and", "or", "if", "iff", "in", "true", "false", "exactly", "at"})
_INFIX = {"<->": (1, 2), "iff": (1, 2), "->": (4, 3), "if": (3, 4), "or": (5, 6), "and": (7, 8)}
_NOT = 9


def parse(text: str) -> Formula:
    """Read a formula; names are left as `Name`. Linear in the text.

    Raises `FormulaError` with the column of the first character that cannot be right.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"{len(text):,} characters, at most {MAX_LENGTH:,} can be read", text[:60], 0)
    tree = _Parser(text).whole()
    if depth_of(tree) > MAX_DEPTH:
        raise FormulaError(f"nested more than {MAX_DEPTH} deep", text, 0)
    return tree


class _Parser:
    """A precedence-climbing parser over the tokens of one formula."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.next = 0
        self.depth = 0

    def whole(self) -> Formula:
        formula = self.expression(0)
        if self.word() != "":
            raise self.error("expected 'and', 'or', '->', 'iff' or the end")
        return formula

    def word(self) -> str:
        return self.tokens[self.next][0]

    def column(self) -> int:
        return self.tokens[self.next][1]

    def take(self) -> str:
        word = self.word()
        self.next += 1
        return word

    def expect(self, word: str) -> None:
        if self.word() != word:
            raise self.error(f"expected '{word}'")
        self.next += 1

    def error(self, expected: str) -> FormulaError:
        found = f"found '{self.word()}'" if self.word() else "the formula ends"
        return FormulaError(f"{expected} but {found}", self.text, self.column())

    def expression(self, loosest: int) -> Formula:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormulaError(f"nested more than {MAX_DEPTH} deep", self.text, self.column())
        left = self.prefix()
        joins = 0
        while (infix := _INFIX.get(self.word())) and infix[0] >= loosest:
            joins += self.word() not in ("and", "or")
            if joins > MAX_DEPTH:
                raise FormulaError(f"chained more than {MAX_DEPTH} times", self.text, self.column())
            left = _join(self.take(), left, self.expression(infix[1]))
        self.depth -= 1
        return left

    def prefix(self) -> Formula:
        word = self.word()
        if word == "not":
            self.next += 1
            return Not(self.expression(_NOT))
        if word == "(":
            self.next += 1
            inner = self.expression(0)
            self.expect(")")
            return inner
        if word in ("true", "false"):
            return Constant(self.take() == "true")
        if word in ("exactly", "at"):
            return self.count()
        if word and (word[0].isalpha() or word[0] == "_") and word not in _WORDS:
            return self.setting()
        raise self.error("expected an option name, 'not' or '('")

    def setting(self) -> Formula:
        column, name = self.column(), self.take()
        if self.word() in ("=", "!="):
            equal = self.take() == "="
            atom = Name(name, (self.choice(),), column)
            return atom if equal else Not(atom)
        if self.word() == "in":
            self.next += 1
            return Name(name, tuple(self.items("{", "}", self.choice)), column)
        return Name(name, (), column)

    def choice(self) -> str:
        if not re.fullmatch(r"\w+", self.word()):
            raise self.error("expected the name of a choice")
        return self.take()

    def count(self) -> Formula:
        kind = self.take()
        if kind == "at":
            if self.word() not in ("least", "most"):
                raise self.error("expected 'least' or 'most' after 'at'")
            kind = f"at {self.take()}"
        if not self.word().isdigit():
            raise self.error(f"expected a number after '{kind}'")
        number = int(self.take())
        self.expect("of")
        return Count(kind, number, tuple(self.items("(", ")", lambda: self.expression(0))))

    def items(self, opening: str, closing: str, item: Callable[[], Any]) -> Iterator[Any]:
        self.expect(opening)
        yield item()
        while self.word() == ",":
            self.next += 1
            yield item()
        self.expect(closing)


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if not match:
            column = position + len(text[position:]) - len(text[position:].lstrip())
            raise FormulaError(f"unexpected character {text[column]!r}{_habit(text[column])}", text, column)
        group = match.lastindex or 0
        yield match[group], match.start(group)
        position = match.end()
    yield "", end


def _habit(character: str) -> str:
    words = {"&": "'and'", "|": "'or'", "!": "'not'", "~": "'not'", "-": "'not'", ">": "'->'", "<": "'<->'"}
    return f"; write {words[character]}" if character in words else ""


def _join(word: str, left: Formula, right: Formula) -> Formula:
    if word in ("->", "if"):
        return If(left, right) if word == "->" else If(right, left)
    if word in ("<->", "iff"):
        return Iff(left, right)
    kind = And if word == "and" else Or
    return kind((*(left.parts if isinstance(left, kind) else (left,)), right))


def depth_of(formula: Formula) -> int:
    """Levels of nesting; counted without recursion, so that it is safe on any tree."""
    deepest, open_parts = 0, [(formula, 1)]
    while open_parts:
        part, depth = open_parts.pop()
        deepest = max(deepest, depth)
        open_parts += [(child, depth + 1) for child in _children(part)]
    return deepest


def _children(formula: Formula) -> tuple[Formula, ...]:
    match formula:
        case Not(of):
            return (of,)
        case And(parts) | Or(parts) | Count(_, _, parts):
            return parts
        case If(first, second) | Iff(first, second):
            return first, second
    return ()


# --- binding -----------------------------------------------------------------------------------------------------------


def bind(
    tree: Formula,
    variables: Mapping[str, Variable],
    definitions: Mapping[str, Formula] | None = None,
    text: str = "",
) -> Formula:
    """Replace every `Name` by a `Setting` of an option or by the formula it abbreviates (outcome, named state).

    Raises `FormulaError` for a name or choice that does not exist, with the nearest known one.
    """
    known = definitions or {}

    def look_up(node: Formula) -> Formula:
        if not isinstance(node, Name):
            return node
        if node.name in variables:
            return _setting(node, variables[node.name], text)
        if node.name in known and not node.choices:
            return known[node.name]
        hint = did_you_mean(node.name, [*variables, *known])
        raise FormulaError(f"unknown option or outcome '{node.name}'{hint}", text or node.name, node.column)

    return rebuild(tree, look_up)


def _setting(node: Name, variable: Variable, text: str) -> Setting:
    if not node.choices:
        if not variable.binary:
            options = ", ".join(variable.choices)
            message = (
                f"'{node.name}' has choices ({options}); compare it, for example '{node.name} = {variable.choices[0]}'"
            )
            raise FormulaError(message, text or node.name, node.column)
        return Setting(variable.key, (1,))
    for choice in node.choices:
        if choice not in variable.choices:
            hint = did_you_mean(choice, variable.choices)
            raise FormulaError(f"'{node.name}' has no choice '{choice}'{hint}", text or node.name, node.column)
    values = tuple(sorted({variable.choices.index(choice) for choice in node.choices}))
    if variable.binary:
        return Setting(variable.key, values)
    return Setting(variable.key, values, tuple(variable.choices[value] for value in values))


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


# --- using -------------------------------------------------------------------------------------------------------------


def holds(formula: Formula, values: Mapping[str, Any]) -> Any:
    """Where the formula is true. `values[option]` is a choice number or an array of them; arrays broadcast.

    One pass over each mentioned array per node: linear in states × nodes.
    """
    match formula:
        case Constant(value):
            return np.bool_(value)
        case Setting(option, allowed):
            return _any(values[option] == value for value in allowed)
        case Not(of):
            return np.logical_not(holds(of, values))
        case And(parts):
            return _all(holds(part, values) for part in parts)
        case Or(parts):
            return _any(holds(part, values) for part in parts)
        case If(when, then):
            return np.logical_or(np.logical_not(holds(when, values)), holds(then, values))
        case Iff(left, right):
            return np.equal(holds(left, values), holds(right, values))
        case Count(kind, number, parts):
            total = sum(np.asarray(holds(part, values), dtype=np.int32) for part in parts)
            return {"exactly": np.equal, "at least": np.greater_equal, "at most": np.less_equal}[kind](total, number)
        case Name(name):
            raise FormulaError(f"'{name}' has not been bound to an option", name, 0)
    raise TypeError(f"not a formula: {formula!r}")


def _any(truths: Iterable[Any]) -> Any:
    result = np.bool_(False)
    for truth in truths:
        result = np.logical_or(result, truth)
    return result


def _all(truths: Iterable[Any]) -> Any:
    result = np.bool_(True)
    for truth in truths:
        result = np.logical_and(result, truth)
    return result


def options_of(formula: Formula) -> frozenset[str]:
    """The options a bound formula mentions."""
    return frozenset(leaf.option for leaf in leaves(formula) if isinstance(leaf, Setting))


def leaves(formula: Formula) -> Iterator[Formula]:
    """Every constant, name and setting, left to right."""
    children = _children(formula)
    if not children:
        yield formula
    for child in children:
        yield from leaves(child)


def settings_of(formula: Formula) -> dict[str, int] | None:
    """The settings a plain conjunction asks for (`a and not b and c = x`), or None if it is anything else.

    >>> names = {n: Variable(n, ("off", "on")) for n in "ab"}
    >>> settings_of(bind(parse("a and not b"), names))
    {'a': 1, 'b': 0}
    """
    found: dict[str, int] = {}
    for part in formula.parts if isinstance(formula, And) else (formula,):
        match part:
            case And():
                inner = settings_of(part)
                if inner is None or any(found.get(key, value) != value for key, value in inner.items()):
                    return None
                found |= inner
            case Setting(option, (value,)) if found.setdefault(option, value) == value:
                pass
            case Not(Setting(option, (value,), ())) if found.setdefault(option, 1 - value) == 1 - value:
                pass
            case Constant(True):
                pass
            case _:
                return None
    return found


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
