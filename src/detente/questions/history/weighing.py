"""What a record is worth to every combination of readings: chances, ratios, and weights by Bayes.

Every combination is asked once what it says of each observation (`tabulate`); all else is arithmetic on the arrays that come
of it. Source: Bayes' rule; the choice model is that of `periods`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from detente.case import Case
from detente.engine import Progress
from detente.errors import InputError, UnknownName
from detente.messages import numeral, tell
from detente.questions.evolution.steps import steps, weigh
from detente.questions.history.periods import Course, Observed, Said, chance, said_of
from detente.questions.preference_structures.from_file import chances_of_readings, stated_chances
from detente.questions.uncertainty.completions import every_choice
from detente.questions.uncertainty.expectations import CONTRADICTED, POSSIBLE
from detente.sheet import FormulaTerm, Phrase

MOST_COMBINATIONS = 1_024
"""Combinations of readings at most."""

CLOSE = 1e-9
"""How near two sums of bits count as the same."""

Prior = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, kw_only=True)
class Table:
    """What every combination of readings says of every observation: arrays with one axis per actor that varies, then one.

    `at` is the combination chosen in the case. `because` has per actor and reading, the others as chosen, what shows the words.
    """

    course: Course
    varied: Mapping[str, tuple[str, ...]]
    at: tuple[int, ...]
    words: NDArray[np.str_]
    hit: NDArray[np.bool_]
    best: NDArray[np.int64]
    stay: NDArray[np.bool_]
    moves: NDArray[np.bool_]
    legal: NDArray[np.int64]
    because: Mapping[tuple[str, str], Sequence[Phrase]]

    def chances(self, error: float) -> NDArray[np.float64]:
        """The chance of each observation by the choice model."""
        return chance(moves=self.moves, hit=self.hit, best=self.best, stay=self.stay, legal=self.legal, error=error)

    @property
    def blind(self) -> NDArray[np.float64]:
        """The chance of each observation by blind choice."""
        return np.where(self.moves, 0.5 / self.legal, 0.5)

    def own(self, actor: str) -> list[int]:
        return [n for n, each in enumerate(self.course.observations) if each.actor == actor]


def tabulate(case: Case, course: Course, over: tuple[str, ...] | None, progress: Progress) -> Table:
    """Ask every combination of the counted readings. Cost: an analysis each."""
    actors = (a for a in case.scenario.actors if over is None or a.id in over)
    varied = {a.id: a.counted for a in actors if len(a.counted) > 1}
    shape = tuple(map(len, varied.values()))
    number = math.prod(shape)
    if number > MOST_COMBINATIONS:
        raise InputError(
            tell(
                "{number} combinations of readings; at most {most_combinations} are asked. Name the actors "
                "that matter.",
                number=numeral(number),
                most_combinations=numeral(MOST_COMBINATIONS),
            )
        )
    at = tuple(names.index(case.chosen[a]) if case.chosen[a] in names else 0 for a, names in varied.items())
    said: list[list[Said]] = []
    because: dict[tuple[str, str], Sequence[Phrase]] = {}
    for place_, (where, readings) in enumerate(zip(np.ndindex(shape), every_choice(varied), strict=True)):
        progress(place_, number, ", ".join(readings.values()))
        asked = case.as_if({**case.readings, **readings}, case.world, case.sanctions)
        said.append(said_of(asked, course))
        for axis, actor in enumerate(varied):
            if all(w == a for n, (w, a) in enumerate(zip(where, at, strict=True)) if n != axis):
                own = [n for n, each in enumerate(course.observations) if each.actor == actor]
                because[actor, readings[actor]] = [_shown(asked, course.observations[n], said[-1][n]) for n in own]
    full = (*shape, len(course.observations))
    return Table(
        course=course,
        varied=varied,
        at=at,
        words=np.array([each.word for row in said for each in row], dtype=np.str_).reshape(full),
        hit=np.array([each.hit for row in said for each in row], dtype=np.bool_).reshape(full),
        best=np.array([each.best for row in said for each in row], dtype=np.int64).reshape(full),
        stay=np.array([each.stay for row in said for each in row], dtype=np.bool_).reshape(full),
        moves=np.array([bool(each.move) for each in course.observations], dtype=np.bool_),
        legal=np.array([each.legal for each in course.observations], dtype=np.int64),
        because=because,
    )


def _shown(case: Case, seen: Observed, said: Said) -> Phrase:
    """What shows a word: how the mover likes its move; of a stay, what it could have gained."""
    game, reading = case.game, case.game.readings[seen.player]
    if seen.target >= 0:
        spoiled = tell(", and an answer could spoil it") if said.word == POSSIBLE else ""
        return Phrase.of(weigh(game.conflict, reading, seen.cell, seen.target).phrase, spoiled)
    here = np.array([seen.cell], dtype=np.int64)
    kind = "unsanctioned" if said.word == CONTRADICTED else "improvements"
    _, better = steps(case, kind, here, seen.player)
    if not len(better):
        return Phrase.told("no move would have gained")
    best = int(better[int(np.argmax(game.payoffs(seen.player, better)))])
    weighing = weigh(game.conflict, reading, seen.cell, best)
    could = (
        tell("would have gained safely: ")
        if said.word == CONTRADICTED
        else tell("would have gained, but an answer could spoil it: ")
    )
    return Phrase.of(FormulaTerm(game.change_text(seen.cell, best)), f" {could}", weighing.reason or weighing.phrase)


def by_reading(values: NDArray[Any], axis: int) -> NDArray[Any]:
    """One row per reading of an actor, one column per combination of the others."""
    return cast("NDArray[Any]", np.moveaxis(values, axis, 0).reshape(values.shape[axis], -1))


def others_of(table: Table, axis: int) -> int:
    """The column of `_by_reading` with the others as chosen."""
    shape = [len(names) for n, names in enumerate(table.varied.values()) if n != axis]
    at = [place for n, place in enumerate(table.at) if n != axis]
    return int(np.ravel_multi_index(at, shape)) if shape else 0


def ratios(logs: NDArray[np.float64], best: int) -> NDArray[np.float64]:
    """The ratio to the best row, column by column; undefined (nan) where neither has a chance."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.exp2(logs - logs[best]))


def ends_of(values: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """The least and the greatest of the values that are known; None where that is none, or no number."""
    known = values[~np.isnan(values)]
    return (finite(known.min()), finite(known.max())) if len(known) else (None, None)


def finite(value: Any) -> float | None:
    """A number; None for what is none, or without end."""
    return float(value) if np.isfinite(value) else None


def most_likely(table: Table, error: float) -> dict[str, str]:
    """The reading of each actor for which the record speaks most under another error, the others as chosen; if it is one."""
    record = np.log2(table.chances(error)).sum(axis=-1)
    found = {}
    for axis, (actor, names) in enumerate(table.varied.items()):
        column = by_reading(record, axis)[:, others_of(table, axis)]
        if (column >= column.max() - CLOSE).sum() == 1:
            found[actor] = names[int(np.argmax(column))]
    return found


# --- priors ----------------------------------------------------------------------------------------------------------


def prior_of(
    case: Case, varied: Mapping[str, tuple[str, ...]], given: Prior | None
) -> tuple[Prior, str, tuple[str, ...]]:
    """The chances of readings, where they are stated for every actor with rival ones; where from; and who lacks them."""
    stated: Prior = (
        given
        if given is not None
        else {actor: said for actor, said in stated_chances(case.scenario).items() if isinstance(said, Mapping)}
    )
    where = tell("the prior") if given is not None else "uncertainty"
    for actor in stated:
        if actor not in case.actors:
            raise UnknownName("actor", actor, case.actors)
    found = {a: chances_of_readings(case.scenario, a, stated[a], where) for a in varied if a in stated}
    for actor, chances in found.items():
        uncounted = [name for name, each in chances.items() if each > 0 and name not in varied[actor]]
        if uncounted:
            raise InputError(
                tell(
                    "{where}: {uncounted} is a reading of {actor} that no grid counts; give it no chance",
                    where=where,
                    uncounted=uncounted[0],
                    actor=actor,
                )
            )
    lacking = tuple(actor for actor in varied if actor not in found)
    if lacking or not varied:
        return {}, "", lacking
    return found, "file" if given is None else "given", ()


def weights_of(
    prior: Prior, record: NDArray[np.float64], varied: Mapping[str, tuple[str, ...]], refuted: bool
) -> dict[str, NDArray[np.float64]]:
    """Bayes over the combinations, then the sums per reading; the prior itself where the record refutes every combination."""
    joint = np.ones(())
    for actor, names in varied.items():
        joint = np.multiply.outer(joint, np.array([prior[actor].get(name, 0.0) for name in names]))
    product = joint * record
    total = float(product.sum())
    if refuted or total == 0:
        product, total = joint, 1.0
    axes = range(joint.ndim)
    return {
        actor: product.sum(axis=tuple(each for each in axes if each != axis)) / total
        for axis, actor in enumerate(varied)
    }
