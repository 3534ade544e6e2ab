"""The questions about play, equilibria, levers, single steps and what the file itself says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from detente.analysis import Analysis
from detente.case import Case, Policy, Query, is_reaction, said, verdict
from detente.conflict.game import Game
from detente.conflict.payoffs import score
from detente.engine import improving_steps
from detente.engine.play import ALL, NONE, SOME
from detente.errors import InputError
from detente.questions.claims import question as asking
from detente.questions.claims.fields import Fields, Slot
from detente.questions.claims.question import LISTED, Answer, Question, Setting
from detente.questions.evolution.steps import KINDS, steps, weigh
from detente.questions.policy.levers import Levers, levers
from detente.scenario.model import Evidence, Scenario


@dataclass(frozen=True)
class Verdict(Question):
    """`of`, `play`, `concept`: is it ALL, SOME or NONE, is the status quo stable or unstable?"""  # noqa: D400

    query: Query

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        words = ("stable", "unstable") if "of" not in fields else (ALL, SOME, NONE, "none")
        query = asking.read_query(fields, model)
        return cls(query, wanted=asking.read_wanted(expect, words))

    def ask(self, at: Setting) -> Answer:
        case = at.case
        found = verdict(case, self.query)
        return Answer(found, self.met(found), _evidence(case, self.query), self._partly(found), ((case, self.query),))

    def _partly(self, found: str) -> str:
        """What decides a SOME where ALL or NONE is expected."""
        if found != SOME or self.wanted is None or SOME in self.wanted.words:
            return ""
        return "how play goes" if self.query.concept is None else "which equilibrium it is"

    def words(self) -> str:
        return asking.query_words(self.query)


def _evidence(case: Case, query: Query) -> tuple[str, ...]:
    """Where play ends, how many equilibria there are, or who would leave the status quo."""
    if query.concept is None:
        return (f"play ends at: {ends_text(case.analyse(('seq',)), query.play)}",)
    analysis = case.analyse((query.concept,))
    if query.of is None:
        who = [actor for actor in analysis.actors if not analysis.is_stable(query.concept, actor, analysis.cell())]
        return (f"would leave: {', '.join(_leaving(case, actor, query.concept) for actor in who)}",) if who else ()
    found, good = analysis.count(query.concept), analysis.count(query.concept, query.of)
    return (f"true in {good:,} of {found:,} equilibria",)


def ends_text(analysis: Analysis, play: str) -> str:
    """Where play ends, a few places by name."""
    ends = analysis.play(play).ends
    words = [
        analysis.text(int(end[0])) + (f" (a cycle of {len(end):,} states)" if len(end) > 1 else "")
        for end in ends[:LISTED]
    ]
    return "; or ".join(words) + (f"; or {len(ends) - LISTED:,} more" if len(ends) > LISTED else "")


def _leaving(case: Case, actor: str, concept: str) -> str:
    """An actor, and a step that takes it away from the status quo."""
    analysis = case.analyse(("seq",))
    conflict, now = analysis.conflict, np.array([analysis.cell()], dtype=np.int64)
    for foresight in (concept == "seq", False):
        targets = improving_steps(conflict, analysis.solution, now, conflict.index(actor), foresight)[1]
        if len(targets):
            return f"{actor} ({case.game.change_text(int(now[0]), int(targets[0]))})"
    return actor


# --- levers ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Levering(Question):
    """`levers: {by, goal, play, among}`: what must the actors switch and hold for the goal?"""  # noqa: D400

    by: tuple[str, ...]
    goal: str
    play: str
    among: tuple[str, ...]

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.inner("levers")
        inner.require("by", "goal")
        by, goal, play = inner.actors("by", model), inner.formula("goal", model), inner.play()
        own = asking.own_options(model, by)
        among = inner.names("among", "option to switch", own)
        inner.close()
        valued: dict[str, asking.Reader] = {
            "necessary": lambda slot: slot.names("option to switch", own),
            "sufficient": lambda slot: slot.names("option to switch", own),
            "minimal": lambda slot: tuple(each.names("option to switch", own) for each in slot.items()),
        }
        return cls(by, goal, play, among, wanted=asking.read_wanted(expect, ("some", "none"), valued))

    def ask(self, at: Setting) -> Answer:
        found = levers(at.case, self.by, self.goal, self.play, among=self.among or None)
        query = Query(self.goal, self.play)
        shown = "; or ".join(said(each.flips) or "nothing (as it is)" for each in found.minimal[:LISTED])
        probes = tuple((_held(at.case, found, each.flips), query) for each in found.minimal[:LISTED])
        return Answer(shown or "nothing suffices", self._holds(found), self._shows(found), "", probes)

    def _holds(self, found: Levers) -> bool | None:
        minimal = [frozenset(each.flips) for each in found.minimal]
        if self.wanted is None or self.wanted.value is None:
            return self.some(bool(minimal))
        word, value = self.wanted.words[0], self.wanted.value
        if word == "minimal":
            return set(minimal) == {frozenset(each) for each in value}
        if word == "sufficient":
            return frozenset(value) in {frozenset(each.flips) for each in found.sufficient}
        return bool(minimal) and all(set(value) <= each for each in minimal)

    def _shows(self, found: Levers) -> tuple[str, ...]:
        first = f"{len(found.sufficient)} of {len(found.trials)} settings suffice"
        needed = f"; in every one of them: {said(found.necessary) or 'nothing'}" if found.sufficient else ""
        kept = [
            f"{said(each.flips) or 'as it is'}: {'kept' if each.self_enforcing else 'left'} if free again"
            for each in found.minimal[:LISTED]
        ]
        return (first + needed, *kept)

    def words(self) -> str:
        who = " and ".join(self.by)
        return f"what must {who} switch and hold, so that '{self.goal}' is ALL under {self.play} play?"


def _held(case: Case, found: Levers, flips: Mapping[str, Any]) -> Case:
    return case.under(Policy(hold=case.settings({**found.now, **flips})))


@dataclass(frozen=True)
class Keeping(Question):
    """`keep: {by, play}`: free again, would the actor stay where play ends?"""  # noqa: D400

    by: str
    play: str

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.inner("keep")
        inner.require("by")
        by, play = inner.actor("by", model), inner.play()
        inner.close()
        return cls(by, play, wanted=asking.read_wanted(expect, ("kept", "left")))

    def ask(self, at: Setting) -> Answer:
        held, free = at.case.analyse(("seq",)), self._free(at).analyse(("seq",))
        ends = [held.conflict.settings(int(cell)) for cell in held.play(self.play).end_states]
        leaves = [cell for cell in map(free.cell, ends) if not free.is_stable("seq", self.by, cell)]
        found = "left" if leaves else "kept"
        shows = [f"play ends at: {ends_text(held, self.play)}"]
        shows += [f"{self.by} would leave {free.text(cell)}" for cell in leaves[:1]]
        return Answer(found, self.met(found), tuple(shows))

    def _free(self, at: Setting) -> Case:
        """The case in which the actor's options are held no longer."""
        model, here = at.desk.model(at.model), at.circumstances
        own = asking.own_options(model, [self.by])
        platform = model.platforms.get(here.platform)
        wanting = {platform.actor: platform.reading} if platform and platform.reading else {}
        kept = {key: value for key, value in here.hold.items() if key not in own}
        return at.desk.case(at.model, replace(here, hold=kept, platform="", readings={**wanting, **here.readings}))

    def words(self) -> str:
        return f"free again, would {self.by} stay where {self.play} play ends?"


@dataclass(frozen=True)
class Scoring(Question):
    """`score: {by, play}`: is the actor better off where play ends than in the status quo?"""  # noqa: D400

    by: str
    play: str

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.inner("score")
        inner.require("by")
        by, play = inner.actor("by", model), inner.play()
        inner.close()
        return cls(by, play, wanted=asking.read_wanted(expect, ("better", "worse", "equal", "mixed")))

    def ask(self, at: Setting) -> Answer:
        held, reading = at.case.analyse(("seq",)), at.case.reading(self.by)
        plain = at.desk.case(at.model, replace(at.circumstances, hold={}, platform="", rules=(), without=()))
        free = plain.analyse(("seq",))
        before = score(free.conflict, reading, free.cell())
        ends = [held.conflict.settings(int(cell)) for cell in held.play(self.play).end_states]
        after = [score(free.conflict, reading, free.cell(end)) for end in ends]
        kinds = {"better" if each > before else "worse" if each < before else "equal" for each in after}
        found = kinds.pop() if len(kinds) == 1 else "mixed"
        scores = ", ".join(map(str, dict.fromkeys(after)))
        return Answer(
            found, self.met(found), (f"{self.by}'s score: {before} in the status quo, {scores} where play ends",)
        )

    def words(self) -> str:
        return f"is {self.by} better off where {self.play} play ends than in the status quo?"


# --- single steps ------------------------------------------------------------------------------------------------------

_STEPS = {"moves": "a legal move", "improvements": "an improvement", "unsanctioned": "an unsanctioned improvement"}


@dataclass(frozen=True)
class Stepping(Question):
    """`step: {by, set, kind}`: is this change a step of that kind for the actor, from the status quo?"""  # noqa: D400

    by: str
    change: Mapping[str, int]
    kind: str
    text: str

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.inner("step")
        inner.require("by", "set")
        by, kind = inner.actor("by", model), inner.word("kind", "kind of step", KINDS, "improvements")
        nothing: dict[str, int] = {}
        change = inner.take("set", lambda slot: _own(slot, model, by), nothing)
        inner.close()
        text = said(Case(model).labels(change))
        return cls(by, change, kind, text, wanted=asking.read_wanted(expect, ("yes", "no")))

    def ask(self, at: Setting) -> Answer:
        game, reading = at.case.game, at.case.reading(self.by)
        start, player = game.cell(None), game.conflict.index(self.by)
        targets = steps(at.case, self.kind, np.array([start], dtype=np.int64), player)[1].tolist()
        target = next((cell for cell in targets if _sets_only(game, start, cell, self.change)), None)
        if target is None:
            return Answer("no", self.met("no"))
        why = weigh(game.conflict, reading, start, target)
        decides = reading.statements[why.rank - 1] if why.rank else None
        by_rule = decides is not None and is_reaction(at.case, self.by, decides)
        return Answer("yes", self.met("yes"), (f"{self.by} finds it {why}",), by_rule=by_rule)

    def words(self) -> str:
        return f"is {self.text} {_STEPS[self.kind]} of {self.by}?"


def _own(slot: Slot, model: Scenario, actor: str) -> dict[str, int]:
    found = slot.settings(model)
    foreign = [key for key in found if model.option(key).actor != actor] if actor else []
    if foreign:
        raise InputError(f"'{foreign[0]}' is not an option of {actor}")
    return found


def _sets_only(game: Game, start: int, cell: int, change: Mapping[str, int]) -> bool:
    """Whether a step makes exactly these settings (and whatever follows by itself)."""
    after, wanted = game.conflict.settings(cell), {**game.conflict.settings(start), **change}
    follows = {key for rule in game.scenario.rules for key in rule.then} - set(change)
    return all(after[key] == value for key, value in wanted.items() if key not in follows)


# --- what the file says ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entering(Question):
    """`input`: what is claimed enters as data: settings of the status quo, or entries of the file.

    Entries are named with their kind: `relation R28`, `timeline 2024-06`, `platform harris`, `cast keating`, `source x`.
    """

    settings: Mapping[str, int]
    entries: tuple[str, ...]
    shows: tuple[str, ...]

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        if expect is not None:
            expect.complaints.note(expect.path, "an input expects nothing: it is there, or it is not", key=True)
        nothing: tuple[Slot, ...] = ()
        empty: _Entry = ({}, "", "")
        found = [each.read(lambda s: _entry(s, model), empty) for each in fields.take("input", Slot.items, nothing)]
        settings = {key: value for chosen, _, _ in found for key, value in chosen.items()}
        entries, shows = (
            tuple(filter(None, column)) for column in ([e for _, e, _ in found], [t for _, _, t in found])
        )
        return cls(settings, entries, shows)

    def ask(self, at: Setting) -> Answer:
        now = at.case.now if self.settings else {}
        other = [key for key, value in self.settings.items() if now[key] != value]
        return Answer(f"set otherwise: {', '.join(other)}" if other else "as in the file", not other, self.shows)

    def words(self) -> str:
        return f"does {' and '.join((*self.settings, *self.entries))} enter as data?"


_Entry = tuple[dict[str, int], str, str]
"""Settings, or the name of an entry, and what the file says about its grounds."""


def _entry(slot: Slot, model: Scenario) -> _Entry:
    kind, _, name = slot.text().partition(" ")
    known = _entries(model)
    if kind in known and name:
        name = Slot(name, slot.path, slot.complaints).one_of(kind, known[kind])
        return {}, slot.text(), f"{slot.text()}{_grounds(known[kind][name])}"
    found = slot.settings(model)
    return found, "", "; ".join(f"{key}{_grounds(model.option(key).evidence)}" for key in found)


def _entries(model: Scenario) -> dict[str, dict[str, Evidence]]:
    return {
        "relation": {each.id: each.evidence for each in model.relations},
        "timeline": {each.date: each.evidence for each in reversed(model.timeline)},
        "platform": {key: each.evidence for key, each in model.platforms.items()},
        "cast": {key: each.evidence for key, each in model.cast.items()},
        "source": {key: Evidence(note=each.note) for key, each in model.sources.items()},
    }


def _grounds(evidence: Evidence) -> str:
    """An entry's evidence, in brackets."""
    sure = f"confidence {evidence.confidence}" if evidence.confidence else ""
    text = "; ".join(filter(None, (" and ".join(evidence.source), evidence.where, sure, evidence.note)))
    return f" ({text})" if text else ""


@dataclass(frozen=True)
class NoQuestion(Question):
    """`none: why`: nothing in a model of choices could confirm or refute it."""

    why: str

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:  # noqa: ARG003
        if expect is not None:
            expect.complaints.note(expect.path, "what is no question of the model expects nothing", key=True)
        return cls(fields.text("none"))

    def ask(self, at: Setting) -> Answer:  # noqa: ARG002
        return Answer("not asked", None, (self.why,) if self.why else ())

    def words(self) -> str:
        return f"no question of the model: {self.why}"
