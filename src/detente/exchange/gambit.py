"""Files of Gambit: strategic games (`.nfg`) out and in, extensive games (`.efg`) out.

A strategic game has every combination of strategies, so a model is written as it is where its moves can all be undone. The
payoffs are ranks, 1 for the worst state: Gambit may add and divide them, but only their order means anything. Combinations
that the rules forbid get 0 for everybody, below all others. The payoff version of the format is written, player 1's strategy
varying fastest; it has no labels, so a sibling in the outcome version holds them.

An extensive game is one play in a fixed order: each actor of the list may once change its own options, or leave them, and sees
what was done before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.case import Case
from detente.conflict.game import Game
from detente.engine.steps import moves
from detente.exchange.foreign import (
    CHANGED,
    LOST,
    MOST_STATES,
    ForeignError,
    Given,
    Loss,
    Taken,
    identifiers,
    scenario_text,
    sections_lost,
    without_moves,
)
from detente.messages import numeral, tell

NAME, EXTENSIVE = "nfg", "efg"

MOST_PROFILES = 1 << 20
"""Combinations of strategies that are written at most."""

MOST_NODES = 20_000
"""Nodes of a tree that are written at most."""


# --- strategic games out ----------------------------------------------------------------------------------------------


def write(case: Case) -> Given:
    """A model under its chosen readings as a strategic game. Cost: one number a combination of strategies and player."""
    game = case.game
    conflict = game.conflict
    if conflict.graph:
        raise ForeignError("", tell("a strategic game has strategies; this model lists its states and moves by hand"))
    shape = [player.size for player in conflict.players]
    if prod(shape) > MOST_PROFILES:
        raise ForeignError(
            "",
            tell(
                "a strategic game lists all combinations of strategies: here {count}; at most {most} are written",
                count=numeral(prod(shape)),
                most=numeral(MOST_PROFILES),
            ),
        )
    profiles = _player_one_fastest(shape)
    landed = conflict.land(profiles)
    payoffs = np.zeros((len(profiles), len(shape)), dtype=np.int64)
    for player in range(len(shape)):
        ranks = np.unique(game.scores(player), return_inverse=True)[1] + 1
        known = landed >= 0
        payoffs[known, player] = ranks[np.searchsorted(conflict.states, landed[known])]
    title, names = _quoted(case.scenario.title), [_quoted(actor.name) for actor in case.scenario.actors]
    head = f"NFG 1 R {title} {{ {' '.join(names)} }}"
    content = f"{head} {{ {' '.join(map(str, shape))} }}\n\n{' '.join(map(str, payoffs.ravel().tolist()))}\n"
    return Given(
        format=NAME,
        content=content,
        beside={".labels.nfg": _labelled(head, game, profiles, payoffs)},
        losses=tuple(_strategic_losses(case, shape, landed)),
    )


def _player_one_fastest(shape: Sequence[int]) -> NDArray[np.int64]:
    """The cells of all combinations in the order of the format."""
    grid = np.arange(prod(shape), dtype=np.int64).reshape(shape)
    return grid.ravel(order="F")


def _labelled(head: str, game: Game, profiles: NDArray[np.int64], payoffs: NDArray[np.int64]) -> str:
    """The outcome version: the same game with labels for strategies and for what comes of them."""
    strategies = "\n".join(f"{{ {' '.join(_quoted(label) for label in each)} }}" for each in _strategies(game))
    texts = game.texts(profiles.tolist())
    outcomes = "\n".join(
        f"{{ {_quoted(text)} {', '.join(map(str, row))} }}" for text, row in zip(texts, payoffs.tolist(), strict=True)
    )
    numbers = " ".join(str(n) for n in range(1, len(profiles) + 1))
    return f"{head}\n\n{{ {strategies}\n}}\n\n{{\n{outcomes}\n}}\n{numbers}\n"


def _strategies(game: Game) -> Iterator[list[str]]:
    """What each player's strategies are called: what is on, or chosen."""
    for player in game.conflict.players:
        yield [
            ", ".join(option.text(int(value)) for option, value in zip(player.options, row, strict=True)) or "-"
            for row in player.strategies
        ]


def _strategic_losses(case: Case, shape: Sequence[int], landed: NDArray[np.int64]) -> Iterator[Loss]:
    conflict = case.game.conflict
    yield Loss(CHANGED, tell("payoffs are ranks of states, 1 for the worst; only their order means anything"), "actors")
    if (landed < 0).any():
        says = tell(
            "{count} of {n} combinations of strategies are infeasible: they get 0 for everybody",
            count=numeral(int((landed < 0).sum())),
            n=numeral(prod(shape)),
        )
        yield Loss(CHANGED, says, "rules")
    if any(player.moves.legal is not None or player.moves.need is not None for player in conflict.players):
        yield Loss(LOST, tell("in a strategic game every move can be made, and undone"), "options")
    if not conflict.simple:
        yield Loss(
            LOST, tell("what follows by itself, and states that count as one, are known by their payoffs only"), "rules"
        )
    if case.scenario.now:
        yield Loss(LOST, tell("a strategic game has no state of today"), "now")
    yield from sections_lost(case.scenario)


# --- extensive games out ----------------------------------------------------------------------------------------------


def write_extensive(case: Case, order: Sequence[str] = ()) -> Given:
    """One play from the status quo as an extensive game: the actors of `order` (all, if empty) move once each, in turn.

    Cost: one node for every way to play; more than `MOST_NODES` are refused.
    """
    game = case.game
    if game.now is None:
        raise ForeignError("", tell("a play starts from today, and this model has no such state (`now:`)"))
    turns = [game.index(actor) for actor in order or game.actors]
    ranks = [np.unique(game.scores(player), return_inverse=True)[1] + 1 for player in range(len(game.actors))]
    names = " ".join(_quoted(actor.name) for actor in case.scenario.actors)
    tree = _Tree(game, turns, ranks)
    tree.grow(game.now, 0)
    lines = [f"EFG 2 R {_quoted(case.scenario.title)} {{ {names} }}", '""', "", *tree.lines]
    losses = [
        Loss(CHANGED, tell("payoffs are ranks of states, 1 for the worst; only their order means anything"), "actors"),
        Loss(
            CHANGED,
            tell(
                "one play in this order, each actor once, who sees what was done: {order}",
                order=", ".join(game.actors[t] for t in turns),
            ),
            "now",
        ),
        *sections_lost(case.scenario),
    ]
    return Given(format=EXTENSIVE, content="\n".join(lines) + "\n", beside={}, losses=tuple(losses))


@dataclass
class _Tree:
    game: Game
    turns: Sequence[int]
    ranks: Sequence[NDArray[np.int64]]

    def __post_init__(self) -> None:
        self.lines: list[str] = []
        self.sets = [0] * len(self.game.actors)
        self.outcomes: dict[int, int] = {}

    def grow(self, cell: int, turn: int) -> None:
        """The nodes below a state, in the order of the format: a node, then all below its first action, and so on."""
        if len(self.lines) > MOST_NODES:
            raise ForeignError(
                "", tell("the tree has more than {most} nodes: name fewer actors, in order", most=numeral(MOST_NODES))
            )
        if turn == len(self.turns):
            self.lines.append(self._end(cell))
            return
        player = self.turns[turn]
        reached = moves(self.game, np.array([cell]), player)[1].tolist()
        choices = [cell, *sorted(set(reached) - {cell})]
        labels = [
            tell("no change") if each == cell else self.game.change_text(cell, each) or self.game.text(each)
            for each in choices
        ]
        self.sets[player] += 1
        actions = " ".join(_quoted(label) for label in _apart(labels))
        self.lines.append(f'p "" {player + 1} {self.sets[player]} {_quoted(self.game.text(cell))} {{ {actions} }} 0')
        for each in choices:
            self.grow(each, turn + 1)

    def _end(self, cell: int) -> str:
        number = self.outcomes.setdefault(cell, len(self.outcomes) + 1)
        place = self.game.number(cell)
        payoffs = ", ".join(str(int(ranks[place])) for ranks in self.ranks)
        return f't "" {number} {_quoted(self.game.text(cell))} {{ {payoffs} }}'


def _apart(labels: Sequence[str]) -> list[str]:
    """Labels of actions, no two alike."""
    seen: dict[str, int] = {}
    found = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        found.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return found


def _quoted(text: str) -> str:
    """A text of the format: in quotation marks, with those inside it marked."""
    return '"' + " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'


# --- strategic games in -----------------------------------------------------------------------------------------------

_TOKEN = re.compile(r'\s*(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([{}])|,|([^\s{},"]+))')


_NUMBER = re.compile(r"[+-]?(?:\d+/\d+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)", re.ASCII)

MOST_PLAYERS = 100
"""Players of a game that is read at most."""

LONGEST = 200
"""Letters of a number at most: exact fractions of longer ones, or of large exponents, fill the memory."""


def read(text: str, name: str = "") -> Taken:
    """The scenario of a strategic game, in the payoff version or the outcome version. Raises `ForeignError`.

    Every player becomes an actor with one option, whose choices are its strategies; payoffs, exact fractions, become a ranking.
    """
    return _Reader(name, text).game()


class _Reader:
    """The tokens of a file, and where one is."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text, self.place, self.at = name, text.removeprefix("\ufeff"), 0, 0

    def fail(self, message: str) -> ForeignError:
        line = self.text.count("\n", 0, self.at) + 1
        column = self.at - (self.text.rfind("\n", 0, self.at) + 1) + 1
        return ForeignError(self.name, message, tell("line {line}, column {column}", line=line, column=column))

    def next(self) -> tuple[str, str]:
        """The next token: ("text" | "mark" | "word" | "end", what it says); commas are blanks."""
        while True:
            found = _TOKEN.match(self.text, self.place)
            if found is None:
                self.at = len(self.text) - len(self.text[self.place :].lstrip())
                if self.text[self.place :].strip():
                    raise self.fail(tell("a text is not closed: expected a quotation mark"))
                return "end", ""
            self.place = found.end()
            quoted, mark, word = found.groups()
            self.at = found.end() - len(found[0].lstrip())
            if quoted is not None:
                return "text", re.sub(r"\\(.)", r"\1", quoted)
            if mark or word:
                return ("mark", mark) if mark else ("word", word)

    def peek(self) -> tuple[str, str]:
        here, at = self.place, self.at
        found = self.next()
        self.place, self.at = here, at
        return found

    def expect(self, kind: str, what: str = "") -> str:
        found, says = self.next()
        if found != kind or (what and says != what):
            wanted = what or {"text": tell("a text in quotation marks"), "word": tell("a number")}[kind]
            raise self.fail(
                tell(
                    "expected {wanted}; found {says}",
                    wanted=wanted,
                    says=repr(says) if says else tell("the end of the file"),
                )
            )
        return says

    def number(self, word: str) -> Fraction:
        """A payoff: whole, decimal or p/q."""
        try:
            if len(word) > LONGEST or not _NUMBER.fullmatch(word):
                raise ValueError
            return Fraction(word)
        except (ValueError, ZeroDivisionError):
            raise self.fail(
                tell("expected a number such as 3, -1.5 or 2/3; found {word}", word=repr(word[:40]))
            ) from None

    def count(self, word: str) -> int:
        if not word.isdecimal() or not word.isascii() or len(word) > 9:
            raise self.fail(tell("expected a whole number; found {word}", word=repr(word[:40])))
        return int(word)

    def game(self) -> Taken:
        self.expect("word", "NFG")
        self.expect("word", "1")
        if (kind := self.expect("word")) not in ("R", "D"):
            raise self.fail(tell("expected R; found {kind}", kind=repr(kind)))
        title = self.expect("text")
        players = self._texts()
        if not players:
            raise self.fail(tell("the game has no players"))
        if len(players) > MOST_PLAYERS:
            raise self.fail(
                tell(
                    "the game has {count} players; at most {most} are read",
                    count=numeral(len(players)),
                    most=MOST_PLAYERS,
                )
            )
        self.expect("mark", "{")
        labels = self._strategies(len(players))
        total = prod(map(len, labels))
        if total > MOST_STATES:
            raise self.fail(
                tell(
                    "the game has {total} combinations of strategies; at most {most} can be ranked one by one",
                    total=numeral(total),
                    most=numeral(MOST_STATES),
                )
            )
        if self.peek()[0] == "text":
            self.next()  # a comment
        rows = (
            self._outcomes(total, len(players)) if self.peek() == ("mark", "{") else self._payoffs(total, len(players))
        )
        return self._taken(title, players, labels, rows)

    def _texts(self) -> list[str]:
        self.expect("mark", "{")
        found = []
        while self.peek()[0] == "text":
            found.append(self.next()[1])
            if len(found) > MOST_STATES:
                raise self.fail(tell("a list here has at most {most} texts", most=numeral(MOST_STATES)))
        self.expect("mark", "}")
        return found

    def _strategies(self, players: int) -> list[list[str]]:
        """Numbers of strategies, or their labels, up to the closing brace."""
        labels: list[list[str]] = []
        while True:
            kind, says = self.peek()
            if kind == "mark" and says == "{":
                labels.append(self._texts())
            elif kind == "word":
                self.next()
                count = self.count(says)
                if count > MOST_STATES:
                    raise self.fail(tell("{count} strategies are more than can be ranked", count=numeral(count)))
                labels.append([str(n) for n in range(1, count + 1)])
            else:
                break
        self.expect("mark", "}")
        if len(labels) != players:
            raise self.fail(
                tell("there are {players} players and strategies of {found}", players=players, found=len(labels))
            )
        if not all(labels):
            raise self.fail(tell("a player has no strategy"))
        if (most := max(map(len, labels))) > 255:
            raise self.fail(tell("a player has {most} strategies; an option has at most 255 choices", most=most))
        return labels

    def _payoffs(self, total: int, players: int) -> list[tuple[Fraction, ...]]:
        numbers = []
        while (token := self.next())[0] == "word":
            numbers.append(self.number(token[1]))
        if token[0] != "end":
            raise self.fail(tell("expected a number; found {says}", says=repr(token[1])))
        if len(numbers) != total * players:
            raise self.fail(
                tell(
                    "expected {wanted} payoffs ({total} combinations of {players} players); found {found}",
                    wanted=numeral(total * players),
                    total=numeral(total),
                    players=players,
                    found=numeral(len(numbers)),
                )
            )
        return [tuple(numbers[k * players : (k + 1) * players]) for k in range(total)]

    def _outcomes(self, total: int, players: int) -> list[tuple[Fraction, ...]]:
        known: list[tuple[Fraction, ...]] = [(Fraction(0),) * players]
        self.expect("mark", "{")
        while self.peek() == ("mark", "{"):
            self.next()
            if self.peek()[0] == "text":
                self.next()
            row = []
            while self.peek()[0] == "word":
                row.append(self.number(self.next()[1]))
            self.expect("mark", "}")
            if len(row) != players:
                raise self.fail(tell("expected {players} payoffs; found {found}", players=players, found=len(row)))
            known.append(tuple(row))
        self.expect("mark", "}")
        chosen = []
        while (token := self.next())[0] == "word":
            number = self.count(token[1])
            if number >= len(known):
                raise self.fail(tell("there is no outcome {number}; there are {n}", number=number, n=len(known) - 1))
            chosen.append(known[number])
        if len(chosen) != total:
            raise self.fail(
                tell("expected {total} outcomes; found {found}", total=numeral(total), found=numeral(len(chosen)))
            )
        return chosen

    def _taken(
        self, title: str, players: list[str], labels: list[list[str]], rows: list[tuple[Fraction, ...]]
    ) -> Taken:
        actors = identifiers((name or f"player {n}" for n, name in enumerate(players, 1)), "player")
        options = identifiers((f"{actor}_plays" for actor in actors), "option")
        choices = [identifiers(each, "s") for each in labels]
        profiles = [tuple(reversed(each)) for each in product(*(range(len(each)) for each in reversed(labels)))]
        states = {
            f"s{n}": [f"{options[p]} = {choices[p][k]}" for p, k in enumerate(profile) if len(labels[p]) > 1]
            for n, profile in enumerate(profiles, 1)
        }
        data: dict[str, Any] = {"detente": "1", "title": title.strip() or self.name or "Game", "actors": {}}
        for p, actor in enumerate(actors):
            named = dict(zip(choices[p], labels[p], strict=True))
            option = {"name": tell("Strategy of {player}", player=players[p] or actor), "choices": named}
            data["actors"][actor] = {
                "name": players[p].strip() or actor,
                "options": {options[p]: option if len(labels[p]) > 1 else without_moves()},
                "ranking": _ranking([row[p] for row in rows]),
            }
        data["states"] = states
        losses = [Loss(CHANGED, tell("payoffs became rankings: only their order is kept"), "actors")]
        return Taken(format=NAME, text=scenario_text(data, losses), losses=tuple(losses))


def _ranking(payoffs: Sequence[Fraction]) -> list[Any]:
    """The states from best to worst, equal ones together."""
    groups: dict[Fraction, list[str]] = {}
    for n, payoff in enumerate(payoffs, 1):
        groups.setdefault(payoff, []).append(f"s{n}")
    ordered = [groups[payoff] for payoff in sorted(groups, reverse=True)]
    return [group if len(group) > 1 else group[0] for group in ordered]
