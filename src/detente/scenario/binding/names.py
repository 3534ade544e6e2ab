"""What the names in formulas stand for, and reading formulas and settings with every mistake placed.

Options, outcomes and named states share one name space. An option is called by its id where that is unique,
and always by `actor.option`. In graph form there is one pseudo option, `state`, whose choices are the
states; a state's name alone means `state = name`.

`Names.formula` never raises: mistakes go to the page, and the constant `true` stands in, so that reading
goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from detente.errors import FormulaError
from detente.formula import (
    MAX_DEPTH,
    TRUE,
    And,
    Formula,
    Name,
    Setting,
    Variable,
    bind,
    children,
    leaves,
    parse,
    setting,
    settings_of,
)
from detente.messages import numeral, tell
from detente.scenario.model import Option
from detente.scenario.text.page import Page, Path, shorten

MAX_LEAVES = 5_000
"""Together with the depth a formula may have, this bounds one with all outcomes written out: definitions cannot blow up."""

STATE = "state"
"""The pseudo option of graph form."""


@dataclass
class Names:
    """The name space of one scenario; outcomes and states join it as they are read (`define`)."""

    page: Page
    variables: dict[str, Variable] = field(default_factory=dict)
    ambiguous: dict[str, list[str]] = field(default_factory=dict)
    definitions: dict[str, Formula] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    _sizes: dict[int, tuple[int, int]] = field(default_factory=dict)

    # --- making ---

    def add_options(self, options: Iterable[Option]) -> None:
        """Make options known: by key, by `actor.option`, or as ambiguous."""
        for option in options:
            self.variables[option.key] = self.variables[f"{option.actor}.{option.id}"] = option.variable
            if option.key != option.id:
                self.ambiguous.setdefault(option.id, []).append(option.key)
        self.kinds |= dict.fromkeys(self.ambiguous, "option")
        self.kinds |= dict.fromkeys((name for name in self.variables if "." not in name), "option")

    def add_graph(self, states: tuple[str, ...]) -> None:
        """Make the states of graph form known."""
        self.variables[STATE] = Variable(STATE, states)
        self.kinds[STATE] = "option"
        for number, name in enumerate(states):
            self.define("state", name, Setting(STATE, (number,), (name,)))

    def define(self, kind: str, name: str, formula: Formula) -> None:
        """Let a name stand for a bound formula."""
        self.kinds[name] = kind
        self.definitions[name] = formula
        self._sizes[id(formula)] = _measure(formula, self._sizes)

    def spoil(self, name: str) -> None:
        """A definition that failed: its users should not fail as well."""
        self.lost.add(name)

    # --- reading ---

    def formula(self, path: Path, text: str, start: int = 0) -> Formula:
        """The formula written in `text`, which starts at character `start` of the text at `path`."""
        try:
            tree = parsed(text, self.variables)
            if self._unknown(path, tree, start):
                return TRUE
            bound = bind(tree, self.variables, self.definitions, text)
            _limit(*_measure(bound, self._sizes), text)
            return bound
        except FormulaError as error:
            self._report(path, start + error.column, error.message)
        return TRUE

    def settings(self, path: Path, texts: tuple[str, ...]) -> dict[str, int]:
        """Settings such as `x`, `answer = delay`, `not x`, one or more per text, as choice numbers."""
        settings: dict[str, int] = {}
        for number, text in enumerate(texts):
            item = (*path, number)
            for key, value in self.conjunction(item, text).items():
                if settings.setdefault(key, value) != value:
                    self.page.error(item, "contradiction", tell("'{key}' is set twice, differently", key=key))
        return settings

    def conjunction(self, path: Path, text: str) -> dict[str, int]:
        """The settings of one plain conjunction, `a and not b and c = x`."""
        settings = settings_of(self.formula(path, text))
        if settings is None:
            expected = tell("expected settings joined by 'and', such as 'a and not b and c = x'")
            self.page.error(
                path, "not-settings", tell("{expected}; found '{text}'", expected=expected, text=shorten(text))
            )
        return settings or {}

    def _report(self, path: Path, column: int, message: str) -> None:
        offset = self.page.within(path, column)
        self.page.report("error", "formula", offset, message, show=True)

    def _unknown(self, path: Path, tree: Formula, start: int) -> bool:
        """Report every name that stands for nothing; tell whether the formula is unusable."""
        bad = False
        for leaf in leaves(tree):
            if not isinstance(leaf, Name) or leaf.name in self.variables:
                continue
            if leaf.name in self.definitions and not leaf.choices:
                continue
            bad = True
            if leaf.name.rpartition(".")[2] not in self.lost:
                self._report(path, start + leaf.column, self._complaint(leaf))
        return bad

    def _complaint(self, leaf: Name) -> str:
        name = shorten(leaf.name)
        if leaf.name in self.ambiguous:
            ways = " or ".join(self.ambiguous[leaf.name])
            return tell("'{name}' is an option of several actors; write {ways}", name=name, ways=ways)
        if leaf.name in self.definitions:
            return tell("'{name}' is true or false and has no choices to compare", name=name)
        known = self.kinds if "." not in leaf.name else self.variables
        kinds = tell("state or outcome") if STATE in self.variables else tell("option, outcome or state")
        return tell("unknown {kinds} '{name}'{hint}", kinds=kinds, name=name, hint=self.page.hint(leaf.name, known))


# --- bounds -------------------------------------------------------------------------------------------------


def parsed(text: str, variables: Mapping[str, Variable] | None = None) -> Formula:
    """A formula as a tree of bare names, if it is of a size that can be read safely; else a `FormulaError`."""
    try:
        return _tree(text)
    except FormulaError:
        return _limited(text, variables)


@lru_cache(maxsize=4096)
def _tree(text: str) -> Formula:
    """A tree as `parsed` makes it, remembered: while one formula of a file is changed all others are read again and again."""
    return _limited(text, None)


def _limited(text: str, variables: Mapping[str, Variable] | None) -> Formula:
    tree = parse(text, variables)
    _limit(*_measure(tree, {}), text)
    return tree


def _limit(size: int, depth: int, text: str) -> None:
    if size > MAX_LEAVES:
        raise FormulaError(
            tell(
                "with all outcomes written out this has more than {max_leaves} settings", max_leaves=numeral(MAX_LEAVES)
            ),
            text,
            0,
        )
    if depth > MAX_DEPTH:
        raise FormulaError(
            tell("with all outcomes written out this is nested more than {max_depth} deep", max_depth=MAX_DEPTH),
            text,
            0,
        )


def _measure(formula: Formula, known: Mapping[int, tuple[int, int]]) -> tuple[int, int]:
    """Leaves and depth of a formula, without recursion and without walking again through what is known."""
    size = deepest = 0
    stack = [(formula, 1)]
    while stack:
        node, depth = stack.pop()
        inner = known.get(id(node))
        if inner is None:
            parts = children(node)
            stack.extend((part, depth + 1) for part in parts)
            inner = (not parts, 0)
        size, deepest = size + inner[0], max(deepest, depth + inner[1])
    return size, deepest


def state_formula(settings: Mapping[str, int], options: Iterable[Option]) -> Formula:
    """A state as the conjunction of all its settings."""
    parts = tuple(setting(option.variable, settings[option.key]) for option in options)
    return parts[0] if len(parts) == 1 else And(parts)


def mentioned(tree: Formula) -> Iterator[str]:
    """The bare names in a formula not yet bound."""
    return (leaf.name for leaf in leaves(tree) if isinstance(leaf, Name))
