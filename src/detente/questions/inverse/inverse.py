"""The inverse question: what the actors would have to prefer for a state to be stable.

The mathematics. A state is stable for an actor if its preferences meet a monotone condition: certain states, or some of
several, must be *no better than the target* for it (`inverse.stability_conditions`). From it follow, exactly:

- whether the present preferences meet it, and if not, the fewest states that would have to sink to the level of the target
  or below (*comparisons to turn*), with all sets of that size;
- how many of the strict rankings of all n states meet it: the sum over the sets W that meet it of |W|! (n - 1 - |W|)!, by
  counting sets per size, never by listing rankings.

GMR and SMR let the others answer with any move, so an actor's condition depends on the moves alone. SEQ and SSEQ ask for
*credible* answers, improvements for those who make them: the condition of one actor then holds for what the others prefer
at present, and turning several actors at once may change each other's conditions. Hence the last check: the stability
engine judges the target, once per actor with one smallest set turned, and once with all of them turned together.

Cost: per target and actor one search over (state, last mover) for each own move; smallest sets and counts within a
budget, else the proven bound.
Source: Kinsara, Petersons, Hipel & Kilgour 2015, Advanced Decision Support for the Graph Model for Conflict Resolution.

>>> from detente.scenario import load
>>> case = Case(load("syria_iraq_1975"))
>>> for concept in ("nash", "smr", "gmr"):
...     syria = inverse(case, "s2", concept, ["syria"]).best.demands[0]
...     print(concept, syria.rankings, "-", syria.text)
nash 240 - no better than the target: s1, s3
smr 300 - no better than the target: one of (s1 | s4 and s6 and s5); one of (s3 | s4 and s6 and s5)
gmr 384 - no better than the target: one of (s1 | s4); one of (s3 | s6)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from detente.case import Basis, Case
from detente.conflict.game import Game
from detente.engine import Progress, quiet
from detente.engine.concepts import Concept, concepts, label
from detente.errors import FormulaError, InputError, TooLarge, Unanswerable, UnknownName
from detente.formula import Formula
from detente.messages import numeral, tell
from detente.questions.inverse.stability_conditions import NAMED, Demand, Graph, StabilityConditions, around, whole
from detente.result import Answer
from detente.sheet import ActorTerm, FormulaTerm, Phrase, Sheet, StateTerm, listing

MOST_STATES = 4096
"""States beyond this are refused, but for Nash stability of a single one."""

MOST_CELLS = 1 << 24
"""Cells whose states are counted to see whether there are few."""

MOST_TARGETS = 512
"""Target states a formula may have."""

SHOWN = 1
"""Targets told in detail where people read."""

ROWS = 40
"""Targets listed where people read."""

SETS = 5
"""Smallest sets named in one cell."""


@dataclass(frozen=True)
class Target:
    """One target state and what it asks of each actor.

    `together`: whether the engine finds it stable for all these actors once the first smallest set of each is turned.
    """

    state: int
    demands: tuple[Demand, ...]
    together: bool | None

    @property
    def met(self) -> bool:
        """Whether the present preferences meet every demand."""
        return all(each.met for each in self.demands)

    @property
    def at_least(self) -> int:
        """The comparisons to turn in all; proved to be no fewer."""
        return sum(each.at_least for each in self.demands)

    @property
    def turn(self) -> int | None:
        """The comparisons to turn in all, each actor's counted with the others as they are; None if not settled."""
        each = [demand.turn for demand in self.demands]
        return None if None in each else sum(turn or 0 for turn in each)

    @property
    def profiles(self) -> int | None:
        """How many profiles of strict rankings, one per actor, qualify; only meaningful where conditions are independent."""
        counts = [each.rankings for each in self.demands]
        return None if None in counts else math.prod(count or 0 for count in counts)


@dataclass(frozen=True, repr=False, kw_only=True)
class Inverse(Answer):
    """The answer: the targets, nearest first; states are numbered from 0 in state order."""

    basis: Basis
    goal: str
    concept: str
    actors: tuple[str, ...]
    states: tuple[Mapping[str, Any], ...]
    texts: tuple[str, ...]
    targets: tuple[Target, ...]
    credible: bool
    count: int = 0
    """The states of the whole model; of a large one `states` are only the target and those it can be left for."""

    @property
    def best(self) -> Target:
        """The target that needs the fewest comparisons turned."""
        return self.targets[0]

    def target(self, state: int) -> Target:
        """The target with this number."""
        return next(each for each in self.targets if each.state == state)

    # --- handing on ---

    def to_json(self) -> dict[str, Any]:
        """The result as plain data; states as their settings."""
        return {
            "basis": self.basis.to_json(),
            "goal": self.goal,
            "concept": self.concept,
            "actors": list(self.actors),
            "states": self.count,
            "targets": [
                {
                    "state": self.states[each.state],
                    "met": each.met,
                    "turn": each.turn,
                    "at_least": each.at_least,
                    "together": each.together,
                    "profiles": None if self.credible else each.profiles,
                    "actors": [demand.to_json(self.states) for demand in each.demands],
                }
                for each in self.targets
            ],
            "notes": list(self._notes),
        }

    @property
    def headline(self) -> Phrase:
        """Whether the nearest target is stable, or how many comparisons would have to turn."""
        state, under = StateTerm(self.texts[self.best.state]), tell(" under {concept}", concept=label(self.concept))
        if self.best.met:
            return Phrase.told("{state} is stable{under} as preferences are.", state=state, under=under)
        turn = self.best.turn
        need = tell("at least {at_least}", at_least=numeral(self.best.at_least)) if turn is None else f"{turn:,}"
        return Phrase.told(
            "{state} would be stable{under} if {need} comparison{ending} of states were turned.",
            state=state,
            under=under,
            need=need,
            ending="s" * (need != "1"),
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """The targets, and for the nearest ones what they ask of whom."""
        detail = [self._detail(each) for each in self.targets[:SHOWN]]
        return (self._overview(), *detail) if len(self.targets) > 1 else (*detail,)

    def _overview(self) -> Sheet:
        rows = [
            (
                StateTerm(self.texts[t.state]),
                t.met,
                _bound(t.turn, t.at_least),
                *(_bound(d.turn, d.at_least) for d in t.demands),
            )
            for t in self.targets[:ROWS]
        ]
        more = len(self.targets) - len(rows)
        notes = (tell("{more} more states satisfy the goal.", more=more),) if more else ()
        columns = ("target", tell("met now"), tell("comparisons to turn"), *map(ActorTerm, self.actors))
        title = Phrase.told(
            "Where '{goal}' could be {concept} stable", goal=FormulaTerm(self.goal), concept=self.concept
        )
        return Sheet(title, columns, tuple(rows), notes)

    def _detail(self, target: Target) -> Sheet:
        rows = [
            (
                ActorTerm(each.actor),
                each.text,
                each.met,
                _bound(each.turn, each.at_least),
                self._sets(each),
                _counted(each),
                each.checked,
            )
            for each in target.demands
        ]
        columns = (
            "actor",
            tell("must find"),
            tell("met now"),
            tell("to turn"),
            "turning",
            tell("rankings that qualify"),
            "checked",
        )
        together = {True: tell("an equilibrium among them"), False: tell("not an equilibrium"), None: tell("open")}[
            target.together
        ]
        notes = (
            *self._notes,
            tell("With all of it turned at once the engine finds the target {together}.", together=together),
        )
        title = Phrase.told(
            "What {texts} asks to be {concept} stable", texts=StateTerm(self.texts[target.state]), concept=self.concept
        )
        return Sheet(title, columns, tuple(rows), notes)

    def _sets(self, demand: Demand) -> str:
        if demand.turn in (0, None):
            return ""
        shown = [listing((StateTerm(self.texts[s]) for s in each[:NAMED]), " and ") for each in demand.sets[:SETS]]
        more = len(demand.sets) - len(shown)
        tail = (
            [tell("{more}{word} others", more=more, word="" if demand.complete else tell(" or more"))]
            if more or not demand.complete
            else []
        )
        return listing((*shown, *tail), " | ")

    @cached_property
    def _notes(self) -> tuple[str, ...]:
        credible = (
            tell("Credible answers only: each actor's condition holds for what the others prefer at present."),
            tell(
                "Any answer counts: each actor's condition depends on the moves alone, not on what the others prefer."
            ),
        )
        return (
            tell(
                "To turn a comparison is to make a state no better than the target, the other states keeping "
                "their order."
            ),
            credible[0] if self.credible else credible[1],
            *self._near,
            tell("Checked: the stability engine, given the turned preferences, finds the target stable for the actor."),
        )

    @property
    def _near(self) -> tuple[str, ...]:
        if len(self.states) == self.count:
            return ()
        return (
            tell(
                "Of {count} states only the {number} that count here were looked at.",
                count=numeral(self.count),
                number=len(self.states),
            ),
        )


def _bound(exact: int | None, at_least: int) -> int | str:
    return tell("at least {at_least}", at_least=at_least) if exact is None else exact


def _counted(demand: Demand) -> str:
    if demand.rankings is None or demand.share is None:
        return tell("not counted")
    if demand.total < 10**9:
        return tell("{rankings} of {total}", rankings=numeral(demand.rankings), total=numeral(demand.total))
    return f"{100 * demand.share:.3g} %"


# --- asking ------------------------------------------------------------------------------------------------------------


def inverse(
    case: Case,
    target: str | Formula | Mapping[str, Any] | None,
    concept: str,
    actors: Iterable[str] | None = None,
    *,
    progress: Progress = quiet,
) -> Inverse:
    """What these actors (default: all) would have to prefer for the target to be stable under the concept.

    `target` is the name of a state, its settings ("us_arm, us_nato": what is not named is off), or a formula: then every state
    where it holds is a target. None: the status quo.
    """
    (chosen,) = concepts([concept])
    if chosen.id == "sim":
        raise Unanswerable(
            tell("the inverse question is about answers in sequence; simultaneous stability (sim) has none")
        )
    graph, numbers = _targets(case, target, chosen)
    who = case.game.actors if actors is None else tuple(dict.fromkeys(actors))
    case.game.require_actors(who)
    conditions, found = StabilityConditions(graph, chosen), []
    for done, state in enumerate(numbers):
        progress(done, len(numbers), graph.texts[state])
        found.append(_target(conditions, state, who))
    return Inverse(
        basis=case.basis,
        goal=graph.texts[numbers[0]] if len(numbers) == 1 else str(target),
        concept=chosen.id,
        actors=who,
        states=graph.labels,
        texts=graph.texts,
        targets=tuple(sorted(found, key=lambda t: (t.at_least, t.turn is None, t.state))),
        credible=chosen.answers == "improvements",
        count=case.game.count,
    )


Wanted = str | Formula | Mapping[str, Any] | None


def _targets(case: Case, target: Wanted, concept: Concept) -> tuple[Graph, list[int]]:
    """The states that count, and the numbers of the targets; of a large model only a single target and where it is left for.

    That is what Nash stability asks about; every other concept lists answers.
    """
    game, conflict = case.game, case.game.conflict
    if (conflict.graph or conflict.cells <= MOST_CELLS) and conflict.count <= MOST_STATES:
        graph, cell = whole(case), _named(game, target)
        if cell is not None:
            return graph, [graph.number(cell)]
        assert isinstance(target, str | Formula)
        found: list[int] = np.flatnonzero(game.holds(target, conflict.states)).tolist()
        if not found:
            raise _nowhere(target)
        if len(found) > MOST_TARGETS:
            raise TooLarge(
                tell(
                    "{number} states satisfy '{target}', more than {most_targets}; name fewer with a longer formula",
                    number=numeral(len(found)),
                    target=target,
                    most_targets=MOST_TARGETS,
                )
            )
        return graph, found
    cell = _single(game, target, concept)
    graph = around(case, cell)
    return graph, [graph.number(cell)]


def _single(game: Game, target: Wanted, concept: Concept) -> int:
    """The cell of the one target of a large model."""
    conflict = game.conflict
    size = tell(
        "this model has {cells} cells, and the inverse question lists answers up to {most_states} states",
        cells=numeral(conflict.cells),
        most_states=numeral(MOST_STATES),
    )
    if concept.answers != "none":
        raise TooLarge(
            tell(
                "{size}; hold options that do not matter (`change: fixed`), or ask under nash, which needs no answers",
                size=size,
            )
        )
    cell = _named(game, target)
    if cell is not None:
        return cell
    assert isinstance(target, str | Formula)
    conflict.require(2, tell("looking for the target"))
    grid = np.broadcast_to(game.holds(target) & conflict.feasible, conflict.shape)
    number = int(np.count_nonzero(grid))
    if number > 1:
        raise TooLarge(
            tell(
                "{size}; of a larger one a single state is judged, and {number} satisfy '{target}': name more options",
                size=size,
                number=numeral(number),
                target=target,
            )
        )
    if number == 0:
        raise _nowhere(target)
    return int(np.argmax(grid))


def _nowhere(target: str | Formula) -> InputError:
    return InputError(tell("no feasible state satisfies '{target}', so no preferences make one stable", target=target))


def _named(game: Game, target: Wanted) -> int | None:
    """The cell if the target is one state (its name, its settings, the status quo), None if it is a formula."""
    if target is None or isinstance(target, Mapping):
        return game.cell(target)
    if not isinstance(target, str):
        return None
    names = {name: cell for cell, name in game.conflict.state_names.items()}
    if target in names:
        return names[target]
    try:
        game.formula(target)
    except FormulaError as wrong:
        # No formula: settings may be meant, `us_arm, us_nato`. If they are none either, the error that fits what was written.
        try:
            return game.cell(target)
        except (FormulaError, UnknownName) as other:
            listed = wrong.text[wrong.column :].startswith(",")  # it was meant as settings
            raise (other if listed else wrong) from None
    return None


def _target(conditions: StabilityConditions, state: int, who: Sequence[str]) -> Target:
    number = conditions.graph.game.index
    demands = tuple(conditions.demand(number(actor), state) for actor in who)
    turned = {number(each.actor): each.sets[0] for each in demands if each.sets}
    together = None
    if len(turned) == len(demands):
        together = all(conditions.stable(player, state, turned) for player in turned)
    return Target(state, demands, together)
