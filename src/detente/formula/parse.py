"""From text to trees: `parse` reads bare names, `bind` says what they stand for. Errors point at the character."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from detente.characters import named, remedy, stands_for
from detente.errors import FormulaError, did_you_mean
from detente.formula.tree import (
    And,
    Constant,
    Count,
    Formula,
    If,
    Iff,
    Name,
    Not,
    Or,
    Setting,
    Variable,
    depth_of,
    rebuild,
)
from detente.messages import numeral, tell

MAX_DEPTH = 100
"""Nesting beyond this is refused: no honest formula comes near it, and recursive readers must stay safe."""

MAX_LENGTH = 20_000
"""Characters of a formula at most."""

_TOKEN = re.compile(
    r"[ \t\r\n]*(?:(<->|->|!=|[=(){},])|([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)|([0-9]+))"
)
WORDS = frozenset({"not", "and", "or", "if", "iff", "in", "true", "false", "exactly", "at"})
_INFIX = {"<->": (1, 2), "iff": (1, 2), "->": (4, 3), "if": (3, 4), "or": (5, 6), "and": (7, 8)}
_NOT = 9


def parse(text: str, variables: Mapping[str, Variable] | None = None) -> Formula:
    """Read a formula; names are left as `Name`. Linear in the text. What is known of `variables` makes messages more exact.

    Raises `FormulaError` with the column of the first character that cannot be right.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            tell(
                "the formula has {number} characters; at most {max_length} are read",
                number=numeral(len(text)),
                max_length=numeral(MAX_LENGTH),
            ),
            text[:60],
            0,
        )
    tree = _Parser(text, variables or {}).whole()
    if depth_of(tree) > MAX_DEPTH:
        raise FormulaError(tell("nested more than {max_depth} deep", max_depth=MAX_DEPTH), text, 0)
    return tree


class _Parser:
    """A precedence-climbing parser over the tokens of one formula."""

    def __init__(self, text: str, variables: Mapping[str, Variable]) -> None:
        self.text = text
        self.tokens = list(_tokens(text, variables))
        self.next = 0
        self.depth = 0

    def whole(self) -> Formula:
        formula = self.expression(0)
        if self.word() != "":
            raise self.error(tell("expected 'and', 'or', '->', 'iff' or the end"))
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
            raise self.error(tell("expected '{word}'", word=word))
        self.next += 1

    def error(self, expected: str) -> FormulaError:
        found = tell("found '{word}'", word=self.word()) if self.word() else tell("the formula ends")
        return FormulaError(tell("{expected} but {found}", expected=expected, found=found), self.text, self.column())

    def expression(self, loosest: int) -> Formula:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormulaError(tell("nested more than {max_depth} deep", max_depth=MAX_DEPTH), self.text, self.column())
        left = self.prefix()
        joins = 0
        while (infix := _INFIX.get(self.word())) and infix[0] >= loosest:
            joins += self.word() not in ("and", "or")
            if joins > MAX_DEPTH:
                raise FormulaError(
                    tell("chained more than {max_depth} times", max_depth=MAX_DEPTH), self.text, self.column()
                )
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
        if word and (word[0].isalpha() or word[0] == "_") and word not in WORDS:
            return self.setting()
        raise self.error(tell("expected an option name, 'not' or '('"))

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
        if self.word() == "=":
            raise self.error(tell("write one '=', then the name of a choice,"))
        if not re.fullmatch(r"\w+", self.word()):
            raise self.error(tell("expected the name of a choice"))
        return self.take()

    def count(self) -> Formula:
        kind = self.take()
        if kind == "at":
            if self.word() not in ("least", "most"):
                raise self.error(tell("expected 'least' or 'most' after 'at'"))
            kind = tell("at {take}", take=self.take())
        if not self.word().isdigit():
            raise self.error(tell("expected a number after '{kind}'", kind=kind))
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


def _tokens(text: str, variables: Mapping[str, Variable]) -> Iterator[tuple[str, int]]:
    position, end = 0, len(text.rstrip(" \t\r\n"))
    while position < end:
        match = _TOKEN.match(text, position)
        if not match:
            column = position + len(text[position:]) - len(text[position:].lstrip(" \t\r\n"))
            raise FormulaError(_unexpected(text, column, variables), text, column)
        group = match.lastindex or 0
        yield match[group], match.start(group)
        position = match.end()
    yield "", end


_COMPARISON = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)[ \t]*([<>]=?|[≤≥])[ \t]*([A-Za-z0-9_]+)")


def _unexpected(text: str, column: int, variables: Mapping[str, Variable]) -> str:
    """What to say of a character that begins no token."""
    comparison = next((each for each in _COMPARISON.finditer(text) if each.start() <= column < each.end()), None)
    if comparison:
        name, sign, choice = comparison.groups()
        known = variables[name].choices if name in variables else ()
        return tell(
            "choices have no order in a formula: list those that count, '{name} in {{{compared}}}'",
            name=name,
            compared=_compared(sign, choice, known),
        )
    if stands_for(text[column]) is not None:
        return tell("unexpected character {named}; {remedy}", named=named(text[column]), remedy=remedy(text[column]))
    return tell("unexpected character {text}{habit}", text=repr(text[column]), habit=_habit(text[column]))


def _compared(sign: str, choice: str, known: Sequence[str]) -> str:
    """The choices a comparison seems to mean, in the order of the file."""
    if choice not in known:
        return f"{choice}, …"
    place = known.index(choice)
    equal = [choice] if sign[-1] in "=≤≥" else []
    listed = [*equal, *known[place + 1 :]] if sign[0] in ">≥" else [*known[:place], *equal]
    return ", ".join(listed) or "…"


def _habit(character: str) -> str:
    words = {"&": "'and'", "|": "'or'", "!": "'not'", "~": "'not'", "-": "'not'", ">": "'->'", "<": "'<->'"}
    return tell("; write {words}", words=words[character]) if character in words else ""


def _join(word: str, left: Formula, right: Formula) -> Formula:
    if word in ("->", "if"):
        return If(left, right) if word == "->" else If(right, left)
    if word in ("<->", "iff"):
        return Iff(left, right)
    kind = And if word == "and" else Or
    return kind((*(left.parts if isinstance(left, kind) else (left,)), right))


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
        raise FormulaError(
            tell("unknown option or outcome '{name}'{hint}", name=node.name, hint=hint), text or node.name, node.column
        )

    return rebuild(tree, look_up)


def _setting(node: Name, variable: Variable, text: str) -> Setting:
    if not node.choices:
        if not variable.binary:
            options = ", ".join(variable.choices)
            message = tell(
                "'{name}' has choices ({options}); compare it, for example '{name} = {choices}'",
                name=node.name,
                options=options,
                choices=variable.choices[0],
            )
            raise FormulaError(message, text or node.name, node.column)
        return Setting(variable.key, (1,))
    for choice in node.choices:
        if choice not in variable.choices:
            hint = did_you_mean(choice, variable.choices)
            raise FormulaError(
                tell("'{name}' has no choice '{choice}'{hint}", name=node.name, choice=choice, hint=hint),
                text or node.name,
                node.column,
            )
    values = tuple(sorted({variable.choices.index(choice) for choice in node.choices}))
    if variable.binary:
        return Setting(variable.key, values)
    return Setting(variable.key, values, tuple(variable.choices[value] for value in values))
