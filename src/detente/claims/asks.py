"""The questions about play, equilibria, levers, single steps and what the file itself says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from detente.analysis import Analysis
from detente.case import Case, Policy, Query, said, verdict
from detente.claims.asking import LISTED, Answer, Question, Setting, Wanted, actors_of, own_options, query_words
from detente.claims.asking import read_goal, read_play, read_query, read_wanted
from detente.claims.slots import Fields, Slot
from detente.errors import InputError
from detente.play import ALL, NONE, SOME
from detente.preferences import score
from detente.questions.levers import Levers, levers
from detente.questions.pivots import is_reaction
from detente.scenario.model import Evidence, Scenario
from detente.stability import improving_steps
from detente.steps import KINDS as STEPS
from detente.steps import Ground, weigh

VERDICTS = (ALL, SOME, NONE)


@dataclass(frozen=True)
class Verdict(Question):
    """`of`, `play`, `concept`: ALL, SOME or NONE; for the status quo stable or unstable."""

    query: Query
    wanted: Wanted | None = None

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        query = read_query(fields, model)
        quo = query.concept is not None and query.of is None
        return cls(query, read_wanted(expect, ("stable", "unstable") if quo else (*VERDICTS, "none")))

    def ask(self, at: Setting) -> Answer:
        case = at.case
        found = verdict(case, self.query)
        holds = None if self.wanted is None else found in self.wanted.words
        return Answer(found, holds, _evidence(case, self.query), self._partly(found), ((case, self.query),))

    def _partly(self, found: str) -> str:
        """What decides a SOME where ALL or NONE is expected."""
        if found != SOME or self.wanted is None or SOME in self.wanted.words:
            return ""
        return "how play goes" if self.query.concept is None else "which equilibrium it is"

    def words(self) -> str:
        return query_words(self.query)


def _evidence(case: Case, query: Query) -> tuple[str, ...]:
    """Where play ends, which equilibria there are, or who would leave the status quo."""
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
    player = conflict.index(actor)
    for foresight in (concept == "seq", False):
        targets = improving_steps(conflict, analysis.solution, now, player, foresight)[1]
        if len(targets):
            return f"{actor} ({Ground(case).change_text(int(now[0]), int(targets[0]))})"
    return actor


# --- levers ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Levering(Question):
    """`levers: {by, goal, play}`: what the actors must switch and hold for the goal."""

    by: tuple[str, ...]
    goal: str
    play: str
    among: tuple[str, ...]
    wanted: Wanted | None = None

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.must("levers", Fields, None)
        if inner is None:
            return cls((), "", "foresight", ())
        by = inner.must("by", lambda slot: slot.names("actor", actors_of(model)), ())
        goal = inner.must("goal", lambda slot: read_goal(slot, model), "")
        play = inner.take("play", read_play, "foresight")
        own = own_options(model, by)
        among = inner.take("among", lambda slot: slot.names("option to switch", own), ())
        inner.close()
        options = {
            "necessary": lambda slot: slot.names("option to switch", own),
            "sufficient": lambda slot: slot.names("option to switch", own),
            "minimal": lambda slot: _sets(slot, own),
        }
        return cls(by, goal, play, among, read_wanted(expect, ("some", "none"), options))

    def ask(self, at: Setting) -> Answer:
        found = levers(at.case, self.by, self.goal, self.play, among=self.among or None)
        sets = [frozenset(each.flips) for each in found.minimal]
        shown = "; or ".join(said(each.flips) or "nothing (as it is)" for each in found.minimal[:LISTED])
        query = Query(self.goal, self.play)
        probes = tuple((_held(at.case, found, each.flips), query) for each in found.minimal[:LISTED])
        return Answer(shown or "nothing suffices", self._holds(found, sets), self._shows(found), "", probes)

    def _holds(self, found: Levers, sets: list[frozenset[str]]) -> bool | None:
        if self.wanted is None:
            return None
        word, value = self.wanted.words[0], self.wanted.value or ()
        if word == "minimal":
            return set(sets) == {frozenset(each) for each in value}
        if word == "sufficient":
            return frozenset(value) in {frozenset(each.flips) for each in found.sufficient}
        if word == "necessary":
            return bool(sets) and all(set(value) <= each for each in sets)
        return bool(sets) == (word == "some")

    def _shows(self, found: Levers) -> tuple[str, ...]:
        needed = said(found.necessary) or "nothing"
        first = f"{len(found.sufficient)} of {len(found.trials)} settings suffice"
        kept = [
            f"{said(each.flips) or 'as it is'}: {'kept' if each.self_enforcing else 'left'} if free again"
            for each in found.minimal[:LISTED]
        ]
        return (f"{first}; in every one of them: {needed}" if found.sufficient else first, *kept)

    def words(self) -> str:
        return f"what must {' and '.join(self.by)} switch and hold, so that '{self.goal}' is ALL under {self.play} play?"


def _sets(slot: Slot, own: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(each.names("option to switch", own) for each in slot.items())


def _held(case: Case, found: Levers, flips: Mapping[str, Any]) -> Case:
    return case.under(Policy(hold=case.settings({**found.now, **flips})))


@dataclass(frozen=True)
class Keeping(Question):
    """`keep: {by, play}`: free again, would the actor stay where play ended under the circumstances?"""

    by: str
    play: str
    wanted: Wanted | None = None

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.must("keep", Fields, None)
        if inner is None:
            return cls("", "foresight")
        by = inner.must("by", lambda slot: slot.one_of("actor", actors_of(model)), "")
        play = inner.take("play", read_play, "foresight")
        inner.close()
        return cls(by, play, read_wanted(expect, ("kept", "left")))

    def ask(self, at: Setting) -> Answer:
        held, free = at.case.analyse(("seq",)), self._free(at)
        analysis = free.analyse(("seq",))
        ends = [held.conflict.settings(int(cell)) for cell in held.play(self.play).end_states]
        leaves = [cell for cell in map(analysis.cell, ends) if not analysis.is_stable("seq", self.by, cell)]
        found = "left" if leaves else "kept"
        shows = [f"play ends at: {ends_text(held, self.play)}"]
        shows += [f"{self.by} would leave {analysis.text(cell)}" for cell in leaves[:1]]
        return Answer(found, None if self.wanted is None else found in self.wanted.words, tuple(shows))

    def _free(self, at: Setting) -> Case:
        """The case in which the actor's options are held no longer."""
        own = own_options(at.desk.model(at.model), [self.by])
        kept = {key: value for key, value in at.circumstances.hold.items() if key not in own}
        actor = at.desk.model(at.model).platforms[at.circumstances.platform] if at.circumstances.platform else None
        readings = {actor.actor: actor.reading} if actor and actor.reading else {}
        free = replace(at.circumstances, hold=kept, platform="", readings={**readings, **at.circumstances.readings})
        return at.desk.case(at.model, free)

    def words(self) -> str:
        return f"free again, would {self.by} stay where {self.play} play ends?"


# --- single steps ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stepping(Question):
    """`step: {by, set, kind}`: is this change a step of that kind for the actor, from the status quo?"""

    by: str
    change: Mapping[str, int]
    kind: str
    said: str
    wanted: Wanted | None = None

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.must("step", Fields, None)
        if inner is None:
            return cls("", {}, "improvements", "")
        by = inner.must("by", lambda slot: slot.one_of("actor", actors_of(model)), "")
        change = inner.must("set", lambda slot: _own(slot, model, by), {})
        kind = inner.take("kind", lambda slot: slot.one_of("kind of step", STEPS), "improvements")
        inner.close()
        return cls(by, change, kind, said(Case(model).labels(change)), read_wanted(expect, ("yes", "no")))

    def ask(self, at: Setting) -> Answer:
        ground = Ground(at.case)
        start, player = ground.cell(None), ground.conflict.index(self.by)
        targets = ground.steps(self.kind, np.array([start], dtype=np.int64), player)[1].tolist()
        target = next((cell for cell in targets if _sets_only(ground, start, cell, self.change)), None)
        found = "no" if target is None else "yes"
        holds = None if self.wanted is None else found in self.wanted.words
        if target is None:
            return Answer(found, holds)
        why = weigh(ground.conflict, at.case.reading(self.by), start, target)
        wishes = at.case.reading(self.by).statements
        by_rule = bool(why.rank) and bool(wishes) and is_reaction(at.case, self.by, wishes[(why.rank or 1) - 1])
        return Answer(found, holds, (f"{self.by} finds it {why}",), by_rule=by_rule)

    def words(self) -> str:
        names = {"moves": "a legal move", "improvements": "an improvement", "unsanctioned": "an unsanctioned improvement"}
        return f"is {self.said} {names[self.kind]} of {self.by}?"


def _own(slot: Slot, model: Scenario, actor: str) -> dict[str, int]:
    found = slot.settings(model)
    foreign = [key for key in found if model.option(key).actor != actor] if actor else []
    if foreign:
        raise InputError(f"'{foreign[0]}' is not an option of {actor}")
    return found


def _sets_only(ground: Ground, start: int, cell: int, change: Mapping[str, int]) -> bool:
    """Whether a step makes exactly these settings (and whatever follows by itself)."""
    after, own = ground.conflict.settings(cell), {**ground.conflict.settings(start), **change}
    followed = {key for each in ground.scenario.rules for key in each.then}
    return all(after[key] == value for key, value in own.items() if key not in followed - set(change))


@dataclass(frozen=True)
class Scoring(Question):
    """`score: {by, play}`: is the actor better off where play ends under the circumstances than in the status quo?"""

    by: str
    play: str
    wanted: Wanted | None = None

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.must("score", Fields, None)
        if inner is None:
            return cls("", "foresight")
        by = inner.must("by", lambda slot: slot.one_of("actor", actors_of(model)), "")
        play = inner.take("play", read_play, "foresight")
        inner.close()
        return cls(by, play, read_wanted(expect, ("better", "worse", "equal", "mixed")))

    def ask(self, at: Setting) -> Answer:
        held = at.case.analyse(("seq",))
        free = at.desk.case(at.model, replace(at.circumstances, hold={}, platform="", rules=(), without=()))
        analysis, reading = free.analyse(("seq",)), at.case.reading(self.by)
        before = score(analysis.conflict, reading, analysis.cell())
        ends = [held.conflict.settings(int(cell)) for cell in held.play(self.play).end_states]
        after = [score(analysis.conflict, reading, analysis.cell(end)) for end in ends]
        kinds = {"better" if each > before else "worse" if each < before else "equal" for each in after}
        found = kinds.pop() if len(kinds) == 1 else "mixed"
        scores = ", ".join(map(str, dict.fromkeys(after)))
        shows = (f"{self.by}'s score: {before} in the status quo, {scores} where play ends", )
        return Answer(found, None if self.wanted is None else found in self.wanted.words, shows)

    def words(self) -> str:
        return f"is {self.by} better off where {self.play} play ends than in the status quo?"


# --- what the file says ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entering(Question):
    """`input`: what the claim says enters the model as data: a setting of the status quo, or an entry of the file.

    Entries are named with their kind: `relation R28`, `timeline 2024-06`, `platform harris`, `cast keating`, `source x`.
    """

    settings: Mapping[str, int]
    entries: tuple[str, ...]
    shows: tuple[str, ...]

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        if expect is not None:
            expect.complaints.note(expect.path, "an input expects nothing: it is there, or it is not", key=True)
        settings: dict[str, int] = {}
        entries: list[str] = []
        shows: list[str] = []
        for each in fields.must("input", Slot.items, ()):
            chosen, entry, text = each.read(lambda slot: _entering(slot, model), ({}, "", ""))
            settings |= chosen
            entries += [entry] if entry else []
            shows += [text] if text else []
        return cls(settings, tuple(entries), tuple(shows))

    def ask(self, at: Setting) -> Answer:
        now = at.case.now
        other = [key for key, value in self.settings.items() if now[key] != value]
        found = f"set otherwise: {', '.join(other)}" if other else "as in the file"
        return Answer(found, not other, self.shows)

    def words(self) -> str:
        names = [*self.settings, *self.entries]
        return f"does {' and '.join(names)} enter as data?"


def _entering(slot: Slot, model: Scenario) -> tuple[dict[str, int], str, str]:
    """Settings, or the name of an entry, with what the file says about its grounds."""
    kind, _, name = slot.text().partition(" ")
    known = _entries(model)
    if kind in known and name:
        if name not in known[kind]:
            Slot(name, slot.path, slot.complaints).one_of(kind, known[kind])
        return {}, slot.text(), f"{slot.text()}{_grounds(known[kind][name])}"
    found = slot.settings(model)
    shows = [f"{key}{_grounds(model.option(key).evidence)}" for key in found]
    return found, "", "; ".join(shows)


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
    parts = [" and ".join(evidence.source), evidence.where, sure, evidence.note]
    said = "; ".join(filter(None, parts))
    return f" ({said})" if said else ""


@dataclass(frozen=True)
class NoQuestion(Question):
    """`none: why`: nothing in a conflict model could confirm or refute it."""

    why: str

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        if expect is not None:
            expect.complaints.note(expect.path, "what is no question of the model expects nothing", key=True)
        return cls(fields.must("none", Slot.text, ""))

    def ask(self, at: Setting) -> Answer:
        return Answer("not asked", None, (self.why,) if self.why else ())

    def words(self) -> str:
        return f"no question of the model: {self.why}"
