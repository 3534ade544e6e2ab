"""Files of GMCR+ (`.gmcr`): JSON with options, decision makers, conditions and rankings.

What such a file holds, as published examples show it. `options` have a `name` and a `permittedDirection` (`both`, `fwd` for off
to on only, `back`). `decisionMakers` have a `name`, `options` (numbers into that list, from 0), `preferences` (conditions, most
important first) and may have a `preferenceRanking`, in older files `preferenceVector` (feasible states, best first, ties as
nested lists), which counts where `useManualPreferenceRanking` (older: `useManualPreferenceVectors`) says so. `infeasibles` and
`misperceptions` are conditions. A condition is a list of `[option, "Y"]` or `[option, "N"]` that hold together, or
`{"compound": true, "members": [...]}`, of whose members one holds. Feasible states are numbered from 1, the first option
varying fastest, off before on. Stored `payoffs` are never trusted: they are compared with what the preferences say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.case import Case
from detente.conflict import Cells, Conflict
from detente.conflict.game import Game
from detente.exchange.disjunctive import Term, TooManyError, alternatives
from detente.exchange.foreign import (
    ADVICE,
    CHANGED,
    DIFFERS,
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
from detente.formula import And, Formula, Not, setting
from detente.messages import numeral, plural, tell
from detente.scenario import read_text
from detente.scenario.model import Option, PriorityList, Reading

NAME = "gmcr"

MOST_OPTIONS = 20
"""Options of a file whose states are ranked by number: all their settings are gone through."""

DIRECTIONS = {"both": "both", "fwd": "take", "back": "drop"}

_FILE = frozenset(
    {
        "program",
        "version",
        "title",
        "description",
        "options",
        "decisionMakers",
        "infeasibles",
        "coalitions",
        "coalitionsFull",
    }
    | {"useManualPreferenceRanking", "useManualPreferenceVectors"}
)
_MAKER = frozenset(
    {
        "name",
        "options",
        "preferences",
        "preferenceRanking",
        "preferenceVector",
        "misperceptions",
        "payoffs",
        "isCoalition",
    }
)
_OPTION = frozenset({"name", "permittedDirection"})


# --- reading ----------------------------------------------------------------------------------------------------------


def read(text: str, name: str = "") -> Taken:
    """The scenario that a `.gmcr` file describes. Raises `ForeignError`, with the place in the file.

    Cost: linear in the file, and in all settings of the options where states are ranked by number.
    """
    return _Reader(name).read(text)


@dataclass
class _Reader:
    """One file being read; `losses` grows on the way."""

    name: str
    losses: list[Loss] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def fail(self, where: str, message: str) -> ForeignError:
        return ForeignError(self.name, message, where)

    def note(self, kind: str, where: str, says: str) -> None:
        self.losses.append(Loss(kind, says, where))

    def read(self, text: str) -> Taken:
        file = self._json(text)
        options = self._list(file, "options", "")
        makers = self._list(file, "decisionMakers", "")
        self._strange(file, _FILE, "")
        self.keys = identifiers([self._named(each, f"options[{n}]") for n, each in enumerate(options)], "option")
        names = [self._named(each, f"decisionMakers[{n}]") for n, each in enumerate(makers)]
        actors = identifiers(names, "actor")
        owned = [self._owned(maker, n) for n, maker in enumerate(makers)]
        self._once(owned, names)
        rules = [
            {"never": formula}
            for n, each in enumerate(self._list(file, "infeasibles", "", ()))
            if (formula := self._ruled(each, f"infeasibles[{n}]"))
        ]
        manual = any(file.get(key) is True for key in ("useManualPreferenceRanking", "useManualPreferenceVectors"))
        vectors = [self._vector(maker, n, manual) for n, maker in enumerate(makers)]
        states = self._states(file) if any(vectors) else []
        waits = identifiers((f"{actor}_waits" for actor in actors), "option", self.keys)
        data: dict[str, Any] = {"detente": "1", "title": self._title(file)}
        data["actors"] = {
            actor: {
                "name": names[n],
                "options": {self.keys[o]: self._option(options[o], o) for o in owned[n]} or {waits[n]: without_moves()},
                **self._wants(maker, n, manual, self._ranked(vectors[n], states, n, manual)),
            }
            for n, (actor, maker) in enumerate(zip(actors, makers, strict=True))
        }
        if rules:
            data["rules"] = rules
        if any("ranking" in str(actor) for actor in data["actors"].values()) and states:
            data["states"] = {f"s{n}": self._settings(state) for n, state in enumerate(states, 1)}
        if views := self._views(makers, actors):
            data["perceptions"] = {"misperceived": {"name": "As the file has it", "views": views}}
        self._coalitions(file, names)
        taken = scenario_text(data, self.losses)
        scenario = read_text(taken, name=self.name or "scenario")
        self._payoffs(makers, Game.of(scenario))
        self.note(
            ADVICE,
            "",
            tell("GMCR+ lets one opponent at a time answer: compare with its results under one counter-move each"),
        )
        return Taken(format=NAME, text=taken, losses=tuple(self.losses))

    def _json(self, text: str) -> dict[str, Any]:
        try:
            file = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=self._object, parse_int=_bounded)
        except json.JSONDecodeError as error:
            raise self.fail(
                tell("line {line}, column {column}", line=error.lineno, column=error.colno),
                tell("this is not JSON ({error}); a .gmcr file is", error=error.msg),
            ) from None
        except RecursionError:
            raise self.fail("", tell("the file is nested too deeply")) from None
        if not isinstance(file, dict):
            raise self.fail(
                "", tell("expected an object with options and decisionMakers; found {found}", found=_kind(file))
            )
        return file

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """An object whose keys all differ: of two alike a program would drop one without a word."""
        found = dict(pairs)
        if len(found) != len(pairs):
            twice = next(key for n, (key, _) in enumerate(pairs) if key in dict(pairs[:n]))
            raise self.fail("", tell("the key {key} stands twice in one object", key=repr(twice[:40])))
        return found

    def _list(
        self, owner: Mapping[str, Any], key: str, where: str, otherwise: Sequence[Any] | None = None
    ) -> list[Any]:
        place = f"{where}.{key}" if where else key
        found = owner.get(key, otherwise)
        if found is None:
            raise self.fail(place, tell("there is no such key; a .gmcr file has it"))
        if not isinstance(found, list | tuple):
            raise self.fail(place, tell("expected a list; found {found}", found=_kind(found)))
        return list(found)

    def _strange(self, owner: Mapping[str, Any], known: frozenset[str], where: str) -> None:
        for key in owner:
            if key not in known:
                self.note(LOST, where, tell("the key {key} is not known, and was left out", key=repr(key)))

    def _named(self, entry: Any, where: str) -> str:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise self.fail(where, tell("expected an object with a name; found {found}", found=_kind(entry)))
        return " ".join(entry["name"].split()) or where

    def _option(self, option: Mapping[str, Any], number: int) -> dict[str, Any]:
        where = f"options[{number}]"
        self._strange(option, _OPTION, where)
        direction = option.get("permittedDirection", "both")
        if direction not in DIRECTIONS:
            raise self.fail(
                f"{where}.permittedDirection",
                tell("expected both, fwd or back; found {found}", found=repr(direction)),
            )
        told: dict[str, Any] = {"name": self._named(option, where)}
        return told if direction == "both" else told | {"change": DIRECTIONS[direction]}

    def _owned(self, maker: Mapping[str, Any], n: int) -> list[int]:
        where = f"decisionMakers[{n}]"
        self._strange(maker, _MAKER, where)
        return [self._number(each, f"{where}.options") for each in self._list(maker, "options", where)]

    def _number(self, number: Any, where: str) -> int:
        if not _whole(number) or not 0 <= int(number) < len(self.keys):
            raise self.fail(
                where,
                tell(
                    "expected the number of an option, 0 to {last}; found {found}",
                    last=len(self.keys) - 1,
                    found=repr(number),
                ),
            )
        return int(number)

    def _once(self, owned: Sequence[Sequence[int]], names: Sequence[str]) -> None:
        """Every option has one owner: a model without that has no moves to speak of."""
        for option, key in enumerate(self.keys):
            owners = [name for name, mine in zip(names, owned, strict=True) for each in mine if each == option]
            if len(owners) != 1:
                raise self.fail(
                    f"options[{option}]",
                    tell(
                        "the option {key} belongs to {owners}; expected one decision maker",
                        key=repr(key),
                        owners=", ".join(owners) or tell("nobody"),
                    ),
                )

    def _condition(self, condition: Any, where: str, depth: int = 0) -> str:
        """A condition as a formula; without members it says nothing and is empty."""
        if isinstance(condition, dict):
            if condition.get("compound") is not True:
                raise self.fail(
                    where,
                    tell('expected {{"compound": true, "members": [...]}}; found {found}', found=_kind(condition)),
                )
            members = [
                self._condition(each, f"{where}.members[{n}]", depth + 1)
                for n, each in enumerate(self._list(condition, "members", where))
            ]
            told = [each for each in members if each]
            return " or ".join(f"({each})" if " " in each and len(told) > 1 else each for each in told)
        if not isinstance(condition, list):
            raise self.fail(
                where, tell("expected a list of settings, or a compound; found {found}", found=_kind(condition))
            )
        settings: list[str] = []
        for n, each in enumerate(condition):
            place = f"{where}[{n}]"
            if not isinstance(each, list) or len(each) != 2 or each[1] not in ("Y", "N"):
                raise self.fail(
                    place, tell('expected [option, "Y"] or [option, "N"]; found {found}', found=json.dumps(each)[:80])
                )
            key = self.keys[self._number(each[0], place)]
            settings.append(key if each[1] == "Y" else f"not {key}")
        return " and ".join(settings)

    def _ruled(self, condition: Any, where: str) -> str:
        formula = self._condition(condition, where)
        if not formula:
            self.note(LOST, where, tell("an empty condition forbids nothing, and was left out"))
        return formula

    def _wants(self, maker: Mapping[str, Any], n: int, manual: bool, ranking: list[Any]) -> dict[str, Any]:
        where = f"decisionMakers[{n}].preferences"
        wishes = [
            formula
            for k, each in enumerate(self._list(maker, "preferences", f"decisionMakers[{n}]", ()))
            if (formula := self._wish(each, f"{where}[{k}]"))
        ]
        lists = {"priorities": {"priorities": wishes}} if wishes or not ranking else {}
        if ranking:
            lists["ranking"] = {"ranking": ranking}
        chosen = "ranking" if manual and ranking else next(iter(lists))
        if len(lists) == 1:
            return dict(lists[chosen])
        return {"readings": {chosen: lists[chosen]} | {key: each for key, each in lists.items() if key != chosen}}

    def _wish(self, condition: Any, where: str) -> str:
        formula = self._condition(condition, where)
        if not formula:
            self.note(LOST, where, tell("an empty condition prefers nothing, and was left out"))
        return formula

    def _vector(self, maker: Mapping[str, Any], n: int, manual: bool) -> list[Any]:
        where = f"decisionMakers[{n}]"
        for key in ("preferenceRanking", "preferenceVector"):
            if maker.get(key):
                return self._list(maker, key, where)
        if manual:
            self.note(
                DIFFERS,
                where,
                tell("rankings by hand are switched on, but there is none here: its preferences are used"),
            )
        return []

    def _ranked(self, vector: list[Any], states: Sequence[Sequence[int]], n: int, manual: bool) -> list[Any]:
        """A vector of state numbers as a ranking; where it is not in force and does not fit, it is left out, and said."""
        if not vector:
            return []
        where = f"decisionMakers[{n}].preferenceRanking"
        if fault := _vector_fault(vector, len(states)):
            if manual:
                raise self.fail(where, fault)
            self.note(LOST, where, tell("this ranking is not in force, and does not fit: {fault}", fault=fault))
            return []
        return [
            [f"s{int(k)}" for k in each] if isinstance(each, list) and len(each) > 1 else f"s{int(_only(each))}"
            for each in vector
            if each != []
        ]

    def _states(self, file: Mapping[str, Any]) -> list[list[int]]:
        """The feasible states in the order of their numbers, each the values of the options."""
        if len(self.keys) > MOST_OPTIONS:
            raise self.fail(
                "options",
                tell(
                    "rankings by state number need all settings of {n} options gone through; at most {most} are",
                    n=len(self.keys),
                    most=MOST_OPTIONS,
                ),
            )
        n = len(self.keys)
        grid = (np.arange(1 << n)[:, None] >> np.arange(n)[None, :]) & 1
        keep = np.ones(1 << n, dtype=bool)
        for condition in file.get("infeasibles", ()):
            if condition:
                keep &= ~_where(condition, grid)
        return [[int(value) for value in row] for row in grid[keep]]

    def _settings(self, state: Sequence[int]) -> list[str]:
        return [key for key, on in zip(self.keys, state, strict=True) if on]

    def _views(self, makers: Sequence[Mapping[str, Any]], actors: Sequence[str]) -> dict[str, Any]:
        views: dict[str, Any] = {}
        for n, maker in enumerate(makers):
            where = f"decisionMakers[{n}]"
            formulas = [
                formula
                for k, each in enumerate(self._list(maker, "misperceptions", where, ()))
                if (formula := self._wish(each, f"{where}.misperceptions[{k}]"))
            ]
            if formulas:
                views[actors[n]] = {"impossible": formulas}
        return views

    def _coalitions(self, file: Mapping[str, Any], names: Sequence[str]) -> None:
        for n, each in enumerate(self._list(file, "coalitions", "", ())):
            if isinstance(each, list) and len(each) > 1:
                where = f"coalitions[{n}]"
                members = [names[int(k)] if _whole(k) and 0 <= int(k) < len(names) else repr(k) for k in each]
                self.note(
                    LOST,
                    where,
                    tell(
                        "a coalition of {members} is asked for, not kept: treat them as one actor",
                        members=", ".join(members),
                    ),
                )

    def _payoffs(self, makers: Sequence[Mapping[str, Any]], game: Game) -> None:
        """Compare stored payoffs with what the preferences make of the states."""
        stored = [(n, maker["payoffs"]) for n, maker in enumerate(makers) if isinstance(maker.get("payoffs"), list)]
        if not stored or len(self.keys) > MOST_OPTIONS:
            return
        order = np.argsort(_numbers(game, self.keys), kind="stable")
        for n, payoffs in stored:
            where = f"decisionMakers[{n}].payoffs"
            if len(payoffs) != game.count or not all(isinstance(each, int | float) for each in payoffs):
                says = tell(
                    "{found} payoffs are stored for {count} feasible states; they were computed anew",
                    found=len(payoffs),
                    count=numeral(game.count),
                )
                self.note(DIFFERS, where, says)
            elif other := _contradiction(game.scores(n)[order], payoffs):
                says = tell(
                    "the stored payoffs order states {first} and {second} otherwise than the preferences do; computed anew",
                    first=other[0] + 1,
                    second=other[1] + 1,
                )
                self.note(DIFFERS, where, says)

    def _title(self, file: Mapping[str, Any]) -> str:
        title = file.get("title")
        return title if isinstance(title, str) and title.strip() else self.name or "Conflict"


def _bounded(digits: str) -> int | float:
    """A whole number; one that no state, option or rank can have is infinite."""
    return int(digits) if len(digits) <= 18 else float("-inf" if digits.startswith("-") else "inf")


def _kind(value: Any) -> str:
    words = {dict: tell("an object"), list: tell("a list"), str: tell("a text"), bool: tell("true or false")}
    return words.get(type(value), tell("nothing") if value is None else tell("a number"))


def _whole(number: Any) -> bool:
    return isinstance(number, int | float) and not isinstance(number, bool) and float(number).is_integer()


def _only(entry: Any) -> Any:
    return entry[0] if isinstance(entry, list) else entry


def _vector_fault(vector: Sequence[Any], count: int) -> str:
    """What is wrong with a ranking by state numbers; empty if nothing is."""
    flat = [each for entry in vector for each in (entry if isinstance(entry, list) else [entry])]
    for each in flat:
        if not _whole(each):
            return tell("expected the numbers of states; found {found}", found=json.dumps(each)[:40])
    numbers = [int(each) for each in flat]
    if 0 in numbers:
        return tell("states are numbered from 1; found a state 0: is it numbered from 0?")
    seen: set[int] = set()
    for each in numbers:
        if each in seen:
            return tell("state {state} stands in it twice", state=each)
        seen.add(each)
    if strange := sorted(seen - set(range(1, count + 1))):
        return tell("there is no state {state}; there are {count}", state=strange[0], count=numeral(count))
    if missing := sorted(set(range(1, count + 1)) - seen):
        return tell("state {state} is missing; there are {count}", state=missing[0], count=numeral(count))
    return ""


def _where(condition: Any, grid: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where a condition, already checked, holds."""
    if isinstance(condition, dict):
        parts = [_where(each, grid) for each in condition["members"] if each]
        return np.logical_or.reduce(parts) if parts else np.zeros(len(grid), dtype=bool)
    found = np.ones(len(grid), dtype=bool)
    for option, sign in condition:
        found &= grid[:, int(option)] == (sign == "Y")
    return found


def _numbers(game: Game, keys: Sequence[str]) -> NDArray[np.int64]:
    """The states by the number their settings make, the first option the lowest digit."""
    values = game.conflict.values(game.states)
    fixed = game.conflict.fixed
    total = np.zeros(game.count, dtype=np.int64)
    for place, key in enumerate(keys):
        total += np.asarray(values[key] if key in values else fixed[key], dtype=np.int64) << place
    return total


def _contradiction(scores: NDArray[np.int64], payoffs: Sequence[float]) -> tuple[int, int] | None:
    """Two neighbours (by our order) that stored payoffs order otherwise; None if there are none."""
    order = np.argsort(scores, kind="stable")
    stored = np.asarray(payoffs, dtype=float)
    ours, theirs = np.sign(np.diff(scores[order])), np.sign(np.diff(stored[order]))
    wrong = np.flatnonzero(ours != theirs)
    return (int(order[wrong[0]]), int(order[wrong[0] + 1])) if len(wrong) else None


# --- writing ----------------------------------------------------------------------------------------------------------


def write(case: Case) -> Given:
    """A model under its chosen readings as a `.gmcr` file, with all that does not fit.

    Options with choices become one yes/no option a choice, of which exactly one is on. Lists that are no conditions (weights,
    rankings, formulas with too many alternatives) are written as rankings of states, up to `MOST_STATES` of them. Cost: linear
    in the states where rankings are written, else in the formulas.
    """
    return _Writer(case).write()


@dataclass
class _Writer:
    case: Case
    losses: list[Loss] = field(default_factory=list)

    def write(self) -> Given:
        game = self.case.game
        if game.conflict.graph:
            raise ForeignError("", tell("a .gmcr file has options; this model lists its states and moves by hand"))
        scenario = self.case.scenario
        flags = [(option, value) for option in scenario.options for value in self._values(option)]
        place = {(option.key, value): n for n, (option, value) in enumerate(flags)}
        lists = [self._conditions(game.readings[n], place) for n in range(len(game.actors))]
        manual = any(each is None for each in lists)
        orders = self._orders(game, place) if manual else [None] * len(lists)
        makers = [
            {
                "name": actor.name,
                "options": [place[option.key, value] for option in actor.options for value in self._values(option)],
                "preferences": lists[n] or [],
                **({"preferenceRanking": orders[n]} if manual else {}),
                **self._misperceptions(actor.id, place),
            }
            for n, actor in enumerate(scenario.actors)
        ]
        document = {
            "program": "gmcr-py",
            "version": "0.3.12",
            "title": scenario.title,
            "useManualPreferenceRanking": manual,
            "options": [
                {"name": self._name(option, value), "permittedDirection": self._direction(option)}
                for option, value in flags
            ],
            "decisionMakers": makers,
            "infeasibles": [*self._one_choice(place), *self._never(place)],
            "coalitions": list(range(len(makers))),
        }
        self._rest()
        return Given(
            format=NAME,
            content=json.dumps(document, indent=1, ensure_ascii=False) + "\n",
            beside={},
            losses=tuple(self.losses),
        )

    def _values(self, option: Option) -> range:
        """The choices that become yes/no options of their own."""
        return range(1, 2) if option.binary else range(len(option.choices))

    def _name(self, option: Option, value: int) -> str:
        if option.binary:
            return option.name
        return f"{option.name}: {option.choice_names.get(option.choices[value], option.choices[value])}"

    def _direction(self, option: Option) -> str:
        if not option.binary:
            return "both"
        allowed = {"both": "both", ((0, 1),): "fwd", ((1, 0),): "back"}
        return allowed.get(option.change, "both")

    def _literals(self, term: Term, place: Mapping[tuple[str, int], int]) -> list[list[Any]]:
        written: list[list[Any]] = []
        for key, values in term.items():
            option = self.case.scenario.option(key)
            if option.binary:
                written.append([place[key, 1], "Y" if 1 in values else "N"])
            elif len(values) == 1:
                written.append([place[key, min(values)], "Y"])
            else:
                written += [[place[key, value], "N"] for value in range(len(option.choices)) if value not in values]
        return written

    def _condition(self, formula: Formula, place: Mapping[tuple[str, int], int]) -> list[Any] | dict[str, Any] | None:
        """A formula as a condition: a list, a compound; None if it is never true."""
        terms = alternatives(formula, self.case.scenario.variables())
        if len(terms) == 1:
            return self._literals(terms[0], place)
        return {"compound": True, "members": [self._literals(term, place) for term in terms]} if terms else None

    def _conditions(self, reading: Reading, place: Mapping[tuple[str, int], int]) -> list[Any] | None:
        """A list of priorities as conditions, or None where it has to be a ranking. What is true everywhere says nothing."""
        if not isinstance(reading, PriorityList) or reading.adjust:
            return None
        try:
            found = [self._condition(statement.want, place) for statement in reading.statements]
        except TooManyError:
            return None
        return [each for each in found if each]

    def _orders(self, game: Game, place: Mapping[tuple[str, int], int]) -> list[Any]:
        """The states from best to worst for every actor, by their numbers in the written file."""
        if game.count > MOST_STATES:
            raise ForeignError(
                "",
                tell(
                    "lists that are no conditions are written state by state, for at most {most} states; here are {count}",
                    most=numeral(MOST_STATES),
                    count=numeral(game.count),
                ),
            )
        cells = _unmerged(game.conflict)
        numbered = _file_numbers(game, cells, place)
        orders = []
        for player in range(len(game.actors)):
            pairs = sorted(
                zip(-game.payoffs(player, game.conflict.land(cells)).astype(np.int64), numbered, strict=True)
            )
            groups = [[int(state) for _, state in group] for _, group in groupby(pairs, key=lambda pair: pair[0])]
            orders.append([group if len(group) > 1 else group[0] for group in groups])
        self.losses.append(
            Loss(CHANGED, tell("lists that are no conditions are written as rankings of states"), "actors")
        )
        return orders

    def _misperceptions(self, actor: str, place: Mapping[tuple[str, int], int]) -> dict[str, Any]:
        perceptions = list(self.case.scenario.perceptions.values())
        view = perceptions[0].views.get(actor) if perceptions else None
        if view is None or not view.rules:
            return {}
        try:
            found = [self._condition(self.case.scenario.formula(rule), place) for rule in view.rules]
        except TooManyError:
            return {}
        return {"misperceptions": [each for each in found if each]}

    def _one_choice(self, place: Mapping[tuple[str, int], int]) -> Iterator[list[list[Any]]]:
        """Of the flags of an option with choices exactly one is on; what is fixed stays as it is."""
        for option in self.case.scenario.options:
            if not option.binary:
                flags = [place[option.key, value] for value in self._values(option)]
                yield from ([[a, "Y"], [b, "Y"]] for n, a in enumerate(flags) for b in flags[n + 1 :])
                yield [[each, "N"] for each in flags]
            if option.key in self.case.game.conflict.fixed:
                value = self.case.game.conflict.fixed[option.key]
                if option.binary:
                    yield [[place[option.key, 1], "N" if value else "Y"]]
                else:
                    yield [[place[option.key, value], "N"]]

    def _never(self, place: Mapping[tuple[str, int], int]) -> Iterator[Any]:
        """What the rules forbid, and what they do not let be: where something follows by itself, the states before it does."""
        scenario = self.case.scenario
        lapses = [rule for option in scenario.options for rule in option.lapses]
        for rule in (*scenario.rules, *lapses):
            if rule.kind == "never":
                forbidden = rule.when
            elif rule.kind == "consequence":
                then = And(tuple(setting(scenario.option(key).variable, value) for key, value in rule.then.items()))
                forbidden = And((rule.when, Not(then)))
            else:
                continue
            try:
                terms = alternatives(forbidden, scenario.variables())
            except TooManyError:
                self.losses.append(
                    Loss(LOST, tell("the rule has too many alternatives: {rule}", rule=rule.text), "rules")
                )
                continue
            yield from (self._literals(term, place) for term in terms)

    def _rest(self) -> None:
        """What such a file has no place for, and that changes what can be done."""
        scenario = self.case.scenario
        words = {
            "same": tell("states that count as one are told apart: {rule}"),
            "consequence": tell("what follows by itself does not: {rule}"),
            "barred": tell("the barred move is allowed: {rule}"),
        }
        for rule in scenario.rules:
            if rule.kind in words:
                self.losses.append(Loss(LOST, words[rule.kind].replace("{rule}", rule.text or str(rule.when)), "rules"))
        for option in scenario.options:
            self._option(option)
        for actor in scenario.actors:
            others = [name for name in actor.readings if name != self.case.chosen.get(actor.id)]
            if others:
                says = plural(
                    len(others), "one other reading has no place there", "{number} other readings have no place there"
                )
                self.losses.append(Loss(LOST, says, f"actors.{actor.id}"))
        if scenario.now:
            self.losses.append(Loss(LOST, tell("such a file has no state of today"), "now"))
        first = next(iter(scenario.perceptions.values()), None)
        if first is not None:
            self.losses.append(
                Loss(
                    LOST, tell("only what an actor thinks impossible in the first perception is written"), "perceptions"
                )
            )
        self.losses += sections_lost(scenario, kept={"perceptions"})

    def _option(self, option: Option) -> None:
        where = f"options.{option.key}"
        if option.needs:
            self.losses.append(Loss(LOST, tell("it can be switched without what it needs"), where))
        if option.stays:
            self.losses.append(Loss(LOST, tell("it does not lapse by itself"), where))
        if not option.binary:
            self.losses.append(Loss(CHANGED, tell("its choices are options of which exactly one is on"), where))
            if option.change not in ("both", "fixed"):
                self.losses.append(Loss(LOST, tell("it may go from every choice to every other"), where))
        if option.key in self.case.game.conflict.fixed:
            self.losses.append(Loss(CHANGED, tell("it is fixed by an infeasible state"), where))


def _unmerged(conflict: Conflict) -> Cells:
    """The states in order, those that count as one each for itself."""
    if not conflict.merging:
        return conflict.states
    every = np.arange(conflict.cells)
    return np.flatnonzero(conflict.rest(every) == every)


def _file_numbers(game: Game, cells: Cells, place: Mapping[tuple[str, int], int]) -> NDArray[np.int64]:
    """The number from 1 that each state has in the written file: by its flags, the first the lowest digit."""
    codes = []
    for cell in cells:
        settings = {**game.conflict.fixed, **game.conflict.settings(int(cell))}
        codes.append(sum(1 << place[pair] for pair in settings.items() if pair in place))
    numbers = np.empty(len(codes), dtype=np.int64)
    numbers[sorted(range(len(codes)), key=codes.__getitem__)] = np.arange(1, len(codes) + 1)
    return numbers
