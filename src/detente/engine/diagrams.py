"""Stability on decision diagrams: whole spaces of sixty options, exactly, without listing a state.

The mathematics. A set of states is a Boolean function of the options (a choice among k is ceil(log2 k) bits), kept as a
reduced ordered decision diagram. For player i and each of its own settings a let `to_a` be where that change lands
(consequences included), `may_a` where it is allowed, and `better_a` where its list puts `to_a(s)` above s. Then the states from
which nothing is better are `not OR_a (may_a and better_a)`, and the Nash equilibria their conjunction over the players.

For a state s0, player i and a concept, B are the states no better for i than s0 (with escape: from which moreover no own move
leads to anything better). After an improvement the others answer with a legal sequence: any of them may go next, nobody twice
running. With `A_k` the states from which B can still be reached where k moved last,

    t_k = OR_a (may_a and (B or A_k)(to_a))           k goes next (credible answers: and better_a)
    A_k = OR of t_j over the others j != k

is the least fixpoint from nothing upwards: one set a player instead of a variable for who moved last. s0 is stable if every
improvement lies in the union of the t_k. The others cannot touch the own options of i, so that the fixpoint is sought for
each improvement apart with these held where it lands: many small diagrams in place of a large one. A search forward from
there, which ends with the first answer, takes turns with it. For the equilibria of the
whole space it is done once for every class of states that i likes equally, from the worst class upwards, each fixpoint
beginning at the one before.

Needs oxidd (the extra `diagrams`). Cost: the sizes of the diagrams, which depend on the model: polynomial for options that few
others look at, exponential at worst. A budget of seconds and of nodes ends the work with what is proved so far. Source: Bryant
1986, for the diagrams.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, reduce, singledispatchmethod
from importlib import import_module
from itertools import groupby
from operator import and_, or_, xor
from typing import Any

import numpy as np

from detente.budget import UNLIMITED, Budget, Spent
from detente.conflict.game import Game
from detente.engine.concepts import Concept
from detente.errors import Unanswerable
from detente.formula import And, Constant, Count, Formula, If, Iff, Not, Or, Setting
from detente.messages import numeral, tell
from detente.scenario.model import PriorityList, Ranking, Weights
from detente.sheet import many

NODES = 1 << 23
"""Nodes of the diagrams together at most, unless otherwise said."""

NODE_BYTES = 48
"""Bytes that a node takes, with its place in the table of nodes and a quarter of a place in the table of results."""

EXTRA = "detente[diagrams]"
"""What is installed for them."""

CLASSES = 1 << 12
"""Classes of equally liked states at most, where a list that adds up or ranks has to be split into them."""

OWN = 1 << 10
"""Own combinations of one actor at most: each is a change of its own."""

ROUNDS = 256
"""Rounds of consequences at most."""

SIZES = (1 << 10, 1 << 13, 1 << 15, 1 << 17, math.inf)
"""Nodes at which the answers to one improvement are put off until the other improvements have been looked at."""

Function = Any
"""A decision diagram: a set of states."""


@dataclass(frozen=True)
class Change:
    """One own setting of a player: where it may be chosen and what it leads to; `moved` maps a set back along the change.

    `after` holds the bits that it sets, as functions of where it starts.
    """

    after: Mapping[int, Function]
    may: Function
    moved: Callable[[Function], Function]
    better: Function


@dataclass(frozen=True)
class _Search:
    """How answers are sought: by which rule of counter-moves, whether only improvements count, and when that is enough.

    `known` is the part of the work that goes on growing.
    """

    sanctions: str
    credible: bool
    known: list[Function] = field(default_factory=list)
    enough: Callable[[Function], bool] = lambda _: False


class Diagrams:
    """A game as decision diagrams. Raises `Unanswerable` for what has no diagram here: graph form, merges, adjusted rankings.

    Everything takes its time from `budget` and its nodes from `nodes`, and raises `Spent` when one is used up.
    """

    def __init__(self, game: Game, *, budget: Budget = UNLIMITED, nodes: int = NODES) -> None:
        self.game, self.budget, self.nodes = game, budget, nodes
        conflict = game.conflict
        if conflict.graph:
            raise Unanswerable(tell("decision diagrams need options; a model in graph form has none"))
        if conflict.merging:
            raise Unanswerable(tell("states that count as one (`same`) have no decision diagram here"))
        if (most := max(player.size for player in conflict.players)) > OWN:
            raise Unanswerable(
                tell(
                    "an actor has {number} own combinations, and decision diagrams take at most {most}",
                    number=numeral(most),
                    most=numeral(OWN),
                )
            )
        if conflict.keeping is not None:
            raise Unanswerable(tell("what is held and changes by itself has no decision diagram here"))
        if any(reading.adjust for reading in game.readings):
            raise Unanswerable(tell("a ranking that is adjusted state by state has no decision diagram here"))
        oxidd = _oxidd()
        self._manager = oxidd.bcdd.BCDDManager(nodes, max(nodes // 4, 1024), 1)
        self._memory = oxidd.util.DDMemoryError
        self.options = tuple(option for player in conflict.players for option in player.options)
        widths = [max(1, (len(option.choices) - 1).bit_length()) for option in self.options]
        self.width = sum(widths)
        ends = np.cumsum(widths).tolist()
        self.bits = {o.key: tuple(range(e - w, e)) for o, w, e in zip(self.options, widths, ends, strict=True)}
        self._choices = {option.key: len(option.choices) for option in self.options}
        self.true, self.false = self._manager.true(), self._manager.false()
        self._variables: list[Function] = []
        self.guarded(self._make_variables)

    def _make_variables(self) -> None:
        self._manager.add_vars(self.width)
        self._variables.extend(self._manager.var(bit) for bit in range(self.width))

    # --- functions ---

    def _tick(self) -> None:
        self.budget.check()

    def _out_of_nodes(self) -> Spent:
        return Spent(tell("the diagrams need more than {nodes}", nodes=many(self.nodes, "node")), "memory")

    def guarded(self, work: Callable[..., Function], *operands: Function) -> Function:
        """One piece of work, after a look at the clock; too many nodes are a spent budget."""
        self.budget.check()
        try:
            return work(*operands)
        except self._memory:
            raise self._out_of_nodes() from None

    def both(self, one: Function, other: Function) -> Function:
        """What is in two sets."""
        return self._and(one, other)

    def _and(self, one: Function, other: Function) -> Function:
        return self.guarded(and_, one, other)

    def _or(self, one: Function, other: Function) -> Function:
        return self.guarded(or_, one, other)

    def _less(self, one: Function, other: Function) -> Function:
        """What is in the one and not in the other."""
        return self.guarded(and_, one, ~other)

    def _any(self, functions: Sequence[Function]) -> Function:
        """The union, pairwise, so that what is joined stays small for long."""
        parts = list(functions) or [self.false]
        while len(parts) > 1:
            parts = [self._or(*pair) if len(pair) > 1 else pair[0] for pair in _pairs(parts)]
        return parts[0]

    def _is(self, option: str, value: int, bits: Mapping[int, Function]) -> Function:
        """Where an option has a choice, its bits being given functions."""
        found = self.true
        for place, bit in enumerate(self.bits[option]):
            on = bits.get(bit, self._variables[bit])
            found = self._and(found, on if value >> place & 1 else ~on)
        return found

    def of(self, formula: Formula, bits: Mapping[int, Function] | None = None) -> Function:
        """Where a formula holds, the bits of options replaced by given functions."""
        given = bits or {}
        return self.guarded(self._formula, formula, given)

    def _formula(self, formula: Formula, bits: Mapping[int, Function]) -> Function:
        match formula:
            case Constant():
                return self.true if formula.value else self.false
            case Setting(option, values):
                return self._setting(option, values, bits)
            case Not(of):
                return ~self._formula(of, bits)
            case And(parts):
                return reduce(and_, (self._formula(part, bits) for part in parts), self.true)
            case Or(parts):
                return reduce(or_, (self._formula(part, bits) for part in parts), self.false)
            case If(when, then):
                return ~self._formula(when, bits) | self._formula(then, bits)
            case Iff(left, right):
                return ~(self._formula(left, bits) ^ self._formula(right, bits))
            case Count(kind, number, parts):
                return self._counted(kind, number, [self._formula(part, bits) for part in parts])
        raise AssertionError(formula)  # names are bound, and these are all kinds

    def _setting(self, option: str, values: Iterable[int], bits: Mapping[int, Function]) -> Function:
        if option not in self.bits:
            return self.true if self.game.conflict.fixed[option] in values else self.false
        return reduce(or_, (self._is(option, value, bits) for value in values), self.false)

    def _counted(self, kind: str, number: int, parts: Sequence[Function]) -> Function:
        exactly = [self.true]  # where so many of the parts so far are true
        for part in parts:
            exactly = [
                (exactly[n] & ~part if n < len(exactly) else self.false) | (exactly[n - 1] & part if n else self.false)
                for n in range(len(exactly) + 1)
            ]
        wanted = {
            "exactly": range(number, number + 1),
            "at least": range(number, len(exactly)),
            "at most": range(number + 1),
        }
        return reduce(or_, (each for n, each in enumerate(exactly) if n in wanted[kind]), self.false)

    @property
    def size(self) -> int:
        """Nodes kept at present."""
        return int(self._manager.approx_num_inner_nodes())

    # --- states ---

    @cached_property
    def states(self) -> Function:
        """The states: codes that mean something, feasible, and at rest under the consequences."""
        conflict = self.game.conflict
        found = self.true
        for option in self.options:
            codes = 1 << len(self.bits[option.key])
            if codes > len(option.choices):
                spare = self._any([self._is(option.key, code, {}) for code in range(len(option.choices), codes)])
                found = self._less(found, spare)
        for player, who in enumerate(conflict.players):
            if who.size < math.prod(len(option.choices) for option in who.options):
                own = self._any([self._strategy(player, row) for row in range(who.size)])
                found = self._and(found, own)
        for forbidden in conflict.never:
            found = self._less(found, self.of(forbidden))
        for rule in conflict.consequences:
            due = self.of(rule.when)
            for key, value in rule.then.items():
                after = self._set(key, value)
                found = self._less(found, self._less(due, after))
        return found

    def _set(self, option: str, value: int) -> Function:
        if option not in self.bits:
            return self.true if self.game.conflict.fixed[option] == value else self.false
        return self._is(option, value, {})

    def count(self, states: Function) -> int:
        """How many states a set has, exactly."""
        return int(self.guarded(states.sat_count, self.width))

    def cell_of(self, settings: Mapping[str, int]) -> Function:
        """The set of one state."""
        found = self.true
        for option in self.options:
            found = self._and(found, self._is(option.key, settings[option.key], {}))
        return found

    def contains(self, states: Function, settings: Mapping[str, int]) -> bool:
        """Whether a state is in a set. Cost: its options."""
        pairs = [
            (bit, bool(settings[key] >> place & 1)) for key, bits in self.bits.items() for place, bit in enumerate(bits)
        ]
        return bool(states.eval(pairs))

    def settings(self, assignment: Sequence[bool]) -> dict[str, int]:
        """The settings that bits stand for."""
        return {
            key: sum(1 << place for place, bit in enumerate(bits) if assignment[bit]) for key, bits in self.bits.items()
        }

    # --- moves ---

    def changes(self, player: int) -> tuple[Change, ...]:
        """What a player can do: one entry for each of its own settings; made once."""
        if player not in self._changes:
            self._changes[player] = tuple(self._made(player))
        return self._changes[player]

    @cached_property
    def _changes(self) -> dict[int, tuple[Change, ...]]:
        return {}

    def _made(self, player: int) -> Iterator[Change]:
        who = self.game.conflict.players[player]
        order = self._order(player)
        for number, row in enumerate(who.strategies.tolist()):
            own = {o.key: int(value) for o, value in zip(who.options, row, strict=True)}
            after = self._landing(own)
            moved = self._along(after)
            may = self.guarded(self._allowed, player, number)
            elsewhere = self._differs(after)
            lands = moved(self.states)
            may = self._and(self._and(self._and(may, elsewhere), lands), self.states)
            better = self.guarded(order, moved, may)
            yield Change(after, may, moved, better)

    def landed(self, change: Change, settings: Mapping[str, int]) -> dict[str, int]:
        """Where a change leads from one state."""
        bits = [bool(settings[key] >> place & 1) for key, mine in self.bits.items() for place, _ in enumerate(mine)]
        pairs = list(enumerate(bits))
        for bit, each in change.after.items():
            bits[bit] = bool(each.eval(pairs))
        return self.settings(bits)

    @cached_property
    def transitive(self) -> bool:
        """Whether two moves of one player are always one move of it."""
        conflict = self.game.conflict
        return (
            not conflict.consequences
            and all(player.moves.transitive for player in conflict.players)
            and not conflict.never
        )

    def _landing(self, own: Mapping[str, int]) -> dict[int, Function]:
        """The bits of the options where own settings lead: the own ones constant, and what follows by itself."""
        after: dict[int, Function] = {}
        for key, value in own.items():
            for place, bit in enumerate(self.bits[key]):
                after[bit] = self.true if value >> place & 1 else self.false
        rules = self.game.conflict.consequences
        for _ in range(ROUNDS if rules else 0):
            before = dict(after)
            for rule in rules:
                due = self.of(rule.when, after)
                for key, value in rule.then.items():
                    for place, bit in enumerate(self.bits.get(key, ())):
                        goal = self.true if value >> place & 1 else self.false
                        now = after.get(bit, self._variables[bit])
                        after[bit] = self.guarded(due.ite, goal, now)
            if all(after[bit] == before.get(bit, self._variables[bit]) for bit in after):
                return after
        if rules:
            raise Unanswerable(tell("the consequences do not come to rest within {rounds} rounds", rounds=ROUNDS))
        return after

    def _along(self, after: Mapping[int, Function]) -> Callable[[Function], Function]:
        """A set of states seen from where a change leads into it."""
        kept = {bit: each for bit, each in after.items() if each != self._variables[bit]}
        if not kept:
            return lambda states: states
        substitution = self.true.make_substitution(kept.items())
        return lambda states: self.guarded(states.substitute, substitution)

    def _differs(self, after: Mapping[int, Function]) -> Function:
        return self._any([self.guarded(xor, self._variables[bit], each) for bit, each in after.items()])

    def _allowed(self, player: int, number: int) -> Function:
        """Where a player may choose the strategy of this number: limits on switches, guards and bars, judged at the start."""
        who = self.game.conflict.players[player]
        own = (
            [self._strategy(player, row) for row in range(who.size)]
            if who.moves.legal is not None or who.moves.need is not None
            else []
        )
        if not own:
            return self.true
        legal = np.ones(who.size, bool) if who.moves.legal is None else who.moves.legal[:, number]
        needs = np.zeros(who.size, int) if who.moves.need is None else who.moves.need[:, number].astype(int)
        found = self.false
        rows = sorted((int(needs[row]), row) for row in range(who.size) if legal[row] and row != number)
        for need, group in groupby(rows, key=lambda each: each[0]):
            starts = self._any([own[row] for _, row in group])
            for bit, condition in enumerate(who.moves.conditions):
                if need >> bit & 1:
                    starts = starts & self.of(condition)
            found = found | starts
        return found

    def _strategy(self, player: int, row: int) -> Function:
        who = self.game.conflict.players[player]
        found = self.true
        for option, value in zip(who.options, who.strategies[row].tolist(), strict=True):
            found = self._and(found, self._is(option.key, int(value), {}))
        return found

    # --- preferences ---

    def _order(self, player: int) -> Callable[[Callable[[Function], Function], Function], Function]:
        """Where what a change leads to is better for a player than its start, given the change and where it may be made."""
        reading = self.game.readings[player]
        if isinstance(reading, PriorityList):
            truths = [self.of(statement.want) for statement in reading.statements]

            def lexicographic(moved: Callable[[Function], Function], may: Function) -> Function:
                better, same = self.false, may
                for truth in truths:
                    self._tick()
                    after = moved(truth)
                    better = better | (same & after & ~truth)
                    same = same & ~(after ^ truth)
                return better

            return lexicographic
        classes = self.classes(player)

        def by_class(moved: Callable[[Function], Function], may: Function) -> Function:
            better, above = self.false, self.false
            for each in reversed(classes):
                better = better | (may & each & above)
                above = above | moved(each)
            return better

        return by_class

    def classes(self, player: int) -> list[Function]:
        """The states by how much a player likes them, the worst first; raises `Spent` where there are too many classes."""
        if player not in self._classes:
            made = self._split(self.game.readings[player])
            self._classes[player] = [each for each in made if each != self.false]
        return self._classes[player]

    @cached_property
    def _classes(self) -> dict[int, list[Function]]:
        return {}

    @singledispatchmethod
    def _split(self, reading: Any) -> list[Function]:
        raise TypeError(f"a reading of the class {type(reading).__name__} orders no states")

    @_split.register
    def _(self, reading: PriorityList) -> list[Function]:
        found = [self.states]
        for statement in reading.statements:
            truth = self.of(statement.want)
            halves = [(self._less(each, truth), self._and(each, truth)) for each in found]
            found = [half for pair in halves for half in pair if half != self.false]
            self._few(found)
        return found

    @_split.register
    def _(self, reading: Weights) -> list[Function]:
        sums: dict[Fraction, Function] = {Fraction(0): self.states}
        for statement in reading.statements:
            truth = self.of(statement.want)
            weight = statement.weight or Fraction(0)
            new: dict[Fraction, Function] = {}
            for total, each in sums.items():
                for worth, part in ((total, self._less(each, truth)), (total + weight, self._and(each, truth))):
                    if part != self.false:
                        new[worth] = self._or(new.get(worth, self.false), part)
            sums = new
            self._tick()
            self._few(sums)
        return [sums[total] for total in sorted(sums)]

    @_split.register
    def _(self, reading: Ranking) -> list[Function]:
        conflict = self.game.conflict
        self._few(reading.ranking)
        cells = [[conflict.named[name] for name in group] for group in reversed(reading.ranking)]
        found = [self._any([self.cell_of(conflict.settings(cell)) for cell in group if cell >= 0]) for group in cells]
        if self._any(found) != self.states:
            raise Unanswerable(
                tell("the ranking '{id}' is not one of all states; decision diagrams need them all", id=reading.id)
            )
        return found

    def _few(self, classes: Any) -> None:
        if len(classes) > CLASSES:
            raise Spent(tell("a list tells more than {most} classes of states apart", most=numeral(CLASSES)), "steps")

    def no_better(self, player: int, settings: Mapping[str, int]) -> Function:
        """The states that a player likes no better than this one."""
        reading = self.game.readings[player]
        if not isinstance(reading, PriorityList):
            below = []
            for each in self.classes(player):
                below.append(each)
                if self.contains(each, settings):
                    break
            return self._any(below)
        worse, same = self.false, self.states
        for statement in reading.statements:
            truth = self.of(statement.want)
            if self.contains(truth, settings):
                worse = self._or(worse, self._less(same, truth))
                same = self._and(same, truth)
            else:
                same = self._less(same, truth)
        return self._or(worse, same)

    # --- stability ---

    def content(self, player: int) -> Function:
        """The states from which a player has no improvement: where it is Nash stable."""
        better = self._any([change.better for change in self.changes(player)])
        return self._less(self.states, better)

    def nash(self) -> Iterator[Function]:
        """The states that are Nash stable for the players so far, one player more each time; the last are the equilibria."""
        found = self.states
        for player in range(len(self.game.actors)):
            found = self._and(found, self.content(player))
            yield found

    def _answers(self, sequence: Sequence[Sequence[Change]], base: Function, search: _Search) -> Function:
        """The states from which the others can bring about one of `base`, by answers that count; `sequence` are their changes.

        `search.known` holds, for each of the others, what is known to be reached where it goes next; it grows in place. The
        search ends early with what it has found once that is enough.
        """
        if search.sanctions == "one-step":
            return self._any([self._back(each, base, search.credible) for each in sequence])
        if self.transitive:
            return self._together(sequence, base, search)
        known = search.known
        while True:
            fresh = []
            for place, changes in enumerate(sequence):
                after = self._any([each for k, each in enumerate(known) if k != place])  # another has to go next
                back = self._back(changes, self._or(base, after), search.credible)
                fresh.append(self._or(known[place], back))
            settled = all(a == b for a, b in zip(known, fresh, strict=True))
            known[:] = fresh
            found = self._any(known)
            if settled or search.enough(found):
                return found

    def _together(self, sequence: Sequence[Sequence[Change]], base: Function, search: _Search) -> Function:
        """The same where two moves of one player are always one move of it: then who moved last does not matter."""
        found = self._any(search.known)
        reached = self._or(base, found)
        while True:
            before = found
            for changes in sequence:
                back = self._back(changes, reached, search.credible)
                found, reached = self._or(found, back), self._or(reached, back)
                if search.enough(found):
                    return found
            if found == before:
                search.known[:] = [found] * len(sequence)
                return found

    def _back(self, changes: Iterable[Change], states: Function, credible: bool) -> Function:
        """Where one of the changes leads into a set, or does so as an improvement."""
        return self._any([self._and(each.better if credible else each.may, each.moved(states)) for each in changes])

    def _hurting(self, player: int, base: Function, concept: Concept) -> Function:
        """What the others must bring about to deter a player that would not have these states: with escape, for good."""
        if not concept.escape:
            return base
        return self._less(base, self._back(self.changes(player), self._less(self.states, base), False))

    def _others(self, player: int) -> list[int]:
        return [j for j in range(len(self.game.actors)) if j != player]

    def _held(self, player: int, change: Change) -> tuple[Callable[[Function], Function], list[list[Change]]]:
        """What a set is, and what the others can do, where a change has set the own options of a player for good.

        An option that consequences set as well is not held.
        """
        loose = {bit for rule in self.game.conflict.consequences for key in rule.then for bit in self.bits.get(key, ())}
        own = {bit for option in self.game.conflict.players[player].options for bit in self.bits[option.key]} - loose
        held = self._along({bit: change.after[bit] for bit in own})

        def seen(each: Change) -> Change:
            after = {bit: held(made) for bit, made in each.after.items()} if loose else each.after
            moved = self._along(after) if loose else each.moved
            return Change(after, held(each.may), moved, held(each.better))

        return held, [[seen(each) for each in self.changes(j)] for j in self._others(player)]

    def stable_at(self, player: int, settings: Mapping[str, int], concept: Concept, sanctions: str) -> bool:
        """Whether one state is stable for a player under a concept. Cost: one fixpoint for each improvement."""
        improvements = [change for change in self.changes(player) if self.contains(change.better, settings)]
        if not improvements:
            return True
        if concept.answers == "none" or len(self.game.actors) == 1:
            return False
        base = self._hurting(player, self.no_better(player, settings), concept)
        credible = concept.answers == "improvements"
        waiting = improvements
        for most in SIZES:  # what grows large waits: a small one may settle it
            later = list[Change]()
            for change in waiting:
                answered = self._answered(player, change, settings, base, _Search(sanctions, credible), most)
                if answered is False:
                    return False
                if answered is None:
                    later.append(change)
            waiting = later
        return True

    def _answered(
        self, player: int, change: Change, settings: Mapping[str, int], base: Function, search: _Search, most: float
    ) -> bool | None:
        """Whether one improvement is answered, by a search from where it lands and one from `base`; None if both grow large."""
        end = self.landed(change, settings)
        held, sequence = self._held(player, change)
        goal = held(base)

        def enough(found: Function) -> bool:
            return self.contains(found, end) or found.node_count() > most

        known = [self.false] * len(sequence)
        back = self._answers(sequence, goal, replace(search, known=known, enough=enough))
        if self.contains(back, end):
            return True
        if back.node_count() <= most:
            return False
        forward = search.sanctions == "legal" and not self.game.conflict.consequences
        return self._ahead(player, end, goal, search.credible, most) if forward else None

    def _ahead(self, player: int, start: Mapping[str, int], goal: Function, credible: bool, most: float) -> bool | None:
        """Whether the others can go from a state to one of the goal, by answers that count; None if that grows large.

        `after` holds, for each of them, the states that can be reached where it moved last.
        """
        begin, after = self.cell_of(start), dict.fromkeys(self._others(player), self.false)
        while True:
            before = dict(after)
            for j in after:
                states = self._any([begin, *(each for k, each in after.items() if k != j)])  # nobody twice running
                after[j] = self._or(after[j], self._image(j, states, credible))
                if self._and(after[j], goal) != self.false:
                    return True
                if after[j].node_count() > most:
                    return None
            if after == before:
                return False

    def _image(self, player: int, states: Function, credible: bool) -> Function:
        """Where one move of a player leads from a set, or one improvement; without consequences it sets own options only."""
        found, bits = [], [bit for each in self.game.conflict.players[player].options for bit in self.bits[each.key]]
        own = reduce(self._and, (self._variables[bit] for bit in bits), self.true)
        for number, change in enumerate(self.changes(player)):
            start = self._and(states, change.better if credible else change.may)
            if start != self.false:
                found.append(self._and(self.guarded(start.exists, own), self._strategy(player, number)))
        return self._any(found)

    def stable(self, player: int, concept: Concept, sanctions: str) -> Function:
        """Where a player is stable under a concept, in the whole space. Cost: one fixpoint for each class of states."""
        if concept.answers == "none":
            return self.content(player)
        others = [self.changes(j) for j in self._others(player)]
        base, found = self.false, self.false
        search = _Search(sanctions, concept.answers == "improvements", [self.false] * len(others))
        for each in self.classes(player):
            base = self._or(base, each)
            # The fixpoint for the class below is a beginning, unless a way of escape has opened meanwhile: there it is not.
            if concept.escape:
                search.known[:] = [self.false] * len(others)
            hurt = self._answers(others, self._hurting(player, base, concept), search)
            free = self._any([self._and(change.better, change.moved(~hurt)) for change in self.changes(player)])
            found = self._or(found, self._less(each, free))
        return found

    # --- sets of states, one by one ---

    def listed(self, states: Function) -> Iterator[dict[str, int]]:
        """The states of a set, in state order, one at a time. Cost: its options for each."""

        def below(function: Function, bit: int, so_far: list[bool]) -> Iterator[dict[str, int]]:
            if function == self.false:
                return
            if bit == self.width:
                yield self.settings(so_far)
                return
            self._tick()
            top = function.node_var()
            if top is None or top > bit:
                on = off = function
            else:
                on, off = function.cofactors()
            for value, part in ((False, off), (True, on)):
                yield from below(part, bit + 1, [*so_far, value])

        yield from below(states, 0, [])

    def sampled(self, states: Function, number: int, seed: int) -> list[dict[str, int]]:
        """States drawn from a set, each as likely as every other, with replacement. Cost: its options for each."""
        if states == self.false:
            return []
        rng = np.random.default_rng(seed)
        counts: dict[Function, int] = {}

        def size(function: Function, bit: int) -> int:
            """How many ways there are to set the bits from this one on."""
            if function == self.false:
                return 0
            if function == self.true:
                return 1 << (self.width - bit)
            top = function.node_var()
            if function not in counts:
                on, off = function.cofactors()
                counts[function] = size(on, top + 1) + size(off, top + 1)
            below = int(counts[function])
            return below << int(top - bit)

        found = []
        for _ in range(number):
            function, drawn = states, []
            for bit in range(self.width):
                top = function.node_var()
                on, off = function.cofactors() if top == bit else (function, function)
                ways_on, ways_off = size(on, bit + 1), size(off, bit + 1)
                chosen = _below(rng, ways_on + ways_off) < ways_on
                drawn.append(chosen)
                function = on if chosen else off
            found.append(self.settings(drawn))
        return found

    def nearest(self, states: Function, settings: Mapping[str, int]) -> tuple[int, Function] | None:
        """The states of a set that differ from this one in the fewest options, and in how many; None if the set is empty."""
        if states == self.false:
            return None
        exactly = [self.true]  # where so many of the options so far differ
        for option in self.options:
            same = self._is(option.key, settings[option.key], {})
            stays = [*(self._and(each, same) for each in exactly), self.false]
            strays = [self.false, *(self._less(each, same) for each in exactly)]
            exactly = [self._or(*both) for both in zip(stays, strays, strict=True)]
        for distance, ball in enumerate(exactly):
            there = self._and(ball, states)
            if there != self.false:
                return distance, there
        raise AssertionError("every state is at some distance")


def _pairs(parts: Sequence[Function]) -> Iterator[Sequence[Function]]:
    return (parts[n : n + 2] for n in range(0, len(parts), 2))


def _below(rng: np.random.Generator, bound: int) -> int:
    """A whole number below a bound of any size, every one as likely."""
    bits = bound.bit_length()
    while True:
        drawn = int(int.from_bytes(rng.bytes((bits + 7) // 8), "big") >> (-bits % 8))
        if drawn < bound:
            return drawn


def _oxidd() -> Any:
    try:
        for module in ("oxidd.bcdd", "oxidd.util"):
            import_module(module)
        return import_module("oxidd")
    except ImportError:
        raise Unanswerable(
            tell("decision diagrams need oxidd: install it (pip install '{wanted}')", wanted=EXTRA)
        ) from None
