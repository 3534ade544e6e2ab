"""The hypergame of given views, told in names of states: equilibria, beliefs, surprises, and where play ends.

The mathematics is told in `detente.questions.perception.announcements`, the games themselves are in
`detente.questions.perception.perceived_games`. How to make one: `answer_of(case, views, beliefs, concepts)`, which
checks the views, and then `.answer(level)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.case import Basis, Case
from detente.conflict import Cells
from detente.engine.concepts import concepts as concept_rows
from detente.engine.play import verdict
from detente.errors import InputError
from detente.questions.coalitions.joint_moves import Truths
from detente.questions.perception.perceived_games import Beliefs, Worlds, check
from detente.scenario.model import View
from detente.sheet import Sheet, html_of

LISTED = 6
"""Imaginary states named in a note, at most."""

FEW = 4
"""Equilibria on which all is agreed are listed up to so many."""

State = int | str
"""A state in a result: its name, or its number in state order from 1."""

Found = Mapping[str, tuple[State, ...]]
"""Per concept the states found."""


@dataclass(frozen=True)
class Surprise:
    """`actor` is surprised by `other` at `state`: "leaves", "stays" (under `concept`) or "unseen" (a move to `target`)."""

    actor: str
    other: str
    kind: str
    state: State
    concept: str | None = None
    target: State | None = None


@dataclass(frozen=True)
class Hypergame:
    """The answer; see the module's opening.

    `corrected` are the equilibria of the base game, `unknown` the states that are not in an actor's game, `stable` where each
    actor is stable (per actor and concept), `imaginary` the equilibria an actor believes in that are no states of the base game
    (in words). `now`, `ends` and `outcomes` are about the status quo; empty without one.
    """

    basis: Basis
    level: int
    views: Mapping[str, View]
    beliefs: Mapping[str, Mapping[str, View]]
    equilibria: Found
    corrected: Found
    believed: Mapping[str, Found]
    stable: Mapping[str, Found]
    unknown: Found
    imaginary: Mapping[str, Mapping[str, tuple[str, ...]]]
    surprises: tuple[Surprise, ...]
    now: State | None
    ends: Mapping[str, tuple[tuple[State, ...], ...]]
    outcomes: Mapping[str, Mapping[str, str]]
    words: Mapping[State, str]

    def standing(self, concept: str) -> dict[State, str]:
        """What correcting everybody's beliefs does to hypergame equilibria and to states somebody believes in.

        "steady": an equilibrium before and after; "shaken": not after; "emerging": only after.
        """
        held, after = set(self.equilibria[concept]), set(self.corrected[concept])
        shown = held | after | {s for each in self.believed.values() for s in each[concept]}
        words = {s: "shaken" if s not in after else "steady" if s in held else "emerging" for s in shown}
        return {s: words[s] for s in self.words if s in words}

    def to_json(self) -> dict[str, Any]:
        return {
            "question": "hypergame",
            "basis": self.basis.to_json(),
            "level": self.level,
            "views": {actor: view.to_json() for actor, view in self.views.items()},
            "beliefs": {i: {j: view.to_json() for j, view in each.items()} for i, each in self.beliefs.items()},
            "equilibria": _lists(self.equilibria),
            "corrected": _lists(self.corrected),
            "believed": {actor: _lists(each) for actor, each in self.believed.items()},
            "stable": {actor: _lists(each) for actor, each in self.stable.items()},
            "unknown": _lists(self.unknown),
            "imaginary": {i: {c: list(found) for c, found in each.items()} for i, each in self.imaginary.items()},
            "standing": {c: {str(s): said for s, said in self.standing(c).items()} for c in self.equilibria},
            "surprises": [dict(each.__dict__) for each in self.surprises],
            "now": self.now,
            "ends": {kind: [list(end) for end in ends] for kind, ends in self.ends.items()},
            "outcomes": {name: dict(verdicts) for name, verdicts in self.outcomes.items()},
            "states": {str(state): text for state, text in self.words.items()},
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """Who sees what, the equilibria, the surprises, and where play ends."""
        return (self._seen(), *(self._equilibria(c) for c in self.equilibria), self._surprises(), self._ends())

    def _seen(self) -> Sheet:
        known: list[tuple[str, str, View, int | None]]
        known = [(i, "", view, len(self.unknown[i])) for i, view in self.views.items()]
        known += [(i, j, view, None) for i, each in self.beliefs.items() for j, view in each.items()]
        rows = [(i, j, str(view), number, _grounds(view)) for i, j, view, number in known]
        columns = ("actor", "thinks that", "sees this", "states unknown", "rests on")
        used = 5 if any(row[-1] for row in rows) else 4
        title = f"Who sees what: a hypergame of level {self.level}"
        return Sheet(title, columns[:used], tuple(row[:used] for row in rows))

    def _equilibria(self, concept: str) -> Sheet:
        """The states on which not all is agreed; the others are only named, unless they are few."""
        held, actors = self.equilibria[concept], tuple(self.views)
        standing = self.standing(concept)
        plain = [s for s in held if standing[s] == "steady" and all(s in self.believed[i][concept] for i in actors)]
        passed = plain if len(plain) > FEW else []
        rows = tuple(
            (s, self.words[s], s in held, *(s in self.believed[i][concept] for i in actors), said)
            for s, said in standing.items()
            if s not in passed
        )
        columns = ("state", "which is", "equilibrium", *(f"{i} believes" for i in actors), "once corrected")
        notes = [f"{len(passed):,} more that everybody believes in, all steady: {', '.join(map(str, passed))}."] * bool(
            passed
        )
        for i, found in self.imaginary.items():
            more = " …" * (len(found[concept]) > LISTED)
            notes += [f"{i} also believes in what cannot be: {'; '.join(found[concept][:LISTED])}{more}"] * bool(
                found[concept]
            )
        return Sheet(f"Hypergame equilibria: {len(held):,} {concept}", columns, rows, tuple(notes))

    def _surprises(self) -> Sheet:
        found: dict[tuple[str, str, str, str | None], list[str]] = {}
        for e in self.surprises:
            where = str(e.state) if e.target is None else f"{e.state} > {e.target}"
            found.setdefault((e.actor, e.other, e.kind, e.concept), []).append(where)
        rows = tuple((*key, ", ".join(states)) for key, states in found.items())
        return Sheet("Surprises", ("actor", "is surprised by", "who", "concept", "where"), rows)

    def _ends(self) -> Sheet:
        rows = tuple(
            (kind, ends_text(ends), *(o[kind] for o in self.outcomes.values())) for kind, ends in self.ends.items()
        )
        return Sheet("Where play ends", ("play", "ends at", *self.outcomes), rows)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def _grounds(view: View) -> str:
    """The sources of a view and of its single beliefs, with how sure they are."""
    said = [e for e in (view.evidence, *view.grounds.values()) if e.source or e.confidence]
    told = (f"{', '.join(e.source)}{f' ({e.confidence})' if e.confidence else ''}" for e in said)
    return "; ".join(dict.fromkeys(each.strip() for each in told))


def _lists(found: Found) -> dict[str, list[State]]:
    return {key: list(states) for key, states in found.items()}


def ends_text(ends: Iterable[tuple[State, ...]]) -> str:
    """Where play ends, in one line."""
    return "; ".join(" ↔ ".join(map(str, end)) for end in ends)


# --- the answer --------------------------------------------------------------------------------------------------------


class Answer:
    """The worlds, told in names of states."""

    def __init__(self, worlds: Worlds) -> None:
        self.worlds, self.case, self.base, self.views, self.rows = (
            worlds,
            worlds.case,
            worlds.base,
            worlds.views,
            worlds.rows,
        )
        self.names: list[State] = self.case.analyse(("nash",)).numbers(self.base.conflict.states)

    def answer(self, level: int) -> Hypergame:
        own = {i: self.worlds.own(i) for i in self.views}
        inside = {i: self.worlds.expected(i, own[i]) for i in self.views}
        stable = {i: self.lifted(i, own[i]) for i in self.views}
        thinks = {i: {j: self.lifted(i, each) for j, each in inside[i].items()} for i in self.views}
        known = {i: self.worlds.known(i) for i in self.views}
        everyone = {c.id: _all(stable[i][c.id] for i in self.views) for c in self.rows}
        believed = {
            i: {c.id: known[i] & _all(each[c.id] for each in thinks[i].values()) for c in self.rows} for i in self.views
        }
        corrected = self.worlds.judged(self.base)
        ends = self.worlds.ends()
        now = self.worlds.here
        return Hypergame(
            self.case.basis,
            level,
            self.views,
            self.worlds.beliefs,
            equilibria=self.listed(everyone),
            corrected=self.listed({c.id: _all(each[c.id] for each in corrected) for c in self.rows}),
            believed={i: self.listed(each) for i, each in believed.items()},
            stable={i: self.listed(each) for i, each in stable.items()},
            unknown=self.listed({i: ~each for i, each in known.items()}),
            imaginary={i: self.imaginary(i, inside[i]) for i, view in self.views.items() if view.imagined},
            surprises=(*self.misjudged(stable, thinks, everyone, believed), *self.unseen(known)),
            now=None if now is None else self.names[now],
            ends={k: tuple(tuple(self.names[at] for at in end) for end in each) for k, each in ends.items()},
            outcomes=self.outcomes(ends),
            words=dict(zip(self.names, map(self.base.case.game.text, self.base.conflict.states.tolist()), strict=True)),
        )

    def lifted(self, i: str, truths: Mapping[str, Truths]) -> dict[str, Truths]:
        """Truths about the states of i's game, for those of the base game."""
        return {c: self.worlds.seen(self.worlds.games[i], each) for c, each in truths.items()}

    def imaginary(self, i: str, thinks: Mapping[str, Mapping[str, Truths]]) -> dict[str, tuple[str, ...]]:
        """The equilibria i believes in that are no states of the base game, in words."""
        game, nowhere = self.worlds.games[i], self.worlds.imaginary(i)
        found = {c.id: np.flatnonzero(nowhere & _all(each[c.id] for each in thinks.values())) for c in self.rows}
        states = game.conflict.states
        return {c: tuple(game.case.game.text(int(states[at])) for at in each) for c, each in found.items()}

    def gains(self, before: Iterable[Sequence[State]], after: Iterable[Sequence[State]]) -> dict[str, str]:
        """Per actor, by its own scores, what it is to it that play ends there instead of here."""
        place = {name: at for at, name in enumerate(self.names)}
        old, new = ([place[state] for end in ends for state in end] for ends in (before, after))
        return {i: _gain(u[old].tolist(), u[new].tolist()) for i, u in zip(self.views, self.base.scores, strict=True)}

    def listed(self, truths: Mapping[str, Truths]) -> dict[str, tuple[State, ...]]:
        return {key: tuple(self.names[at] for at in np.flatnonzero(each).tolist()) for key, each in truths.items()}

    def misjudged(self, stable: Any, thinks: Any, everyone: Any, believed: Any) -> list[Surprise]:
        """Who leaves where i thinks it would stay, and stays where i thinks it would leave."""
        found = []
        for i, j, c in ((i, j, c.id) for c in self.rows for i in self.views for j in self.views if i != j):
            leaves = believed[i][c] & ~stable[j][c]
            stays = everyone[c] & ~thinks[i][j][c]
            for kind, where in (("leaves", leaves), ("stays", stays)):
                found += [Surprise(i, j, kind, self.names[at], c) for at in np.flatnonzero(where).tolist()]
        return found

    def unseen(self, known: Mapping[str, Truths]) -> list[Surprise]:
        """The moves at the status quo that lead out of somebody's game."""
        found, here = [], self.worlds.here
        for axis, j in enumerate(self.views if here is not None else ()):
            game = self.worlds.games[j]
            arcs = self.base.lifted(game, axis, game.arcs[axis])
            for to in arcs.end[arcs.start == here].tolist():
                blind = [i for i in self.views if i != j and not known[i][to]]
                found += [Surprise(i, j, "unseen", self.names[here or 0], None, self.names[to]) for i in blind]
        return found

    def outcomes(self, ends: Mapping[str, list[list[int]]]) -> dict[str, dict[str, str]]:
        conflict, known = self.base.conflict, self.case.scenario.outcomes.items()
        last: dict[str, Cells] = {k: conflict.states[[at for end in each for at in end]] for k, each in ends.items()}
        return {
            n: {k: verdict(conflict.holds(o.formula, cells)) for k, cells in last.items()} for n, o in known if ends
        }


def _gain(old: Sequence[int], new: Sequence[int]) -> str:
    if sorted(set(old)) == sorted(set(new)):
        return "same"
    if min(new) >= max(old):
        return "better" if min(new) > max(old) else "no worse"
    if max(new) <= min(old):
        return "worse" if max(new) < min(old) else "no better"
    return "open"


def _all(truths: Iterable[Truths]) -> Truths:
    return np.asarray(np.logical_and.reduce(list(truths)))


def answer_of(case: Case, views: Mapping[str, View], beliefs: Beliefs | None, concepts: Sequence[str]) -> Answer:
    """The answer to be; raises for views that have no meaning."""
    check(case, views)
    for actor, each in (beliefs or {}).items():
        check(case, {actor: View()})
        check(case, each)
        if actor in each:
            raise InputError(f"what {actor} believes that {actor} sees is its own view; put it under `views`")
    everyone = {actor: views.get(actor, View()) for actor in case.actors}
    images = {i: dict(each) for i, each in (beliefs or {}).items()}
    return Answer(Worlds(case, everyone, images, tuple(concept_rows(tuple(concepts)))))
