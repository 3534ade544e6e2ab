"""What several brute-force tests need beside the oracle: models with settings held, and the answers to queries.

Everything follows the definitions on the oracle's list of states; nothing here knows the engine.
"""

from __future__ import annotations

import copy
import dataclasses
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from detente.case import Query
from detente.verification import oracle
from detente.verification.random_models import Model


def held(game: oracle.Game, settings: Mapping[str, Any]) -> oracle.Game | None:
    """The game with these settings (option key -> value) made at once and never chosen again; None if no state has them."""
    space = game.space
    assert space is not None
    fixed = {place: settings[o.key] for place, o in enumerate(space.options) if o.key in settings}
    cell = tuple(fixed.get(place, value) for place, value in enumerate(space.cell_of(game.model["now"])))
    settled = space.settle(cell)
    if not space.feasible(settled) or any(settled[place] != cell[place] for place in fixed):
        return None

    scores = {actor: held_scores(game, actor, settings) for actor in game.actors}
    return dataclasses.replace(game, moves=held_moves(game, fixed), now=space.land(cell), scores=scores)


def held_scores(game: oracle.Game, actor: str, settings: Mapping[str, Any]) -> list[Any]:
    """What an actor thinks of the states of the game: what adjusts its list beyond what is held is about no state of it.

    What a consequence may set stays in the game, held or not.
    """
    space, wanted = game.space, oracle.preference(game.model, actor, game.readings[actor])
    assert space is not None
    if not wanted.get("adjust"):
        return game.scores[actor]
    by_itself = {place for _, then in space.consequences for place in then}
    gone = {
        place: settings[option.key]
        for place, option in enumerate(space.options)
        if option.key in settings and place not in by_itself and not space.lasting[place]
    }

    def inside(state: Any) -> bool:
        written = space.cell_of(state)
        return all(written[place] == value for place, value in gone.items())

    about = [each for each in wanted["adjust"] if inside(each["above"]) and inside(each["below"])]
    listed = oracle.state_scores(oracle.unadjusted(game.model), space, actor, game.readings[actor])
    return list(oracle.adjusted(listed, {"adjust": about}, lambda state: oracle.state_of(space, state)))


def held_moves(game: oracle.Game, fixed: Mapping[int, Any]) -> oracle.Arcs:
    """Everybody's moves that switch nothing held (place -> value), from members that keep it; from all, where none does."""
    space = game.space
    assert space is not None
    arcs: oracle.Arcs = {actor: [] for actor in game.actors}
    for state, members in enumerate(game.states):
        able = [member for member in members if keeps(member, fixed)] or list(members)
        for actor in game.actors:
            made = {
                space.land(raw)
                for member in able
                for raw in space.changes(actor, member)
                if all(raw[place] == member[place] for place in fixed)
            }
            arcs[actor].append({target for target in made if target is not None} - {state})
    return arcs


def keeps(cell: oracle.Cell, fixed: Mapping[int, Any]) -> bool:
    return all(cell[place] == value for place, value in fixed.items())


def possible(other: oracle.Game, settings: Mapping[str, Any]) -> set[int]:
    """The states that can come about in a game with held settings: those that keep them, and all that moves lead to."""
    space = other.space
    assert space is not None
    fixed = {place: settings[o.key] for place, o in enumerate(space.options) if o.key in settings}
    inside = {s for s, members in enumerate(other.states) if any(keeps(member, fixed) for member in members)}
    while True:
        grown = inside.union(*(targets[s] for targets in other.moves.values() for s in inside))
        if grown == inside:
            return inside
        inside = grown


def answer(game: oracle.Game, query: Query, sanctions: str = "legal", settings: Mapping[str, Any] | None = None) -> str:
    """ALL, SOME, NONE, none, stable or unstable, by the definitions; `settings` are what is held in the game.

    Only equilibria that can come about under the hold count.
    """
    if query.concept is None:
        return oracle.verdict(oracle.ends(game, query.play, sanctions), game.holding(query.of)) or ""
    found = oracle.equilibria(game, query.concept, sanctions) or set()
    if query.of is None:
        return "stable" if game.now in found else "unstable"
    if settings:
        found &= possible(game, settings)
    if not found:
        return "no equilibria"
    good = len(found & game.holding(query.of))
    return "ALL" if good == len(found) else "SOME" if good else "NONE"


def queries(model: Model) -> list[Query]:
    """One query of every kind, about each outcome."""
    goals = list(model["outcomes"])
    plays = [Query(goal, play) for goal in goals for play in ("foresight", "myopic")]
    concepts = [Query(goal, concept=concept) for goal in goals for concept in ("nash", "seq")]
    return [*plays, *concepts, *(Query(concept=concept) for concept in ("nash", "gmr", "smr", "seq"))]


def able(model: Model, actor: str, gone: frozenset[str] = frozenset()) -> bool:
    """Whether the actor has an option that is neither fixed nor among those gone."""
    if "graph" in model:
        return True
    options = [option for option in oracle.read_options(model) if option.actor == actor]
    return any(option.change not in ("fixed", []) and option.key not in gone for option in options)


# --- lists in which something is unknown ------------------------------------------------------------------------


def lists_of(statements: list[Any], any_order: bool) -> Iterator[list[str]]:
    """Every completion of a list of wishes: who is in, with which sign, in which of the admissible orders."""
    marked = [s if isinstance(s, Mapping) else {"want": s} for s in statements]
    doubts = [set(s.get("unknown", ())) for s in marked]
    wants = [str(s["want"]).lower() if isinstance(s["want"], bool) else str(s["want"]) for s in marked]
    places = range(len(marked))
    for present in itertools.product(*((True, False) if "presence" in d else (True,) for d in doubts)):
        inside = [place for place in places if present[place]]
        for signs in itertools.product(*((1, -1) if "sign" in doubts[place] else (1,) for place in inside)):
            made = {p: wants[p] if sign > 0 else f"not ({wants[p]})" for p, sign in zip(inside, signs, strict=True)}
            for order in itertools.permutations(inside):
                known = [place for place in order if "rank" not in doubts[place]]
                if any_order or known == sorted(known):
                    yield [made[place] for place in order]


def wanting(model: Model, actor: str, reading: str, statements: list[str]) -> Model:
    """The model with one list of priorities replaced."""
    changed = copy.deepcopy(model)
    spec = changed["actors"][actor]
    target = spec["readings"][reading] if spec.get("readings") else spec
    target["priorities"] = statements or ["true"]
    return changed


def started(model: Model, settings: Mapping[str, Any]) -> Model | None:
    """The model with these settings in the status quo; None if no state has them, or rules undo them at once."""
    space = oracle.space_of(model)
    raw = {o.key: v for o, v in zip(space.options, space.cell_of(model["now"]), strict=True)} | dict(settings)
    words = {True: "{}", False: "not {}"}
    now = [words[v].format(key) if isinstance(v, bool) else f"{key} = {v}" for key, v in raw.items()]
    changed = {**copy.deepcopy(model), "now": now}
    try:
        other = oracle.space_of(changed)
    except oracle.OracleError:
        return None
    cell = other.cell_of(now)
    settled = other.settle(cell)
    values = {option.key: value for option, value in zip(other.options, settled, strict=True)}
    return changed if other.feasible(settled) and all(values[k] == v for k, v in settings.items()) else None
