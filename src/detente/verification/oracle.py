"""A brute-force oracle: the definitions written down once more, as literally as possible.

Nothing here is shared with the engine, not even the formula reader: a mistake would have to be made twice,
in two different shapes, to go unnoticed.  The input is a scenario as plain Python data (what a YAML reader
gives: mappings, lists, text and numbers); the output of `analyse` has the shape of `detente analyze --json`.

Vocabulary.  A *cell* is a tuple with one value per option in file order (False/True, or a choice as text;
in graph form the one-tuple of the state's name).  A *state* is a number counting from 0 in state order; it
stands for one cell, or for several where `same` merged them.  `moves[actor][state]` is the set of states
one move away.

Cost: everything is enumerated; fine up to a few hundred states.

>>> def actor(own, other):
...     return {"options": {own: {}}, "weights": [{"when": own, "weight": -1}, {"when": other, "weight": 2}]}
>>> pd = {"actors": {"one": actor("x", "y"), "two": actor("y", "x")}, "now": ["x", "y"]}
>>> analyse(pd)["equilibria"]["seq"]
[{'x': False, 'y': False}, {'x': True, 'y': True}]
"""

from __future__ import annotations

import copy
import functools
import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

Model = Mapping[str, Any]
Value = bool | str
Cell = tuple[Value, ...]
Formula = Callable[[Cell], bool]
Arcs = dict[str, list[set[int]]]

CONCEPTS = ("nash", "sseq", "seq", "smr", "gmr", "sim")


class OracleError(Exception):
    """The model has no meaning under the definitions."""


class Infeasible(OracleError):
    """No feasible state, or a status quo that is not one."""


class Cycle(OracleError):
    """Consequences that never settle, or outcomes defined by each other."""


# --------------------------------------------------------------------------------------------------- formulas

TOKEN = re.compile(r"\s*(<->|->|!=|[(){},=]|[A-Za-z0-9_.]+)")


def both(first: Formula | None, second: Formula) -> Formula:
    return second if first is None else lambda cell: first(cell) and second(cell)


def implies(left: Formula, right: Formula) -> Formula:
    return lambda cell: not left(cell) or right(cell)


class Reader:
    """Recursive descent, loosest connective first; every rule returns a test of one cell."""

    def __init__(self, text: str, words: Words) -> None:
        self.words, self.tokens, place = words, list[str](), 0
        while text[place:].strip():
            found = TOKEN.match(text, place)
            if not found:
                raise OracleError(f"cannot read {text[place:]!r} in {text!r}")
            self.tokens.append(found[1])
            place = found.end()

    def whole(self) -> Formula:
        result = self.equivalence()
        if self.tokens:
            raise OracleError(f"left over: {self.tokens}")
        return result

    def take(self, *wanted: str) -> str:
        return self.tokens.pop(0) if self.tokens and self.tokens[0] in wanted else ""

    def need(self, *wanted: str) -> None:
        for word in wanted:
            if not self.take(word):
                raise OracleError(f"expected {word!r} before {self.tokens}")

    def word(self) -> str:
        if not self.tokens or not re.fullmatch(r"[A-Za-z0-9_.]+", self.tokens[0]):
            raise OracleError(f"expected a name before {self.tokens}")
        return self.tokens.pop(0)

    def equivalence(self) -> Formula:
        parts = [self.implication()]
        while self.take("<->", "iff"):
            parts.append(self.implication())
        # a <-> b <-> c groups to the left, which says: an even number of the parts is false
        return parts[0] if len(parts) == 1 else lambda cell: sum(not part(cell) for part in parts) % 2 == 0

    def implication(self) -> Formula:
        # b if a if c says: if c, then if a, then b
        left = self.arrow()
        while self.take("if"):
            left = implies(self.arrow(), left)
        return left

    def arrow(self) -> Formula:
        left = self.disjunction()
        return implies(left, self.implication()) if self.take("->") else left

    def disjunction(self) -> Formula:
        parts = [self.conjunction()]
        while self.take("or"):
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else lambda cell: any(part(cell) for part in parts)

    def conjunction(self) -> Formula:
        parts = [self.negation()]
        while self.take("and"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else lambda cell: all(part(cell) for part in parts)

    def negation(self) -> Formula:
        if self.take("not"):
            inner = self.negation()
            return lambda cell: not inner(cell)
        return self.atom()

    def atom(self) -> Formula:
        if self.take("("):
            inner = self.equivalence()
            self.need(")")
            return inner
        if self.take("true"):
            return lambda cell: True
        if self.take("false"):
            return lambda cell: False
        if how := self.take("exactly", "at"):
            return self.counting(how)
        name = self.word()
        if self.take("="):
            return self.words.chosen(name, {self.word()})
        if self.take("!="):
            chosen = self.words.chosen(name, {self.word()})
            return lambda cell: not chosen(cell)
        if self.take("in"):
            return self.words.chosen(name, set(self.braces()))
        return self.words.holds(name)

    def braces(self) -> list[str]:
        self.need("{")
        values = [self.word()]
        while self.take(","):
            values.append(self.word())
        self.need("}")
        return values

    def counting(self, how: str) -> Formula:
        if how == "at":
            how = self.take("least", "most")
        bound = int(self.word())
        self.need("of", "(")
        parts = [self.equivalence()]
        while self.take(","):
            parts.append(self.equivalence())
        self.need(")")
        good = {"exactly": int.__eq__, "least": int.__ge__, "most": int.__le__}[how]
        return lambda cell: good(sum(part(cell) for part in parts), bound)


@dataclass
class Words:
    """What names mean in a formula: options by place, outcomes by text, named states by cell."""

    places: Mapping[str, int]
    values: Sequence[tuple[Value, ...]]
    outcomes: Mapping[str, Any]
    states: Mapping[str, Cell]
    opening: tuple[str, ...] = ()
    known: dict[str, Formula] = field(default_factory=dict, compare=False)

    def formula(self, text: Any) -> Formula:
        """The test that a text says; read once, and asked once for every cell."""
        said = plain(text)
        if said not in self.known:
            self.known[said] = functools.cache(Reader(said, self).whole())
        return self.known[said]

    def holds(self, name: str) -> Formula:
        if name in self.places:
            place = self.places[name]
            if self.values[place][0] is not False:
                raise OracleError(f"{name} has choices: write {name} = ...")
            return lambda cell: bool(cell[place])
        if name in self.outcomes:
            if name in self.opening:
                raise Cycle(f"outcome {name} is defined by itself")
            inside = Words(self.places, self.values, self.outcomes, self.states, (*self.opening, name))
            return inside.formula(self.outcomes[name])
        if name in self.states:
            named = self.states[name]
            return lambda cell: cell == named
        raise OracleError(f"unknown name {name!r}")

    def chosen(self, name: str, wanted: set[str]) -> Formula:
        if name not in self.places or not wanted <= set(self.values[self.places[name]]):
            raise OracleError(f"{name} cannot be one of {sorted(wanted)}")
        place = self.places[name]
        return lambda cell: cell[place] in wanted


def plain(text: Any) -> str:
    """A scalar as text; a YAML true is the formula true."""
    return str(text).lower() if isinstance(text, bool) else str(text)


# ------------------------------------------------------------------------------------------------ option form


@dataclass(frozen=True)
class Option:
    actor: str
    key: str
    names: tuple[str, ...]
    values: tuple[Value, ...]
    change: Any
    needs: Any
    stays: Any = None
    lapses_to: Value = False

    def may_change(self, old: Value, new: Value) -> bool:
        if isinstance(self.change, str):
            return {"both": True, "take": new is True, "drop": new is False, "fixed": False}[self.change]
        return (old, new) in {tuple(part.strip() for part in pair.split(">")) for pair in self.change}


def read_options(model: Model) -> list[Option]:
    """All options in file order; the key is the identifier where it is unique, else actor.option."""
    owned = [
        (a, o, (s if isinstance(s, Mapping) else {}))
        for a, actor in model["actors"].items()
        for o, s in (actor.get("options") or {}).items()
    ]
    times = [o for _, o, _ in owned]
    result = []
    for actor, identifier, spec in owned:
        long, unique = f"{actor}.{identifier}", times.count(identifier) == 1
        choices = tuple(plain(choice) for choice in spec.get("choices", ()))
        result.append(
            Option(
                actor,
                identifier if unique else long,
                (identifier, long) if unique else (long,),
                choices or (False, True),
                spec.get("change", "both"),
                spec.get("needs"),
                spec.get("while"),
                plain(spec["lapses_to"]) if spec.get("lapses_to") else (choices or (False, True))[0],
            )
        )
    return result


class Space:
    """The option form: cells, what follows from them, which of them are states, and the moves."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.options = read_options(model)
        self.places = {name: place for place, option in enumerate(self.options) for name in option.names}
        self.rules: list[Mapping[str, Any]] = list(model.get("rules") or ())
        self.consequences: list[tuple[Any, dict[int, Value]]] = [
            (rule["when"], dict(map(self.setting, self.conjuncts(rule["then"]))))
            for rule in self.rules
            if "then" in rule
        ]
        self.lasting = [self.read_lasting(option) for option in self.options]
        self.base = self.values_outside_choice()
        names = {name: self.cell_of(settings) for name, settings in (model.get("states") or {}).items()}
        every = [option.values for option in self.options]
        self.words = Words(self.places, every, model.get("outcomes") or {}, names)
        self.consequences = [(self.words.formula(when), then) for when, then in self.consequences]
        for place, (option, lasting) in enumerate(zip(self.options, self.lasting, strict=True)):
            for value, text in lasting.items():
                self.consequences.append((self.gone(place, value, text), {place: option.lapses_to}))
        self.nevers = [self.words.formula(rule["never"]) for rule in self.rules if "never" in rule]
        self.guards = self.read_guards()
        self.bars = self.read_bars()
        space = [
            (self.base[place],) if self.frozen(place) else option.values for place, option in enumerate(self.options)
        ]
        self.cells = [cell for cell in itertools.product(*space) if self.settle(cell) == cell and self.feasible(cell)]
        if not self.cells:
            raise Infeasible("no feasible state")
        self.order = {cell: place for place, cell in enumerate(self.cells)}
        self.states = sorted(self.merge(), key=lambda members: self.order[members[0]])
        self.number = {cell: state for state, members in enumerate(self.states) for cell in members}
        self.landed: dict[Cell, int | None] = {}
        self.found: dict[str, list[set[int]]] = {}

    # what people wrote

    @staticmethod
    def conjuncts(text: Any) -> list[str]:
        return text if isinstance(text, list) else re.split(r"\band\b", plain(text))

    def setting(self, text: str) -> tuple[int, Value]:
        """`x`, `not x` or `answer = accept` as (place, value)."""
        found = re.fullmatch(r"\s*(not\s+)?([\w.]+)\s*(?:=\s*(\w+))?\s*", text)
        if not found or found[2] not in self.places:
            raise OracleError(f"{text!r} is no setting")
        place, value = self.places[found[2]], found[3] or not found[1]
        if value not in self.options[place].values or (found[1] and found[3]):
            raise OracleError(f"{text!r} is no setting")
        return place, value

    def frozen(self, place: int) -> bool:
        """Fixed, and no consequence can set it: not a dimension of the space."""
        set_by_rule = bool(self.lasting[place]) or any(place in then for _, then in self.consequences)
        return self.options[place].change == "fixed" and not set_by_rule

    @staticmethod
    def read_lasting(option: Option) -> dict[Value, Any]:
        """Per choice what it lasts while; one formula speaks of every choice but the one the option lapses to."""
        if option.stays is None:
            return {}
        if isinstance(option.stays, Mapping):
            return {True if value == "on" else value: text for value, text in option.stays.items()}
        return {value: option.stays for value in option.values if value != option.lapses_to}

    def gone(self, place: int, value: Value, text: Any) -> Formula:
        """The choice is made, and what it lasts while does not hold."""
        lasts = self.words.formula(text)
        return lambda cell: cell[place] == value and not lasts(cell)

    def values_outside_choice(self) -> Cell:
        """Off or first choice everywhere; a frozen option keeps its value in `now`."""
        cell = [option.values[0] for option in self.options]
        now = self.model.get("now")
        if isinstance(now, str):
            now = (self.model.get("states") or {}).get(now, ())
        for place, value in map(self.setting, now or ()):
            if self.frozen(place):
                cell[place] = value
        return tuple(cell)

    def cell_of(self, settings: Any) -> Cell:
        """A list of settings (unmentioned: off, first choice, frozen value), a name or a digit string."""
        if isinstance(settings, str) and settings in (self.model.get("states") or {}):
            return self.cell_of(self.model["states"][settings])
        if isinstance(settings, str):
            return tuple(option.values[int(d)] for d, option in zip(settings, self.options, strict=True))
        cell = list(self.base)
        for place, value in map(self.setting, settings):
            cell[place] = value
        return tuple(cell)

    def read_guards(self) -> list[dict[Value, Formula]]:
        """Per option: the value that needs something, and what it needs."""
        result: list[dict[Value, Formula]] = []
        for option in self.options:
            needs = option.needs if isinstance(option.needs, Mapping) else {True: option.needs}
            names: dict[Value, Value] = {"on": True, "off": False} if option.values[0] is False else {}
            result.append({names.get(v, v): self.words.formula(f) for v, f in needs.items() if f is not None})
        for guards, lasting in zip(result, self.lasting, strict=True):
            for value, text in lasting.items():
                # To be switched to it, both what it needs and what it lasts while must hold where the move starts.
                guards[value] = both(guards.get(value), self.words.formula(text))
        return result

    def read_bars(self) -> list[tuple[str, Formula, Formula, Formula]]:
        result = []
        for rule in self.rules:
            if "barred" in rule:
                here, there = re.split(r"(?<!-)>", plain(rule["barred"]))
                formulas = [self.words.formula(text) for text in (rule.get("when", "true"), here, there)]
                result.append((rule["for"], formulas[0], formulas[1], formulas[2]))
        return result

    # what follows

    def settle(self, cell: Cell) -> Cell:
        """The rules in file order, again and again, until no rule changes anything."""
        seen: set[Cell] = set()
        while cell not in seen:
            seen.add(cell)
            after, changed = list(cell), False
            for when, then in self.consequences:
                if when(tuple(after)):
                    changed |= any(after[place] != value for place, value in then.items())
                    after = [then.get(place, value) for place, value in enumerate(after)]
            if not changed:
                return cell
            cell = tuple(after)
        raise Cycle(f"the consequences never settle from {cell}")

    def feasible(self, cell: Cell) -> bool:
        return not any(never(cell) for never in self.nevers)

    def merge(self) -> list[list[Cell]]:
        """The classes that `same` leaves, each with its representative first."""
        groups = [{cell} for cell in self.cells]
        for rule in self.rules:
            if "same" in rule:
                alike = set(filter(self.words.formula(rule["same"]), self.cells))
                touched = [group for group in groups if group & alike]
                groups = [group for group in groups if not group & alike]
                groups += [set().union(*touched)] if touched else []
        return [self.representative_first(group) for group in groups]

    def representative_first(self, group: set[Cell]) -> list[Cell]:
        members = sorted(group, key=self.order.__getitem__)
        named = [cell for cell in self.words.states.values() if cell in group]
        return sorted(members, key=lambda cell: cell != (named or members)[0])

    def land(self, raw: Cell) -> int | None:
        """The state a raw cell becomes: consequences, then feasibility, then merges."""
        if raw not in self.landed:
            cell = self.settle(raw)
            self.landed[raw] = self.number[cell] if self.feasible(cell) else None
        return self.landed[raw]

    def changes(self, actor: str, cell: Cell) -> list[Cell]:
        """Raw cells the actor may set from this cell: one-way limits, guards and bars are judged in it."""
        choices = [
            option.values if option.actor == actor and not self.frozen(place) else (cell[place],)
            for place, option in enumerate(self.options)
        ]
        return [raw for raw in itertools.product(*choices) if raw != cell and self.allowed(actor, cell, raw)]

    def allowed(self, actor: str, cell: Cell, raw: Cell) -> bool:
        for option, guards, old, new in zip(self.options, self.guards, cell, raw, strict=True):
            if old != new and not (option.may_change(old, new) and (new not in guards or guards[new](cell))):
                return False
        return not any(
            who == actor and when(cell) and here(cell) and there(raw) for who, when, here, there in self.bars
        )

    def joint(self, second: str, raw: Cell, other: Cell) -> Cell:
        """One actor's change and the change of a second one, both made to the same cell."""
        return tuple(
            new if option.actor == second else old for option, old, new in zip(self.options, raw, other, strict=True)
        )

    def moves(self, actor: str, state: int) -> set[int]:
        landed = {self.land(raw) for cell in self.states[state] for raw in self.changes(actor, cell)}
        return {target for target in landed if target is not None} - {state}

    def arcs(self, actor: str) -> list[set[int]]:
        """The moves of an actor from every state, found once; the caller's own to change."""
        if actor not in self.found:
            self.found[actor] = [self.moves(actor, state) for state in range(len(self.states))]
        return [set(ends) for ends in self.found[actor]]


def space_of(model: Model) -> Space:
    """The space of a model: one for all models that differ in nothing but what the actors want."""
    actors = {actor: {"options": about.get("options")} for actor, about in model["actors"].items()}
    parts = {"actors": actors} | {key: model.get(key) for key in ("rules", "states", "now", "outcomes")}
    said = repr(parts)
    if said not in spaces:
        if len(spaces) >= SPACES:
            spaces.clear()
        spaces[said] = Space(copy.deepcopy(parts))
    return spaces[said]


SPACES = 64
"""Spaces that are kept."""

spaces = dict[str, Space]()


# --------------------------------------------------------------------------------------------------- the game


@dataclass(frozen=True, eq=False)
class Game:
    """One model with chosen readings: who can move where, and what everybody thinks of it."""

    model: Model
    actors: tuple[str, ...]
    readings: dict[str, str]
    states: list[list[Cell]]
    space: Space | None
    words: Words
    moves: Arcs
    scores: dict[str, list[Any]]
    now: int | None

    @functools.cached_property
    def improvements(self) -> Arcs:
        return {
            actor: [
                {t for t in targets if self.scores[actor][t] > self.scores[actor][s]}
                for s, targets in enumerate(self.moves[actor])
            ]
            for actor in self.actors
        }

    def holding(self, formula: Any) -> set[int]:
        """The states where a formula holds, read at the representative."""
        test = self.words.formula(formula)
        return {state for state, members in enumerate(self.states) if test(members[0])}


def choose_readings(model: Model, readings: Mapping[str, str] | None, world: str | None) -> dict[str, str]:
    """First readings, overruled by the world (by default the first), overruled by `readings`."""
    worlds = model.get("worlds") or {}
    chosen = {actor: next(iter(spec.get("readings") or {"only": None})) for actor, spec in model["actors"].items()}
    if world is not None and world not in worlds:
        raise OracleError(f"unknown world {world!r}")
    bundle = worlds[world] if world else next(iter(worlds.values()), {})
    wanted = {**{k: v for k, v in bundle.items() if k in chosen}, **(readings or {})}
    for actor, reading in wanted.items():
        if actor not in chosen or reading not in (model["actors"][actor].get("readings") or {"only": None}):
            raise OracleError(f"{actor} has no reading {reading!r}")
    return {**chosen, **wanted}


def preference(model: Model, actor: str, reading: str) -> Mapping[str, Any]:
    spec: Mapping[str, Any] = model["actors"][actor]
    return (spec["readings"][reading] or {}) if spec.get("readings") else spec


def score_by(preference: Mapping[str, Any], words: Words) -> Callable[[Cell], Any]:
    """Priorities: 2^(k-p) for every statement that holds.  Weights: their exact sum."""
    if preference.get("weights"):
        weighted = [(words.formula(item["when"]), Fraction(str(item["weight"]))) for item in preference["weights"]]
    else:
        statements = [
            item["want"] if isinstance(item, Mapping) else item for item in preference.get("priorities") or ()
        ]
        last = len(statements)
        weighted = [(words.formula(text), 2 ** (last - rank)) for rank, text in enumerate(statements, 1)]
    return lambda cell: sum((weight for formula, weight in weighted if formula(cell)), 0)


def score_by_ranking(ranking: Sequence[Any], number: Callable[[str], int], size: int) -> list[int]:
    """States best first, ties as nested lists; every state exactly once."""
    scores: dict[int, int] = {}
    for rank, tied in enumerate(ranking):
        for name in tied if isinstance(tied, list) else [tied]:
            if number(plain(name)) in scores:
                raise OracleError(f"{name} is ranked twice")
            scores[number(plain(name))] = len(ranking) - rank
    if len(scores) != size:
        raise OracleError("some state is not ranked")
    return [scores[state] for state in range(size)]


def fine_tuned(scores: Sequence[Any], pairs: Sequence[tuple[int, int]]) -> list[int]:
    """The ranks of the states, each raised no further than directly above those it must stand above; then the list decides."""
    stands = list(zip(heights(scores, pairs), scores, strict=True))
    return [sorted(set(stands)).index(each) for each in stands]


def heights(scores: Sequence[Any], pairs: Sequence[tuple[int, int]]) -> list[Fraction]:
    """How high the states stand, in ranks of the list and parts of the way to the next.

    Literally: heights that start as the ranks of the list and grow, by a step too small to reach the next rank, until every
    pair holds; pairs that never come to rest contradict one another.
    """
    ladder = sorted(set(scores))
    height, step = [Fraction(ladder.index(score)) for score in scores], Fraction(1, len(pairs) + 1)
    for _ in range(len(pairs) + 1):
        wrong = [(above, below) for above, below in pairs if height[above] <= height[below]]
        for above, below in wrong:
            height[above] = max(height[above], height[below] + step)
        if not wrong:
            return height
    raise OracleError("adjustments in a circle")


def adjustments(wanted: Mapping[str, Any], number: Callable[[Any], int]) -> list[tuple[int, int]]:
    """The pairs of states (above, below) that a preference adjusts; `number` finds the state of a name or of settings."""
    pairs = [(number(each["above"]), number(each["below"])) for each in wanted.get("adjust") or ()]
    if any(above == below for above, below in pairs):
        raise OracleError("a state above itself")
    return pairs


def unadjusted(model: Model) -> Model:
    """The model with the lists alone."""
    plain = copy.deepcopy(dict(model))
    for actor in plain["actors"].values():
        for wants in (actor, *(actor.get("readings") or {}).values()):
            wants.pop("adjust", None)
    return plain


def adjusted(scores: Sequence[Any], wanted: Mapping[str, Any], number: Callable[[Any], int]) -> Sequence[Any]:
    pairs = adjustments(wanted, number)
    return fine_tuned(scores, pairs) if pairs else scores


def check_merged_scores(space: Space, score: Callable[[Cell], Any], actor: str) -> None:
    for rule in space.rules:
        if "same" in rule and rule.get("score") != "representative":
            alike = filter(space.words.formula(rule["same"]), space.cells)
            if len({score(cell) for cell in alike}) > 1:
                raise OracleError(f"{actor} scores the states merged by {rule['same']!r} differently")


def build(
    model: Model, readings: Mapping[str, str] | None = None, world: str | None = None, started: bool = True
) -> Game:
    """Everything the definitions need, for one choice of readings; the status quo may be no state unless it is `started`."""
    chosen = choose_readings(model, readings, world)
    return graph_game(model, chosen) if model.get("graph") else option_game(model, chosen, started)


def state_scores(model: Model, space: Space, actor: str, reading: str) -> list[Any]:
    """What one actor thinks of every state."""
    wanted = preference(model, actor, reading)
    if wanted.get("ranking"):
        scores = score_by_ranking(wanted["ranking"], lambda name: space.number[space.cell_of(name)], len(space.states))
    else:
        score = score_by(wanted, space.words)
        check_merged_scores(space, score, actor)
        scores = [score(members[0]) for members in space.states]
    return list(adjusted(scores, wanted, functools.partial(state_of, space)))


def state_of(space: Space, written: Any) -> int:
    landed = space.land(space.cell_of(written))
    if landed is None:
        raise OracleError("an infeasible state is adjusted")
    return landed


def start_of(model: Model, space: Space, started: bool = True) -> int | None:
    """The status quo; None where there is none, or where it is no state and need not be one."""
    now = None if model.get("now") is None else space.land(space.cell_of(model["now"]))
    if started and model.get("now") is not None and now is None:
        raise Infeasible("today's state is infeasible")
    return now


def option_game(model: Model, readings: dict[str, str], started: bool = True) -> Game:
    space = space_of(model)
    scores = {actor: state_scores(model, space, actor, reading) for actor, reading in readings.items()}
    moves = {actor: space.arcs(actor) for actor in readings}
    now = start_of(model, space, started)
    return Game(model, tuple(readings), readings, space.states, space, space.words, moves, scores, now)


def graph_game(model: Model, readings: dict[str, str]) -> Game:
    names = [plain(name) for name in model["graph"]["states"]]
    number = {name: state for state, name in enumerate(names)}
    words = Words({}, [], model.get("outcomes") or {}, {name: (name,) for name in names})
    moves: Arcs = {actor: [set() for _ in names] for actor in readings}
    for actor, arcs in model["graph"]["moves"].items():
        for arc in arcs:
            here, there = (number[name.strip()] for name in arc.split(">"))
            moves[actor][here] |= {there} - {here}
    scores: dict[str, list[Any]] = {}
    for actor, reading in readings.items():
        wanted = preference(model, actor, reading)
        if wanted.get("ranking"):
            scores[actor] = score_by_ranking(wanted["ranking"], number.__getitem__, len(names))
        else:
            scores[actor] = [score_by(wanted, words)((name,)) for name in names]
        scores[actor] = list(adjusted(scores[actor], wanted, number.__getitem__))
    now = None if model.get("now") is None else number[model["now"]]
    return Game(model, tuple(readings), readings, [[(name,)] for name in names], None, words, moves, scores, now)


# -------------------------------------------------------------------------------------------------- stability


def reach(arcs: Arcs, group: Iterable[str], start: int) -> set[int]:
    """Where legal sequences of one or more steps of the group lead: nobody steps twice running."""
    seen: Arcs = {j: [set()] for j in group}
    fresh = {j: set(arcs[j][start]) for j in seen}
    while any(fresh.values()):
        for j in seen:
            seen[j][0] |= fresh[j]
        fresh = {j: {t for k in seen if k != j for s in fresh[k] for t in arcs[j][s]} - seen[j][0] for j in seen}
    return {state for last in seen.values() for state in last[0]}


def answers(arcs: Arcs, actor: str, start: int, sanctions: str) -> set[int]:
    """Where the others can take the play after the actor went to `start`."""
    others = [j for j in arcs if j != actor]
    if sanctions == "one-step":
        return {t for j in others for t in arcs[j][start]}
    if sanctions != "legal":
        raise OracleError(f"unknown sanction rule {sanctions!r}")
    return reach(arcs, others, start)


@functools.lru_cache(maxsize=64)
def replies(game: Game, actor: str, kind: str, sanctions: str) -> dict[int, set[int]]:
    """From every state the actor can improve to: where the others' moves, or improvements, lead."""
    arcs = game.moves if kind == "moves" else game.improvements
    return {t: answers(arcs, actor, t, sanctions) for t in set().union(*game.improvements[actor])}


def stable_states(game: Game, concept: str, actor: str, sanctions: str = "legal") -> set[int] | None:
    """The states that are stable for one actor; None where the concept has no meaning."""
    if concept == "sim":
        return None if game.space is None else {s for s in range(len(game.states)) if sim_stable(game, actor, s)}
    better = game.improvements
    score, own = game.scores[actor], game.moves[actor]
    if concept == "nash":
        return {s for s, targets in enumerate(better[actor]) if not targets}
    reply = replies(game, actor, "improvements" if concept in ("seq", "sseq") else "moves", sanctions)
    escape = concept in ("smr", "sseq")

    def deters(answer: int, s: int) -> bool:
        return score[answer] <= score[s] and not (escape and any(score[x] > score[s] for x in own[answer]))

    return {
        s
        for s, targets in enumerate(better[actor])
        if all(any(deters(answer, s) for answer in reply[t]) for t in targets)
    }


def sim_stable(game: Game, actor: str, state: int) -> bool:
    """Every improving change is spoilt by an improving change of one other actor made at once."""
    space = game.space
    assert space is not None

    def improving(who: str, cell: Cell) -> list[Cell]:
        landed = [(raw, space.land(raw)) for raw in space.changes(who, cell)]
        return [raw for raw, t in landed if t is not None and game.scores[who][t] > game.scores[who][state]]

    def spoilt(cell: Cell, raw: Cell) -> bool:
        joints = [
            space.land(space.joint(j, raw, other)) for j in game.actors if j != actor for other in improving(j, cell)
        ]
        return any(t is not None and game.scores[actor][t] <= game.scores[actor][state] for t in joints)

    return all(spoilt(cell, raw) for cell in game.states[state] for raw in improving(actor, cell))


def equilibria(game: Game, concept: str, sanctions: str = "legal") -> set[int] | None:
    """The states that are stable for everybody."""
    return common(stable_states(game, concept, actor, sanctions) for actor in game.actors)


def common(stable: Iterable[set[int] | None]) -> set[int] | None:
    known = [states for states in stable if states is not None]
    return set.intersection(*known) if known else None


# -------------------------------------------------------------------------------------------- where play ends


@functools.lru_cache(maxsize=64)
def steps(game: Game, play: str, sanctions: str = "legal") -> list[set[int]]:
    """Everybody's steps: improvements (myopic), or those the others' improvements cannot spoil."""
    better = game.improvements
    result: list[set[int]] = [set() for _ in game.states]
    for actor, score in game.scores.items():
        reply = replies(game, actor, "improvements", sanctions)
        for s, targets in enumerate(better[actor]):
            result[s] |= {t for t in targets if play == "myopic" or all(score[x] > score[s] for x in reply[t])}
    return result


def reached(arcs: list[set[int]], start: int) -> set[int]:
    """Start and everything reachable from it."""
    seen, todo = {start}, [start]
    while todo:
        fresh = arcs[todo.pop()] - seen
        seen |= fresh
        todo += fresh
    return seen


def ends(game: Game, play: str, sanctions: str = "legal") -> list[list[int]] | None:
    """The terminal strongly connected components reached from `now`: no step leads out of them."""
    if game.now is None:
        return None
    arcs = steps(game, play, sanctions)
    onward = {s: reached(arcs, s) for s in reached(arcs, game.now)}
    terminal = {frozenset(there) for s, there in onward.items() if all(s in onward[t] for t in there)}
    return sorted(sorted(component) for component in terminal)


def verdict(components: list[list[int]] | None, good: set[int]) -> str | None:
    if components is None:
        return None
    truths = {s in good for component in components for s in component}
    return "SOME" if len(truths) == 2 else "ALL" if True in truths else "NONE"


# ------------------------------------------------------------------------------------------------- the answer


def settings(game: Game, state: int) -> dict[str, Value]:
    if game.space is None:
        return {}
    return {option.key: value for option, value in zip(game.space.options, game.states[state][0], strict=True)}


def state_name(game: Game, state: int) -> str | None:
    """The name of a merged or graph-form state: the one given to its representative, else its digits."""
    members = game.states[state]
    if game.space is None:
        return str(members[0][0])
    if len(members) == 1:
        return None
    names = [name for name, cell in game.words.states.items() if cell == members[0]]
    digits = "".join(str(option.values.index(v)) for option, v in zip(game.space.options, members[0], strict=True))
    return (names or [digits])[0]


def show(game: Game, state: int) -> dict[str, Any]:
    """A state as JSON: its settings, or name and settings where it is merged or of a graph form."""
    name = state_name(game, state)
    return settings(game, state) if name is None else {"state": name, "settings": settings(game, state)}


def show_all(game: Game, states: Iterable[int] | None) -> list[dict[str, Any]] | None:
    return None if states is None else [show(game, state) for state in sorted(states)]


def analyse(
    model: Model,
    readings: Mapping[str, str] | None = None,
    sanctions: str = "legal",
    world: str | None = None,
) -> dict[str, Any]:
    """Everything `detente analyze --json` says that can be computed from the definitions."""
    game = build(model, readings, world)
    stable = {c: {a: stable_states(game, c, a, sanctions) for a in game.actors} for c in CONCEPTS}
    found = {c: common(by.values()) for c, by in stable.items()}
    play = {p: ends(game, p, sanctions) for p in ("myopic", "foresight")}
    return {
        "sanctions": sanctions,
        "concepts": list(CONCEPTS),
        "actors": [actor_entry(game, a) for a in game.actors],
        "states": len(game.states),
        "counts": {c: None if e is None else len(e) for c, e in found.items()},
        "status_quo": status_quo(game, stable, found),
        "equilibria": {c: show_all(game, e) for c, e in found.items()},
        "stability": {
            c: None if c == "sim" and game.space is None else {a: show_all(game, s) for a, s in by.items()}
            for c, by in stable.items()
        },
        "ends": None if game.now is None else {p: [show_all(game, e) for e in es or ()] for p, es in play.items()},
        "outcomes": {name: outcome_entry(game, name, play, found) for name in model.get("outcomes") or {}},
    }


def actor_entry(game: Game, actor: str) -> dict[str, Any]:
    options = [] if game.space is None else [o.key for o in game.space.options if o.actor == actor]
    return {
        "id": actor,
        "name": game.model["actors"][actor].get("name", actor),
        "options": options,
        "reading": game.readings[actor],
        "moves": sum(map(len, game.moves[actor])),
    }


def status_quo(
    game: Game, stable: Mapping[str, Mapping[str, set[int] | None]], found: Mapping[str, set[int] | None]
) -> dict[str, Any] | None:
    now = game.now
    if now is None:
        return None
    better, name = game.improvements, state_name(game, now)
    entry: dict[str, Any] = {} if name is None else {"state": name}
    entry["settings"] = settings(game, now)
    entry["equilibrium"] = {c: None if e is None else now in e for c, e in found.items()}
    entry["stable"] = {
        c: None if found[c] is None else {a: s is not None and now in s for a, s in by.items()}
        for c, by in stable.items()
    }
    entry["improvements"] = {actor: len(better[actor][now]) for actor in game.actors}
    return entry


def outcome_entry(
    game: Game, name: str, play: Mapping[str, list[list[int]] | None], found: Mapping[str, set[int] | None]
) -> dict[str, Any]:
    good = game.holding(name)
    return {
        **{p: verdict(components, good) for p, components in play.items()},
        "equilibria": {c: None if e is None else len(e & good) for c, e in found.items()},
    }
