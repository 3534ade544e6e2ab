"""Pictures of what was found, for the report, for notebooks and for papers: pure functions from results to drawings.

`picture(case, "pivots")` asks the question that a picture answers and draws it; `KINDS` names all kinds. Each is a function
of a result and can be called by itself: `state_graph.state_graph(analysis)`, `verdict_grids.break_grid(matrix, scenario)` and
so on. A `Drawing` shows itself in a notebook, and `save` writes SVG, or PNG with the extra `pictures`. Its title says what was
found; a key says what its signs mean, and a line below what it rests on; `bare` leaves all three out.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> drawing = picture(Case(load("elmira")), "states")
>>> drawing.title, drawing.alone().startswith("<svg")
('Improvements lead from today to 1 other state; if actors look ahead, play ends with: insistence on the original order.', True)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from detente.budget import Budget, Cancelled, never
from detente.case import CONCEPTS, Case, Query
from detente.errors import Cure, InputError, UnknownName
from detente.messages import later, tell
from detente.present.pictures import (
    actor_map as relations,
)
from detente.present.pictures import (
    charts,
    grids,
    pivot_list,
    tornado,
    verdict_grids,
)
from detente.present.pictures import (
    evolution_tree as tree,
)
from detente.present.pictures import (
    state_graph as states,
)
from detente.present.pictures import (
    timeline as times,
)
from detente.present.pictures.drawing import Drawing, style, suffix_of
from detente.present.words import Words

__all__ = ["KINDS", "Drawing", "picture", "style", "suffix_of"]


@dataclass(frozen=True)
class Kind:
    """A kind of picture: what it shows, how it is made of a case, and what it is about, if that can be chosen."""

    says: str
    draw: Callable[[Case, str | None, Budget], Drawing]
    about: Literal["", "goal", "partnership"] = ""


def picture(
    case: Case,
    kind: str,
    about: str | None = None,
    *,
    seconds: float = math.inf,
    cancelled: Cancelled = never,
    bare: bool = False,
) -> Drawing:
    """The picture of this kind; `bare` leaves out its title, key and source line, for a text that has its own.

    `about` is the outcome (or formula), or for `break` and `frontier` the partnership, that it is about; by default the first
    of the file. A `frontier` rests on a search, which ends after so many `seconds` or when `cancelled` says so; the picture
    then says that it is incomplete, and how far the search came.

    Raises `UnknownName` for a kind there is not, `InputError` where the model has nothing of the kind. Cost: the question's.
    """
    if kind not in KINDS:
        raise UnknownName(tell("kind of picture"), kind, KINDS)
    drawing = KINDS[kind].draw(case, about, Budget(seconds=seconds, cancelled=cancelled))
    return replace(drawing, bare=True) if bare else drawing


def _outcome(case: Case, about: str | None) -> str:
    if about is not None:
        case.scenario.formula(about)
        return about
    return _first(case.scenario.outcomes, "outcomes", tell("name a formula with "), Cure.ABOUT)


def _partnership(case: Case, about: str | None) -> str:
    found = case.scenario.partnerships
    if about is not None and about not in found:
        raise UnknownName("partnership", about, found)
    return about or _first(found, "partnerships", tell("give it some, or choose another kind of picture"))


def _first(found: Mapping[str, object], what: str, *then: str | Cure) -> str:
    if not found:
        raise InputError(tell("this model names no {what}; ", what=what), *then)
    return next(iter(found))


def _named(case: Case, goal: str) -> str:
    """An outcome by its name, a formula in its words."""
    words = Words(case.scenario)
    return f"“{words.names.thing(goal)}”" if goal in case.scenario.outcomes else words.formula(goal, None)


def _states(case: Case, _: str | None, __: Budget) -> Drawing:
    return states.state_graph(case.analyse(CONCEPTS))


def _stability(case: Case, _: str | None, __: Budget) -> Drawing:
    analysis = case.analyse(CONCEPTS)
    return grids.stability_grid(analysis)


def _tree(case: Case, _: str | None, __: Budget) -> Drawing:
    from detente.questions.evolution.status_quo import status_quo

    found = status_quo(case, "improvements")
    return tree.evolution_tree(found if found.count > 1 else status_quo(case, "moves"), case.scenario)


def _actors(case: Case, _: str | None, __: Budget) -> Drawing:
    _first(
        {str(n): tie for n, tie in enumerate(case.scenario.relations)},
        "relations",
        tell("list them under `relations:`"),
    )
    return relations.actor_map(case.scenario)


def _pivots(case: Case, about: str | None, _: Budget) -> Drawing:
    from detente.questions.uncertainty.pivots import pivots

    goal = _outcome(case, about)
    return pivot_list.pivots_picture(pivots(case, Query(goal)), case.scenario, _named(case, goal))


def _tornado(case: Case, about: str | None, _: Budget) -> Drawing:
    from detente.questions.uncertainty.collection_plan import collection_plan

    goal = _outcome(case, about)
    return tornado.tornado(collection_plan(case, Query(goal)), case.scenario, _named(case, goal))


def _frontier(case: Case, about: str | None, budget: Budget) -> Drawing:
    from detente.questions.incentives.wedge import likely_divider, wedge

    name = _partnership(case, about)
    left = math.inf if budget.left is None else budget.left
    found = wedge(case, likely_divider(case.scenario, name), name, seconds=left, cancelled=budget.cancelled)
    return charts.frontier(found, case.scenario)


def _timeline(case: Case, _: str | None, __: Budget) -> Drawing:
    entries = (*case.scenario.timeline, *case.scenario.history)
    _first({str(n): each for n, each in enumerate(entries)}, "dates", tell("list them under `timeline:` or `history:`"))
    return times.timeline(case.scenario)


def _path(case: Case, about: str | None, _: Budget) -> Drawing:
    from detente.questions.evolution.paths import Paths, paths

    def shortest(goal: str) -> Paths:
        """A way on which every step is an improvement; where there is none, one by any moves."""
        willing = paths(case, goal, by="improvements", most=WAYS)
        return willing if willing.ways else paths(case, goal, most=WAYS)

    goals = [_outcome(case, about)] if about is not None else _not_today(case)
    found = next((each for each in map(shortest, goals) if each.ways), None)
    if found is None:
        said = tell("no sequence of moves leads to {goals} from today; ask for another goal with ", goals=goals[0])
        raise InputError(said, Cure.ABOUT)
    return times.path(found, case.scenario, _named(case, found.goal))


WAYS = 4
"""Of so many ways the one is drawn that asks least of its movers."""


def _not_today(case: Case) -> list[str]:
    """The outcomes that are not true today; where all are, the first."""
    first, conflict = _outcome(case, None), case.game.conflict
    if conflict.now is None:
        return [first]
    outcomes = case.scenario.outcomes.items()
    now = np.array([conflict.now])
    return [name for name, each in outcomes if not conflict.holds(each.formula, now)[0]] or [first]


def _types(case: Case, about: str | None, _: Budget) -> Drawing:
    from detente.questions.uncertainty.types import types

    goal = _outcome(case, about)
    found = types(case, Query(goal))
    if not found.actors:
        raise InputError(tell("every actor of this model has one reading only; a grid of readings needs rival ones"))
    return verdict_grids.type_grid(found, case.scenario, _named(case, goal))


def _break(case: Case, about: str | None, _: Budget) -> Drawing:
    from detente.questions.partnerships.break_matrix import break_matrix

    return verdict_grids.break_grid(break_matrix(case, _partnership(case, about)), case.scenario)


KINDS: dict[str, Kind] = {
    "states": Kind(later("where improvements lead from today, and what would last"), _states),
    "stability": Kind(later("who would stay where, under which concept"), _stability),
    "tree": Kind(later("ways out of today, grouped by who moves (status quo analysis)"), _tree),
    "actors": Kind(later("who stands how to whom, since when"), _actors),
    "pivots": Kind(later("the single changes to the actors' aims that alter the answer"), _pivots, "goal"),
    "tornado": Kind(later("which judgements move the answer how far, and what would settle them"), _tornado, "goal"),
    "frontier": Kind(
        later("policies that break a partnership: price, readings, who accepts them"), _frontier, "partnership"
    ),
    "timeline": Kind(later("what happened when, and which dates are moves of the model"), _timeline),
    "path": Kind(later("a shortest way to an outcome: who moves, and why"), _path, "goal"),
    "types": Kind(later("the verdict for every combination of readings, in a grid or a tree"), _types, "goal"),
    "break": Kind(later("does a partnership break, under which policy, for which readings"), _break, "partnership"),
}
"""Name -> what it shows and how it is made."""
